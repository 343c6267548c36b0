import { describe, expect, test } from 'vitest';
import type { BookingEvent } from '../../shared/booking-event.ts';
import { normalize } from '../../server/webhook/normalize.ts';
import { NO_EMAIL, expected, parsed, read } from './payloads.ts';

function plain(differs: Partial<BookingEvent>): BookingEvent {
  return expected({ externalId: '77', rawStatus: null, item: null, payment: null, locale: null, ...differs });
}

describe('a plain body', () => {
  test('with an e-mail and an id is an approved booking when it says nothing else', () => {
    expect(read('amelia', { id: 77, email: 'Ada@Example.test' }).events).toEqual([
      plain({ email: { value: 'ada@example.test', where: 'email' } }),
    ]);
  });

  test('is read field by field under the names that senders use', () => {
    const body = {
      booking_id: '0077',
      customer_email: 'ada@example.test',
      first_name: 'Ada',
      last_name: 'Lovelace',
      service_id: '3',
      service_name: 'Key Workshop',
      number_of_persons: '2',
      status: 'pending',
      coupon_code: 'KEY10',
      payment_method: 'stripe',
      payment_status: 'paid',
      transaction_id: 'pi_1',
      locale: 'de_DE',
    };
    const event = plain({
      source: 'bookly',
      status: 'pending',
      rawStatus: 'pending',
      item: { kind: 'service', id: '3', name: 'Key Workshop' },
      quantity: 2,
      email: { value: 'ada@example.test', where: 'customer_email' },
      name: { value: 'Ada Lovelace', where: 'first_name' },
      coupon: { value: 'KEY10', where: 'coupon_code' },
      payment: { gateway: 'stripe', status: 'paid', transactionId: 'pi_1' },
      locale: 'de_DE',
    });
    expect(read('bookly', body).events).toEqual([event]);
    const form = parsed(new URLSearchParams(body).toString(), 'application/x-www-form-urlencoded');
    expect(normalize({ source: 'bookly', body: form }).events).toEqual([event]);
  });

  test('may keep its parts in holders and JSON strings', () => {
    const body = {
      event: 'booking.created',
      data: JSON.stringify({
        order: { id: 77, eventId: 4, quantity: 1 },
        customer: { email: 'ada@example.test', name: 'Ada' },
      }),
    };
    expect(read('amelia', body).events).toMatchObject([
      {
        externalId: '77',
        item: { kind: 'event', id: '4' },
        email: { value: 'ada@example.test', where: 'data.customer.email' },
        name: { value: 'Ada', where: 'data.customer.name' },
      },
    ]);
  });

  test('may name its form fields as people do', () => {
    const body = { 'your-email': 'ada@example.test', order_id: 'A-77', 'Promo code': 'KEY10', packageId: 5 };
    expect(read('amelia', body).events).toMatchObject([
      {
        externalId: 'A-77',
        email: { where: 'your-email' },
        coupon: { value: 'KEY10', where: 'Promo code' },
        item: { kind: 'package', id: '5' },
      },
    ]);
  });

  test('is cancelled by its status, by the URL it was sent to, or by being deleted', () => {
    const body = { id: 77, email: 'ada@example.test' };
    expect(read('amelia', { ...body, status: 'canceled' }).events[0]?.status).toBe('cancelled');
    expect(read('amelia', body, 'bookingCanceled').events[0]?.status).toBe('cancelled');
    expect(read('bookly', body, 'cancelled').events[0]?.status).toBe('cancelled');
    expect(read('amelia', { ...body, deleted: '1' }).events[0]?.status).toBe('deleted');
  });

  test('never takes an address of staff, or one of a list of people', () => {
    const body = {
      id: 77,
      status: 'approved',
      provider: { email: 'pat.trainer@example.test' },
      attendees: [{ email: 'a@example.test' }, { email: 'b@example.test' }],
      coupons: [{ code: 'ALLOWED' }],
    };
    expect(read('amelia', body).events).toEqual([plain({ rawStatus: 'approved', remarks: [NO_EMAIL] })]);
  });

  test('with a broken address is a booking without one', () => {
    const [event] = read('amelia', { id: 77, email: 'a@example.test,b@example.test' }).events;
    expect(event).toMatchObject({ email: null, alternates: [] });
    expect(event?.remarks).toEqual([
      'The e-mail at email was not used: it holds more than one address.',
      NO_EMAIL,
    ]);
  });

  test.each([
    [{}, 'The body has neither a booking id nor an e-mail address that could be read.'],
    [{ email: 'ada@example.test' }, 'The body has an e-mail address but no booking id that could be read.'],
    [
      { id: 0, email: 'ada@example.test' },
      'The body has an e-mail address but no booking id that could be read.',
    ],
    [
      { id: 77, colour: 'red' },
      'The body has neither a booking id nor an e-mail address that could be read.',
    ],
  ])('%j is for a person to look at', (body, remark) => {
    expect(read('amelia', body)).toEqual({
      events: [],
      remarks: [remark],
      siteUrl: null,
      envelope: null,
      understood: false,
    });
  });

  test('with an id that is no word of ours is refused', () => {
    for (const id of ['package:7', 'a b', '../x', -4, 1e21, '9'.repeat(60), 2 ** 53]) {
      expect(read('amelia', { id, email: 'ada@example.test' }).events).toEqual([]);
    }
  });

  test('that names an unknown hook is judged as such only when it claims to be Amelia’s', () => {
    const body = { id: 77, email: 'ada@example.test' };
    expect(read('amelia', { ...body, hook: 'form_submitted' }).events[0]?.authority).toBe('settled');
    expect(read('amelia', { ...body, hook: 'amelia_after_booking_added' }).events[0]?.authority).toBe(
      'settled',
    );
    expect(read('amelia', { ...body, hook: 'amelia_made_up' }).events).toEqual([]);
  });
});

describe('hostile keys', () => {
  test('pollute no prototype and become no value', () => {
    const text =
      '{"id":77,"email":"ada@example.test","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const { events } = normalize({ source: 'amelia', body: parsed(text) });
    expect(events).toHaveLength(1);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(parsed('{"email":"x","toString":"y"}')).toEqual({ email: 'x', toString: 'y' });
  });

  test('inherited names are not members: a body without a status has none', () => {
    expect(
      normalize({ source: 'amelia', body: { id: 77, email: 'ada@example.test' } }).events[0]?.rawStatus,
    ).toBeNull();
  });
});
