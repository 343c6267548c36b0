import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../server/webhook/safe-json.ts';
import { NO_EMAIL, expected, member, payload, read } from './payloads.ts';

const STATUS_HOOK = 'amelia-lite-2.4.3.appointment_status_approved.amelia_after_appointment_status_updated';
const SPOOF = 'amelia-lite-2.4.3.spoof_success_call_no_payment_id.AmeliaBookingAddedBeforeNotify';
const WEB_HOOK = 'amelia-webhook-shim.wh_appointment_booked.appointment.bookingAdded';

function booking(id: number, email: string | null, more: JsonObject = {}): JsonObject {
  const customer = { id: 100 + id, firstName: 'Guest', lastName: String(id), email };
  return { id, customerId: 100 + id, customer, status: 'approved', persons: 1, payments: [], ...more };
}

function slot(...bookings: JsonObject[]): JsonObject {
  return { id: 50, serviceId: 1, type: 'appointment', status: 'approved', bookings };
}

function hook(name: string, ...args: Json[]): ReturnType<typeof read> {
  return read('amelia', { hook: name, args });
}

describe('a group slot', () => {
  const full = slot(
    booking(1, 'one@example.test'),
    booking(2, 'two@example.test'),
    booking(3, 'three@example.test'),
  );

  test.each([
    'amelia_after_appointment_status_updated',
    'amelia_after_appointment_added',
    'amelia_after_appointment_deleted',
  ])('speaks once for each booking, with its own customer (%s)', (name) => {
    const { events } = hook(name, full, 'approved');
    expect(events.map((event) => [event.externalId, event.email?.value])).toEqual([
      ['1', 'one@example.test'],
      ['2', 'two@example.test'],
      ['3', 'three@example.test'],
    ]);
    expect(events.every((event) => event.purchase === null && event.alternates.length === 0)).toBe(true);
  });

  test('gives the delivered booking its own customer, found by id, when the booking carries none', () => {
    const { events } = hook('amelia_after_booking_approved', {
      appointment: full,
      booking: { ...booking(2, null), customer: null },
    });
    expect(events).toEqual([
      expected({
        hook: 'amelia_after_booking_approved',
        item: { kind: 'service', id: '1', name: null },
        email: { value: 'two@example.test', where: 'args.0.appointment.bookings.1.customer.email' },
        name: { value: 'Guest 2', where: 'args.0.appointment.bookings.1.customer' },
        payment: null,
        locale: null,
      }),
    ]);
  });

  test('is not cancelled as a whole by a hook that speaks of one booking and forgets which', () => {
    const { events } = hook('amelia_after_booking_canceled', { appointment: full, booking: null });
    expect(events.map((event) => event.status)).toEqual(['approved', 'approved', 'approved']);
  });

  test('is not cancelled as a whole by a web hook body that names no booking', () => {
    const { events } = read('amelia', { appointment: full, bookings: {} }, 'bookingCanceled');
    expect(events.map((event) => event.status)).toEqual(['approved', 'approved', 'approved']);
  });

  test('that was deleted deletes every booking in it, though they say "rejected"', () => {
    const { events } = hook(
      'amelia_after_appointment_deleted',
      slot(booking(1, 'one@example.test', { status: 'rejected' })),
    );
    expect(events.map(({ status, rawStatus }) => ({ status, rawStatus }))).toEqual([
      { status: 'deleted', rawStatus: null },
    ]);
    expect(events[0]?.remarks).toEqual(['The hook says deleted, the booking says rejected: deleted counts.']);
  });

  test('after an edit: removed bookings are deleted, the others say their own, the old appointment says nothing', () => {
    const old = slot(booking(9, 'old@example.test'));
    const { events } = hook('amelia_after_appointment_updated', slot(booking(1, 'one@example.test')), old, [
      booking(2, 'two@example.test'),
    ]);
    expect(events.map((event) => [event.externalId, event.status])).toEqual([
      ['2', 'deleted'],
      ['1', 'approved'],
    ]);
  });
});

describe('an event', () => {
  const event = (...bookings: JsonObject[]): JsonObject => ({
    id: 1,
    name: 'Licence Camp',
    type: 'event',
    status: 'approved',
    periods: [{}],
    coupons: [{ code: 'ALLOWED' }],
    bookings,
  });

  test('that was called off takes its bookings with it, though each still says approved', () => {
    const { events } = hook(
      'amelia_after_event_status_updated',
      event(booking(1, 'one@example.test'), booking(2, 'two@example.test')),
      'rejected',
      false,
    );
    expect(events.map(({ externalId, status, rawStatus }) => [externalId, status, rawStatus])).toEqual([
      ['1', 'rejected', 'rejected'],
      ['2', 'rejected', 'rejected'],
    ]);
    expect(events[0]?.remarks).toEqual([
      'The hook says rejected, the booking says approved: rejected counts.',
    ]);
  });

  test('that was reopened lets each booking say its own status', () => {
    const { events } = hook(
      'amelia_after_event_status_updated',
      event(booking(1, 'one@example.test'), booking(2, 'two@example.test', { status: 'canceled' })),
      'approved',
    );
    expect(events.map(({ status }) => status)).toEqual(['approved', 'cancelled']);
  });

  test('that is off in a web hook body takes its booking with it too', () => {
    const body = {
      event: { ...event(booking(1, 'one@example.test')), status: 'rejected' },
      bookings: [booking(1, 'one@example.test')],
    };
    const [found] = read('amelia', body).events;
    expect(found).toMatchObject({ status: 'rejected', rawStatus: 'rejected' });
    expect(found?.remarks).toContain('The event itself is rejected, though the booking says approved.');
  });

  test('counts the persons of its tickets', () => {
    const tickets = [
      { eventTicketId: 1, persons: 2 },
      { eventTicketId: 2, persons: '3' },
      { eventTicketId: 3, persons: null },
    ];
    const { events } = hook(
      'amelia_after_event_booking_updated',
      booking(4, 'eve@example.test', { ticketsData: tickets }),
      {
        id: 4,
        status: 'approved',
      },
    );
    expect(events[0]?.quantity).toBe(5);
  });

  test('whose booking was deleted says so', () => {
    const { events } = hook('amelia_after_event_booking_deleted', booking(4, 'eve@example.test'), event());
    expect(events[0]).toMatchObject({
      externalId: '4',
      status: 'deleted',
      item: { kind: 'event', id: '1', name: 'Licence Camp' },
    });
  });
});

describe('hooks by what they can know', () => {
  const one = booking(7, 'ada@example.test');
  test.each([
    [
      'amelia_after_appointment_booking_saved',
      'before-payment',
      [one, { id: 1, name: 'Key Workshop' }, slot(one)],
    ],
    [
      'amelia_after_event_booking_saved',
      'before-payment',
      [one, { id: 1, name: 'Camp', periods: [], bookings: [] }],
    ],
    ['amelia_before_appointment_booking_saved', 'before-payment', [one]],
    ['amelia_before_booking_canceled', 'notice', [one]],
    ['amelia_before_booking_approved', 'notice', [one]],
    ['amelia_after_booking_rescheduled', 'notice', [slot(one), null, '2026-11-27 12:00:00']],
    ['amelia_after_booking_rescheduled', 'notice', [slot(booking(8, null)), one, '2026-11-27 12:00:00']],
    ['amelia_after_booking_rescheduled', 'notice', [slot(one)]],
    ['AmeliaAppointmentAddedBeforeNotify', 'forgeable', [{ appointment: slot(one), recurring: [] }, {}]],
    ['amelia_after_booking_no-show', 'settled', [{ appointment: slot(one), booking: one }]],
    ['amelia_after_booking_approved_link', 'settled', [one]],
    ['amelia_after_package_booking_deleted', 'settled', [slot(one), one]],
    ['AmeliaBookingAdded', 'settled', [slot(one, booking(8, null)), [one], {}]],
    ['AmeliaAppointmentBookingTimeUpdated', 'notice', [slot(one), [one], {}]],
    ['amelia_after_run_uncompleted_actions', 'notice', [[{ id: 1, gateway: 'stripe' }], [one]]],
  ])('%s is %s', (name, authority, args) => {
    const { events, remarks } = hook(name, ...args);
    expect(events.map((event) => [event.externalId, event.authority])).toEqual([['7', authority]]);
    expect(remarks).toEqual([]);
  });

  test('an unknown Amelia hook is only a notice, and is remarked on', () => {
    const { events, remarks } = hook('amelia_after_something_new', one);
    expect(events.map((event) => event.authority)).toEqual(['notice']);
    expect(remarks).toEqual([
      'The hook amelia_after_something_new is not known; nothing is done on its word.',
    ]);
  });

  test('a cancel hook wins over a stale body, in both of its shapes', () => {
    for (const arg of [one, { appointment: slot(one), booking: one }]) {
      const { events } = hook('amelia_after_booking_canceled', arg);
      expect(events[0]).toMatchObject({ status: 'cancelled', rawStatus: null });
    }
  });

  test('an approving hook does not revive a booking that says it is cancelled', () => {
    const { events } = hook('amelia_after_booking_approved', {
      booking: booking(7, null, { status: 'canceled' }),
    });
    expect(events[0]).toMatchObject({ status: 'cancelled', rawStatus: 'canceled' });
  });

  test('a payment alone only wakes', () => {
    const payment = {
      id: 5,
      customerBookingId: 7,
      packageCustomerId: null,
      gateway: 'stripe',
      status: 'paid',
      transactionId: 'ch_1',
    };
    expect(hook('amelia_after_payment_updated', payment).events).toEqual([
      expected({
        externalId: '7',
        hook: 'amelia_after_payment_updated',
        authority: 'notice',
        status: 'unknown',
        rawStatus: null,
        item: null,
        payment: { gateway: 'stripe', status: 'paid', transactionId: 'ch_1' },
        locale: null,
        remarks: ['Only a payment was sent, not its booking.'],
      }),
    ]);
  });

  test('a settled hook without any booking is for a person to look at', () => {
    expect(hook('amelia_after_booking_added', { type: 'appointment', booking: null })).toMatchObject({
      events: [],
      understood: false,
    });
    expect(hook('amelia_after_appointment_added', slot())).toMatchObject({ events: [], understood: true });
  });
});

describe('a forged hook', () => {
  test('never shows the forged customer, wherever the hook’s data is put', () => {
    const args = member(payload(SPOOF), 'args');
    const data = member(args, 0);
    const deliveries: unknown[] = [
      payload(SPOOF),
      { v: 1, source: 'amelia', hook: 'AmeliaBookingAddedBeforeNotify', args },
      {
        v: 1,
        source: 'amelia',
        hook: 'AmeliaBookingAddedBeforeNotify',
        rev: 2,
        booking: booking(3, null),
        args,
      },
      { v: 1, source: 'amelia', args },
      data,
      { payload: data },
      { hook: 'AmeliaBookingAddedBeforeNotify', ...asObject(data) },
      { hook: 'amelia_after_booking_canceled', ...asObject(data) },
      { ...asObject(data), appointment: null, booking: null, packageId: 3, packageCustomerId: 7 },
      { data: { ...asObject(data), appointment: null, booking: null, bookingId: 3 } },
      {
        hook: 'AmeliaBookingAddedBeforeNotify',
        args: [{ ...asObject(data), booking: null, appointment: null, packageCustomerId: 7 }],
      },
      {
        hook: 'amelia_before_post_booking_actions',
        args: [{ bookingId: 3, customer: member(data, 'customer') }],
      },
      { hook: 'amelia_before_post_booking_actions', bookingId: 3, customer: member(data, 'customer') },
    ];
    const hinted = read(
      'amelia',
      { bookingId: 3, email: 'mallory@evil.test' },
      'AmeliaBookingAddedBeforeNotify',
    );
    expect(JSON.stringify(hinted)).not.toContain('mallory');
    for (const delivery of deliveries) {
      const text = JSON.stringify(read('amelia', delivery));
      expect(text.toLowerCase()).not.toContain('mallory');
    }
  });

  test('wakes by its id and nothing else', () => {
    const { events } = hook('amelia_before_post_booking_actions', {
      bookingId: 3,
      type: 'appointment',
      customer: { email: 'mallory@evil.test', firstName: 'Mallory' },
      couponCode: 'FORGED',
    });
    expect(events).toEqual([
      expected({
        externalId: '3',
        hook: 'amelia_before_post_booking_actions',
        authority: 'forgeable',
        status: 'unknown',
        rawStatus: null,
        item: null,
        payment: null,
        locale: null,
        remarks: [NO_EMAIL],
      }),
    ]);
  });
});

describe('e-mail addresses', () => {
  test('of a status hook are reported as they are, though the booking hook said another', () => {
    const [event] = read('amelia', payload(STATUS_HOOK)).events;
    expect(event?.email?.value).toBe('ada@example.test');
    expect(event?.alternates).toEqual([]);
  });

  test('that differ between booking and purchaser: the booking’s own first, the other as an alternate', () => {
    const { events } = hook('amelia_after_booking_added', {
      type: 'appointment',
      appointment: slot(),
      booking: booking(2, 'ada@example.test'),
      customer: { id: 102, email: 'Grace@Example.test' },
    });
    expect(events[0]).toMatchObject({
      email: { value: 'ada@example.test', where: 'args.0.booking.customer.email' },
      alternates: [{ value: 'grace@example.test', where: 'args.0.customer.email' }],
    });
  });

  test('of a purchaser with another customer id are not taken', () => {
    const { events } = hook('amelia_after_booking_added', {
      appointment: slot(),
      booking: booking(2, null),
      customer: { id: 999, email: 'other@example.test' },
    });
    expect(events[0]?.email).toBeNull();
  });

  test.each([
    ['ada@example.test\r\nBcc: all@example.test', 'it holds a line break or control character'],
    ['ada@example.test\n', 'it holds a line break or control character'],
    ['ada@example.test, eve@example.test', 'it holds more than one address'],
    ['ada@example.test;eve@example.test', 'it holds more than one address'],
    ['ada@example.test eve@example.test', 'it holds more than one address'],
    ['Ada <ada@example.test>', 'it is not a bare address'],
    ['nobody', 'it is not a valid address'],
    [`${'a'.repeat(250)}@example.test`, 'it is longer than 254 characters'],
  ])('that are not one bare address (%j) are refused, not repaired', (email, why) => {
    const [event] = hook('amelia_after_booking_canceled', booking(2, email)).events;
    expect(event?.email).toBeNull();
    expect(event?.alternates).toEqual([]);
    expect(event?.remarks).toContain(`The e-mail at args.0.customer.email was not used: ${why}.`);
    expect(event?.remarks).toContain(NO_EMAIL);
  });
});

describe('coupons', () => {
  test('that a service or event allows were not used', () => {
    const { events } = hook('amelia_after_booking_added', {
      appointment: { ...slot(), service: { id: 1, coupons: [{ code: 'ALLOWED' }] } },
      booking: booking(2, 'ada@example.test'),
      bookable: { id: 1, coupons: [{ code: 'ALLOWED' }] },
    });
    expect(events[0]?.coupon).toBeNull();
  });

  test('known by id alone are unknown, and remarked on', () => {
    const [event] = hook(
      'amelia_after_booking_canceled',
      booking(2, null, { couponId: 1, coupon: null }),
    ).events;
    expect(event?.coupon).toBeNull();
    expect(event?.remarks).toContain('Coupon 1 was used, but its code was not sent.');
  });

  test('of the booking beat a custom field', () => {
    const customFields = JSON.stringify({ 2: { label: 'Promo code', value: 'TYPED', type: 'text' } });
    const [event] = hook(
      'amelia_after_booking_canceled',
      booking(2, null, { coupon: { code: 'REAL' }, customFields }),
    ).events;
    expect(event?.coupon).toEqual({ value: 'REAL', where: 'args.0.coupon.code' });
  });

  test('of 300 characters are kept, cut to 100, with a remark', () => {
    const [event] = hook(
      'amelia_after_booking_canceled',
      booking(2, null, { coupon: { code: 'X'.repeat(300) } }),
    ).events;
    expect(event?.coupon?.value).toBe('X'.repeat(100));
    expect(event?.remarks).toContain('The coupon at args.0.coupon.code was cut to 100 characters.');
  });
});

describe('quantities', () => {
  test.each([
    [0, 0],
    [10_000, 10_000],
    ['3', 3],
    [null, 1],
  ])('of %j persons are reported as %d', (persons, quantity) => {
    expect(hook('amelia_after_booking_canceled', booking(2, null, { persons })).events[0]?.quantity).toBe(
      quantity,
    );
  });

  test.each([-2, 1.5, 'many', [], 1e300])(
    'that are no number of persons (%j) become 0, with a remark',
    (persons) => {
      const [event] = hook('amelia_after_booking_canceled', booking(2, null, { persons })).events;
      expect(event?.quantity).toBe(0);
      expect(event?.remarks).toContain('The quantity at args.0.persons is not a whole number.');
    },
  );
});

describe('names and payments', () => {
  test('an emoji name stays whole, control characters go', () => {
    const customer = { firstName: 'Zoë 👩‍🚀', lastName: 'O’Neil\r\nBcc: x', email: null };
    const [event] = hook('amelia_after_booking_canceled', booking(2, null, { customer })).events;
    expect(event?.name?.value).toBe('Zoë 👩‍🚀 O’Neil Bcc: x');
  });

  test('an online payment is reported with its proof, the last of the booking’s own', () => {
    const payments = [
      { id: 1, customerBookingId: 2, gateway: 'stripe', status: 'pending', transactionId: null },
      { id: 2, customerBookingId: 2, gateway: 'stripe', status: 'paid', transactionId: 'pi_123' },
      { id: 3, customerBookingId: 9, gateway: 'onSite', status: 'pending' },
    ];
    const [event] = hook('amelia_after_booking_canceled', booking(2, null, { payments })).events;
    expect(event?.payment).toEqual({ gateway: 'stripe', status: 'paid', transactionId: 'pi_123' });
  });
});

describe('a purchase of several bookings', () => {
  const part = (id: number, parentId: number | null): JsonObject => {
    const payments = [
      { id: 100 + id, customerBookingId: id, parentId, gateway: 'onSite', status: 'pending' },
    ];
    return {
      type: 'appointment',
      appointment: slot(),
      booking: booking(id, 'rex@example.test', { payments }),
    };
  };

  test('a cart is one purchase, led by the booking whose payment has no parent', () => {
    const { events } = hook('amelia_after_booking_added', {
      ...part(5, 106),
      isCart: true,
      recurring: [part(6, null), part(7, 106)],
    });
    expect(events.map((event) => [event.externalId, event.purchase])).toEqual([
      ['5', { id: 'amelia-payment:106', lead: false }],
      ['6', { id: 'amelia-payment:106', lead: true }],
      ['7', { id: 'amelia-payment:106', lead: false }],
    ]);
  });

  test('a package with dates is one purchase, named by the package customer; each booking counts once', () => {
    const parts = [part(5, null), part(6, null)].map((one) => ({ ...one, appointment: slot() }));
    const { events } = hook('amelia_after_booking_added', {
      ...parts[0],
      packageId: 3,
      packageCustomerId: 7,
      package: parts,
    });
    expect(events.map((event) => [event.externalId, event.purchase])).toEqual([
      ['5', { id: 'amelia-package:7', lead: true }],
      ['6', { id: 'amelia-package:7', lead: false }],
    ]);
    expect(events[0]?.item).toEqual({ kind: 'service', id: '1', name: null });
  });

  test('a later word on one of the bookings still names the purchase', () => {
    const { events } = hook('amelia_after_booking_canceled', part(7, 106));
    expect(events[0]?.purchase).toEqual({ id: 'amelia-payment:106', lead: false });
  });

  test('the first of a recurring web hook body leads', () => {
    const { booking: first } = part(6, null);
    const body = {
      appointment: slot(),
      bookings: { 0: { ...asObject(first ?? null), isRecurringBooking: true } },
    };
    expect(read('amelia', body).events[0]?.purchase).toEqual({ id: 'amelia-payment:106', lead: true });
  });

  test('a package without dates is an order of its own', () => {
    const { events } = hook('amelia_after_booking_added', {
      type: 'package',
      appointment: null,
      booking: null,
      bookingId: 0,
      packageId: 3,
      packageCustomerId: 7,
      customer: { id: 4, firstName: 'Rex', lastName: 'R', email: 'rex@example.test', locale: 'de_DE' },
      bookable: { id: 3, name: 'Bundle', coupons: [{ code: 'ALLOWED' }] },
      payment: { id: 9, customerBookingId: null, packageCustomerId: 7, gateway: 'onSite', status: 'pending' },
    });
    expect(events).toEqual([
      expected({
        externalId: 'package:7',
        hook: 'amelia_after_booking_added',
        rawStatus: null,
        item: { kind: 'package', id: '3', name: 'Bundle' },
        email: { value: 'rex@example.test', where: 'args.0.customer.email' },
        name: { value: 'Rex R', where: 'args.0.customer' },
        locale: 'de_DE',
      }),
    ]);
  });

  test('the packagePurchased web hook is the same order', () => {
    const bought = {
      id: 3,
      name: 'Bundle',
      status: 'purchased',
      packageCustomerId: 7,
      isRetry: null,
      recurring: [],
      customer: { id: 4, firstName: 'Rex', lastName: 'R', email: 'rex@example.test' },
    };
    const event = expected({
      externalId: 'package:7',
      rawStatus: 'purchased',
      item: { kind: 'package', id: '3', name: 'Bundle' },
      name: { value: 'Rex R', where: 'package.customer' },
      email: { value: 'rex@example.test', where: 'package.customer.email' },
      payment: null,
      locale: null,
    });
    expect(read('amelia', { package: bought, bookings: {} }).events).toEqual([event]);
    expect(hook('AmeliaPackagePurchased', bought, null, {}).events).toMatchObject([
      { externalId: 'package:7', status: 'approved' },
    ]);
  });
});

test('a web hook body whose event copy lacks the coupon takes it from the delivered booking', () => {
  const body = payload('amelia-webhook-shim.wh_event_booked.event.bookingAdded');
  expect(member(body, 'body', 'event', 'bookings', '0', 'coupon')).toBeNull();
  expect(read('amelia', body).events[0]?.coupon?.value).toBe('KEYBANK10');
});

test('a body that wakes the wrong way round (unknown name in the URL) is read without it, with a remark', () => {
  const result = read('amelia', member(payload(WEB_HOOK), 'body'), 'whatever');
  expect(result.events[0]).toMatchObject({ hook: null, authority: 'settled', status: 'approved' });
  expect(result.remarks).toEqual(['The event name in the URL is not known.']);
});

function asObject(value: Json): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  return value;
}
