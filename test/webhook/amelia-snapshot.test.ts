import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../server/webhook/safe-json.ts';
import { expected, member, payload, read } from './payloads.ts';

const BOOKED = 'amelia-lite-2.4.3.appointment_booked_onsite.amelia_after_booking_added';
const REQUEST = 'amelia-lite-2.4.3.appointment_booked_onsite.amelia_before_booking_added';

/** The plugin's snapshot of booking 2, as docs/payloads.md shows it. */
function snapshot(differs: JsonObject = {}): JsonObject {
  return {
    id: 2,
    appointmentId: 2,
    customerId: 2,
    status: 'approved',
    persons: 1,
    couponId: null,
    couponCode: null,
    price: 40,
    created: '2026-11-22 19:58:36',
    customFields: null,
    info: '{"firstName":"Ada","locale":"en_US"}',
    customer: {
      id: 2,
      email: 'ada@example.test',
      firstName: 'Ada',
      lastName: 'Lovelace',
      phone: '+441234567890',
    },
    item: { type: 'appointment', serviceId: 1, name: 'Key Workshop', status: 'approved' },
    tickets: [],
    payments: [{ id: 2, parentId: null, gateway: 'onSite', status: 'pending', transactionId: null }],
    packageCustomerId: null,
    purchase: null,
    ...differs,
  };
}

function envelope(differs: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    v: 1,
    plugin: '1.0.0',
    id: 'amelia:2:3',
    source: 'amelia',
    site: 'https://shop.example',
    hook: 'amelia_after_booking_added',
    sentAt: '2026-11-22T20:06:46.000Z',
    rev: 3,
    booking: snapshot(),
    ...differs,
  };
}

const ada = expected({
  rev: 3,
  hook: 'amelia_after_booking_added',
  authority: 'snapshot',
  email: { value: 'ada@example.test', where: 'booking.customer.email' },
  name: { value: 'Ada Lovelace', where: 'booking.customer' },
});

describe('a snapshot', () => {
  test('is read field by field, with its envelope', () => {
    expect(read('amelia', envelope())).toEqual({
      events: [ada],
      remarks: [],
      siteUrl: 'https://shop.example',
      envelope: { id: 'amelia:2:3', rev: 3, plugin: '1.0.0', hook: 'amelia_after_booking_added' },
      understood: true,
    });
  });

  test('outranks the hook that woke it: a forgeable or early hook changes nothing', () => {
    for (const hook of [
      'AmeliaBookingAddedBeforeNotify',
      'amelia_before_booking_canceled',
      'made_up',
      null,
    ]) {
      expect(read('amelia', envelope({ hook })).events).toEqual([{ ...ada, hook }]);
    }
  });

  test('of a row that is gone is a deletion, with or without the rest of the row', () => {
    const gone = read('amelia', envelope({ booking: snapshot({ deleted: true }) })).events;
    expect(gone).toMatchObject([{ externalId: '2', status: 'deleted', rawStatus: null }]);
    const bare = read('amelia', envelope({ booking: { id: 2, deleted: true } })).events;
    expect(bare).toMatchObject([{ externalId: '2', status: 'deleted', item: null, email: null }]);
  });

  test('without a revision is settled, and remarked on', () => {
    const { events, remarks } = read('amelia', envelope({ rev: null }));
    expect(events).toEqual([{ ...ada, rev: null, authority: 'settled' }]);
    expect(remarks).toEqual(['The snapshot carries no revision, so it cannot be told from an older one.']);
  });

  test('without any id is for a person', () => {
    expect(read('amelia', envelope({ booking: { status: 'approved' } }))).toMatchObject({
      events: [],
      remarks: ['The snapshot has no booking id and no packageCustomerId.'],
      understood: false,
    });
  });

  test('of an event that is off says so, though its booking does not', () => {
    const item = { type: 'event', eventId: 1, name: 'Licence Camp', status: 'rejected' };
    const [event] = read(
      'amelia',
      envelope({ booking: snapshot({ item, tickets: [{ persons: 2 }, { persons: 1 }] }) }),
    ).events;
    expect(event).toMatchObject({
      status: 'rejected',
      rawStatus: 'rejected',
      quantity: 3,
      item: { kind: 'event', id: '1', name: 'Licence Camp' },
    });
  });

  test('of a package without dates is the order of its package customer', () => {
    const booking = {
      packageCustomerId: 7,
      customerId: 2,
      status: 'approved',
      couponCode: 'KEYBANK10',
      customer: { id: 2, email: 'ada@example.test', firstName: 'Ada', lastName: 'Lovelace' },
      item: { type: 'package', packageId: 3, name: 'Bundle' },
      payments: [{ id: 9, packageCustomerId: 7, gateway: 'stripe', status: 'paid', transactionId: 'pi_1' }],
    };
    expect(read('amelia', envelope({ booking })).events).toEqual([
      {
        ...ada,
        externalId: 'package:7',
        item: { kind: 'package', id: '3', name: 'Bundle' },
        coupon: { value: 'KEYBANK10', where: 'booking.couponCode' },
        payment: { gateway: 'stripe', status: 'paid', transactionId: 'pi_1' },
        locale: null,
      },
    ]);
    expect(
      read('amelia', envelope({ booking: { packageCustomerId: 7, deleted: true } })).events,
    ).toMatchObject([{ externalId: 'package:7', status: 'deleted' }]);
  });

  test('knows its purchase when the database does', () => {
    const purchase = { paymentId: 9, bookingIds: [9, 10] };
    const lead = read('amelia', envelope({ booking: snapshot({ id: 9, purchase }) })).events[0];
    const other = read('amelia', envelope({ booking: snapshot({ id: 10, purchase }) })).events[0];
    expect([lead?.purchase, other?.purchase]).toEqual([
      { id: 'amelia-payment:9', lead: true },
      { id: 'amelia-payment:9', lead: false },
    ]);
  });

  test('of one booking of a package says so, and admits when it does not know which came first', () => {
    const [known] = read(
      'amelia',
      envelope({ booking: snapshot({ packageCustomerId: 7, purchase: { bookingIds: [1, 2] } }) }),
    ).events;
    expect(known).toMatchObject({ purchase: { id: 'amelia-package:7', lead: false }, remarks: [] });
    const [unknown] = read('amelia', envelope({ booking: snapshot({ packageCustomerId: 7 }) })).events;
    expect(unknown).toMatchObject({
      purchase: { id: 'amelia-package:7', lead: true },
      remarks: ['Part of a package; which of its bookings came first was not sent.'],
    });
  });

  test('may have Amelia’s own shape: a booking, or a reservation around it', () => {
    const reservation = member(payload(BOOKED), 'args', 0);
    const own = read('amelia', envelope({ booking: member(reservation, 'booking') })).events;
    expect(own).toMatchObject([
      { externalId: '2', email: { value: 'grace@example.test' }, item: null, authority: 'snapshot' },
    ]);
    expect(read('amelia', envelope({ booking: reservation })).events).toMatchObject([
      {
        externalId: '2',
        email: { value: 'grace@example.test', where: 'booking.booking.customer.email' },
        item: { kind: 'service', id: '1' },
      },
    ]);
  });

  test('may come as JSON in a string', () => {
    expect(read('amelia', envelope({ booking: JSON.stringify(snapshot()) })).events).toEqual([ada]);
  });
});

describe('a snapshot’s arguments', () => {
  test('add the other e-mail of the same booking as an alternate, and the coupon typed', () => {
    const args = member(payload(BOOKED), 'args');
    expect(read('amelia', envelope({ args })).events).toEqual([
      {
        ...ada,
        alternates: [{ value: 'grace@example.test', where: 'args.0.booking.customer.email' }],
        coupon: { value: 'KEY10', where: 'args.0.booking.customFields.2.value' },
      },
    ]);
  });

  test('of the request give only its coupon code, which beats a custom field', () => {
    const customFields = '{"2":{"label":"Promo code","value":"KEY10","type":"text"}}';
    const args = member(payload(REQUEST), 'args');
    const [event] = read(
      'amelia',
      envelope({ hook: 'amelia_before_booking_added', booking: snapshot({ customFields }), args }),
    ).events;
    expect(event).toEqual({
      ...ada,
      hook: 'amelia_before_booking_added',
      coupon: { value: 'KEYBANK10', where: 'args.0.couponCode' },
    });
  });

  test('of a forgeable hook give nothing at all', () => {
    const hook = 'amelia_before_post_booking_actions';
    const args = [{ bookingId: 2, couponCode: 'FORGED', customer: { email: 'mallory@evil.test' } }];
    expect(read('amelia', envelope({ hook, args })).events).toEqual([{ ...ada, hook }]);
  });

  test('never override what the snapshot says', () => {
    const booking = snapshot({ couponCode: 'FROMDB', status: 'canceled' });
    const [event] = read('amelia', envelope({ booking, args: member(payload(BOOKED), 'args') })).events;
    expect(event).toMatchObject({
      status: 'cancelled',
      email: { value: 'ada@example.test' },
      coupon: { value: 'FROMDB', where: 'booking.couponCode' },
    });
  });

  test('fill a missing e-mail from a settled hook about the same booking, and then nothing is remarked', () => {
    const booking = snapshot({ customer: null });
    const [event] = read('amelia', envelope({ booking, args: member(payload(BOOKED), 'args') })).events;
    expect(event?.email).toEqual({ value: 'grace@example.test', where: 'args.0.booking.customer.email' });
    expect(event?.remarks).toEqual([]);
    const [other] = read(
      'amelia',
      envelope({ booking: { ...booking, id: 3 }, args: member(payload(BOOKED), 'args') }),
    ).events;
    expect(other?.email).toBeNull();
  });
});

describe('the envelope', () => {
  test('of another plugin than the address is read as what it says it is', () => {
    const { events, remarks } = read('bookly', envelope());
    expect(events).toEqual([ada]);
    expect(remarks).toEqual(['Sent to the address of bookly, but the booking is from amelia.']);
  });

  test('of a later version is read all the same, with a remark', () => {
    const { events, remarks } = read('amelia', envelope({ v: 2 }));
    expect(events).toEqual([ada]);
    expect(remarks).toEqual(['Envelope version 2 was read as version 1.']);
  });

  test.each(['javascript:alert(1)', 'shop.example', 7])('with the site %j has no site', (site) => {
    expect(read('amelia', envelope({ site }))).toMatchObject({
      siteUrl: null,
      remarks: ['The site in the envelope is not a web address.'],
    });
  });

  test.each([
    ['4', 4],
    [-1, null],
    [1.5, null],
    ['x', null],
    [1e300, null],
  ])('with rev %j has rev %j', (rev, number) => {
    expect(read('amelia', envelope({ rev })).envelope?.rev).toBe(number);
  });
});
