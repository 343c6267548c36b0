import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SOURCES } from '../../shared/booking-event.ts';
import { normalize } from '../../server/webhook/normalize.ts';
import { parseBody } from '../../server/webhook/parse-body.ts';
import { payload, read } from './payloads.ts';

const source = fc.constantFrom(...SOURCES);
const HOOKS = [
  'amelia_after_booking_added',
  'amelia_after_booking_canceled',
  'amelia_after_appointment_added',
  'amelia_after_appointment_updated',
  'amelia_after_appointment_deleted',
  'amelia_after_appointment_status_updated',
  'amelia_after_event_status_updated',
  'amelia_after_event_booking_deleted',
  'amelia_after_payment_updated',
  'amelia_before_post_booking_actions',
  'AmeliaBookingAddedBeforeNotify',
  'AmeliaPackagePurchased',
  'bookly_delete_customer_appointments',
];

/** Trees made of the words that the readers look for, with any kind of value under them. */
const WORDS = [
  ...[
    'v',
    'rev',
    'hook',
    'args',
    'booking',
    'bookings',
    'appointment',
    'event',
    'package',
    'packageCustomerId',
    'recurring',
  ],
  ...[
    'id',
    'customer',
    'customerId',
    'email',
    'status',
    'persons',
    'payments',
    'coupon',
    'code',
    'customFields',
    'info',
    'row',
    'rows',
  ],
  ...[
    'label',
    'value',
    'notes',
    'custom_fields',
    'payment_details',
    'items',
    'purchase',
    'bookingIds',
    'item',
    'type',
    'tickets',
  ],
  ...[
    'serviceId',
    'periods',
    'data',
    'payload',
    'deleted',
    'compound_service_id',
    'compound_token',
    'customer_email',
    'series_id',
  ],
];
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom(
      ...HOOKS,
      'approved',
      'canceled',
      'ada@example.test',
      '1',
      '',
      'appointment',
      'event',
      'package',
    ),
    fc.jsonValue({ maxDepth: 1 }),
    fc.integer({ min: -2, max: 20 }),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...WORDS), tie('node'), { maxKeys: 6 }),
    tie('node').map((node) => JSON.stringify(node)),
  ),
})).node;
const body = fc.dictionary(fc.constantFrom(...WORDS), tree, { maxKeys: 8 });

describe('any body', () => {
  test('of any JSON is read without an exception', () => {
    fc.assert(
      fc.property(
        source,
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.option(fc.string(), { nil: undefined }),
        (from, json, hint) => {
          expect(Array.isArray(read(from, json, hint).events)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('made of the right words in the wrong places gives whole events or none', () => {
    fc.assert(
      fc.property(source, body, (from, json) => {
        const { events, remarks, understood } = read(from, json);
        expect(events.length > 0 || remarks.length > 0).toBe(true);
        if (events.length > 0) expect(understood).toBe(true);
        for (const event of events) {
          expect(event.externalId).toMatch(/^\S{1,100}$/);
          expect(event.quantity).toBeGreaterThanOrEqual(0);
          expect(event.quantity).toSatisfy(Number.isInteger);
          for (const email of [event.email, ...event.alternates]) {
            if (email) expect(email.value).toMatch(/^[^\s@,;<>]+@[^\s@,;<>]+$/);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('under any recorded hook, with any arguments, is read without an exception', () => {
    fc.assert(
      fc.property(fc.constantFrom(...HOOKS), fc.array(tree, { maxLength: 4 }), (hook, args) => {
        const result = read('amelia', { hook, args });
        expect(Array.isArray(result.events)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of a recorded delivery with one part replaced is read without an exception', () => {
    const recorded = JSON.stringify(payload('amelia-lite-2.4.3.appt_recurring_2.amelia_after_booking_added'));
    const places = [...recorded.matchAll(/"(?:[^"\\]|\\.)*"(?!:)|\bnull\b|\b\d+\b/g)].map((match) => [
      match.index,
      match[0].length,
    ]);
    fc.assert(
      fc.property(fc.nat({ max: places.length - 1 }), tree, (index, replacement) => {
        const [start = 0, length = 0] = places[index] ?? [];
        const text =
          recorded.slice(0, start) + JSON.stringify(replacement ?? null) + recorded.slice(start + length);
        const parsed = parseBody(Buffer.from(text), undefined);
        if (parsed.ok)
          expect(Array.isArray(normalize({ source: 'amelia', body: parsed.value }).events)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a slot of several people', () => {
  const shapes = ['status hook', 'booking hook', 'web hook', 'deleted hook'] as const;

  test('never tells one of them the address of another', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.constantFrom(...shapes),
        fc.boolean(),
        (ids, pick, shape, isBare) => {
          const mail = (id: number): string => `guest-${id}-@example.test`;
          const bookings = ids.map((id) => ({
            id,
            customerId: id,
            customer: { id, firstName: `Guest-${id}-`, email: mail(id) },
            status: 'approved',
            persons: 1,
            payments: [{ id, customerBookingId: id, gateway: 'onSite', status: 'pending' }],
          }));
          const own = bookings[pick % bookings.length];
          const appointment = { id: 1, serviceId: 1, bookings };
          const booking = isBare && own ? { ...own, customer: null } : own;
          const delivery = {
            'status hook': {
              hook: 'amelia_after_appointment_status_updated',
              args: [appointment, 'approved'],
            },
            'deleted hook': { hook: 'amelia_after_appointment_deleted', args: [appointment] },
            'booking hook': { hook: 'amelia_after_booking_approved', args: [{ appointment, booking }] },
            'web hook': { appointment, bookings: { 0: booking } },
          }[shape];
          const { events } = read('amelia', delivery);
          expect(events).toHaveLength(shape === 'status hook' || shape === 'deleted hook' ? ids.length : 1);
          for (const event of events) {
            const mentioned = [...JSON.stringify(event).matchAll(/guest-(\d+)-/gi)].map((match) => match[1]);
            expect(new Set(mentioned)).toEqual(new Set([event.externalId]));
            expect(event.email?.value).toBe(mail(Number(event.externalId)));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('a body of the largest size is read in well under a second', () => {
  const bookings = Array.from({ length: 8_000 }, (_none, id) => ({
    id: id + 1,
    customerId: 1,
    persons: 1,
    status: 'approved',
    customFields: '{}',
  }));
  const rows = Array.from({ length: 8_000 }, (_none, id) => ({
    id: id + 1,
    customer_email: 'a@example.test',
    order_id: 7,
    series_id: 3,
  }));
  const started = performance.now();
  expect(read('amelia', { appointment: { id: 1, serviceId: 1, bookings }, bookings }).events).toHaveLength(
    8_000,
  );
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(read('bookly', { rows }).events).toHaveLength(8_000);
  const appointment = JSON.stringify(
    JSON.stringify({ id: 1, serviceId: 1, bookings: bookings.slice(0, 4_000) }),
  );
  expect(
    read('amelia', { hook: 'amelia_after_appointment_deleted', args: [appointment] }).events,
  ).toHaveLength(4_000);
  const notes = `promo code${' '.repeat(100_000)}please`;
  expect(read('bookly', { row: { ...rows[0], notes } }).events[0]?.coupon).toBeNull();
  expect(performance.now() - started).toBeLessThan(4_000);
});
