import { describe, expect, test } from 'vitest';
import type { BookingEvent } from '../../shared/booking-event.ts';
import { normalize } from '../../server/webhook/normalize.ts';
import { parseBody } from '../../server/webhook/parse-body.ts';
import { isObject } from '../../server/webhook/safe-json.ts';
import type { Json, JsonObject } from '../../server/webhook/safe-json.ts';
import { stripSecrets } from '../../server/webhook/strip-secrets.ts';
import { expected, member, parsed, payload, payloadBytes, read } from './payloads.ts';

const FILE = 'bookly-lite-27.4.';

function adasRow(differs: Partial<BookingEvent>): BookingEvent {
  return expected({
    source: 'bookly',
    externalId: '5',
    email: { value: 'ada@example.test', where: 'row.customer_email' },
    name: { value: 'Ada Lovelace', where: 'row.customer_full_name' },
    payment: null,
    locale: null,
    ...differs,
  });
}

const READINGS: Record<string, BookingEvent> = {
  'bookly_admin_status_cancelled.row': adasRow({
    hook: 'bookly_save_appointment_form',
    status: 'cancelled',
    rawStatus: 'cancelled',
  }),
  'bookly_booked_local.row': adasRow({
    hook: 'bookly_save_appointment',
    coupon: { value: 'KEY10', where: 'row.notes' },
    payment: { gateway: 'local', status: 'pending', transactionId: null },
  }),
  'bookly_deleted.row': adasRow({
    externalId: '6',
    hook: 'bookly_delete_customer_appointments',
    status: 'deleted',
    rawStatus: null,
    remarks: ['The delivery says deleted, the row says approved: deleted counts.'],
  }),
  'bookly_payment_completed.row': adasRow({
    hook: 'bookly_complete_payment',
    status: 'done',
    rawStatus: 'done',
  }),
};

describe.each(Object.entries(READINGS))('the recorded row %s', (name, event) => {
  const body = payload(FILE + name);
  const row = member(body, 'row');

  test('is read field by field', () => {
    expect(normalize({ source: 'bookly', body })).toEqual({
      events: [event],
      remarks: [],
      siteUrl: null,
      envelope: null,
      understood: true,
    });
  });

  test('reads the same as the plugin’s snapshot', () => {
    const isGone = event.status === 'deleted';
    const booking = isGone ? { ...asObject(row), deleted: true } : row;
    const { events, envelope } = read('bookly', {
      v: 1,
      id: 'bookly:5:2',
      source: 'bookly',
      rev: 2,
      hook: event.hook,
      booking,
    });
    const where = (found: BookingEvent['email']): BookingEvent['email'] =>
      found && { ...found, where: found.where.replace('row.', 'booking.') };
    const moved = {
      ...event,
      email: where(event.email),
      name: where(event.name),
      coupon: where(event.coupon),
    };
    expect(events).toEqual([{ ...moved, rev: 2, authority: 'snapshot', remarks: [] }]);
    expect(envelope).toEqual({ id: 'bookly:5:2', rev: 2, plugin: null, hook: event.hook });
  });

  test('reads the same bare, in a list of rows, and as a form', () => {
    const bare = read('bookly', row).events[0];
    const listed = read('bookly', { rows: { 0: row } }).events[0];
    const fields = Object.entries(asObject(row)).filter(([, value]) => typeof value === 'string');
    const named = fields.map(([key, value]): [string, string] => [`row[${key}]`, String(value)]);
    const form = new URLSearchParams(named).toString();
    const posted = normalize({ source: 'bookly', body: parsed(form, 'application/x-www-form-urlencoded') })
      .events[0];
    for (const found of [bare, listed, posted]) {
      expect(found).toMatchObject({
        externalId: event.externalId,
        item: event.item,
        email: { value: event.email?.value },
        payment: event.payment,
      });
    }
  });
});

describe('the record of every write and mail', () => {
  const name = `${FILE}all_writes_and_mails_in_order`;

  test('is not a delivery, and is refused as one', () => {
    expect(parseBody(payloadBytes(name), 'application/json')).toEqual({
      ok: false,
      why: 'the body is a list of 17, not one booking',
    });
  });

  test('gives no booking and no address, entry by entry', () => {
    const entries: unknown = JSON.parse(payloadBytes(name).toString('utf8'));
    if (!Array.isArray(entries)) throw new Error('the file is a list');
    for (const entry of entries) {
      const result = read('bookly', entry);
      expect(result).toMatchObject({ events: [], understood: false });
      expect(result.remarks).toEqual([`${String(entry.hook)} carried no booking row.`]);
    }
  });
});

function row(differs: JsonObject = {}): JsonObject {
  return { ...asObject(member(payload(`${FILE}bookly_booked_local.row`), 'row')), notes: '', ...differs };
}

function only(body: unknown): BookingEvent {
  const { events } = read('bookly', body);
  if (events.length !== 1 || !events[0]) throw new Error(`${events.length} events`);
  return events[0];
}

describe('a row', () => {
  test('handed over as an argument is read like any other, and by the action that deleted it as deleted', () => {
    expect(only({ hook: 'my_snippet', args: [row()] })).toMatchObject({
      externalId: '5',
      authority: 'settled',
      status: 'approved',
    });
    expect(only({ hook: 'bookly_delete_customer_appointments', args: [{ row: row() }] }).status).toBe(
      'deleted',
    );
  });

  test.each([
    ['approved', 'approved'],
    ['cancelled', 'cancelled'],
    ['rejected', 'rejected'],
    ['waitlisted', 'waitlisted'],
    ['done', 'done'],
    ['Paid by invoice', 'unknown'],
    ['constructor', 'unknown'],
  ])('with the status %s is %s', (word, status) => {
    expect(only({ row: row({ status: word }) })).toMatchObject({ status, rawStatus: word });
  });

  test('counts persons, not units: those are longer for the same people', () => {
    expect(only({ row: row({ number_of_persons: '3', units: '4' }) }).quantity).toBe(3);
  });

  test('of a custom service has no service id, so what was booked is not said', () => {
    expect(
      only({ row: row({ service_id: null, service_title: null, custom_service_name: 'Tailored' }) }).item,
    ).toBeNull();
  });

  test('with an online gateway reports its payment', () => {
    const details = JSON.stringify({ items: [], gateway_ref_id: 'PAY-1' });
    expect(
      only({ row: row({ payment_type: 'paypal', payment_status: 'completed', payment_details: details }) })
        .payment,
    ).toEqual({
      gateway: 'paypal',
      status: 'completed',
      transactionId: 'PAY-1',
    });
  });

  test('without an e-mail says so', () => {
    const event = only({ row: row({ customer_email: '', customer_full_name: '' }) });
    expect(event.email).toBeNull();
    expect(event.remarks).toEqual(['No e-mail address that can be trusted.']);
  });

  test('with several rows of one order is one purchase, led by the first written', () => {
    const rows = [
      row({ id: '12' }),
      row({ id: '9' }),
      row({ id: '30', order_id: '7', payment_details: null }),
    ];
    expect(read('bookly', { rows }).events.map((event) => [event.externalId, event.purchase])).toEqual([
      ['12', { id: 'bookly-order:6', lead: false }],
      ['9', { id: 'bookly-order:6', lead: false }],
      ['30', null],
    ]);
  });

  test('knows its purchase from the plugin’s list, or from the items of the payment', () => {
    expect(only({ row: row({ purchase_ids: [5, 6] }) }).purchase).toEqual({
      id: 'bookly-order:6',
      lead: true,
    });
    const details = { items: [{ ca_id: 4 }, { ca_id: 5 }] };
    expect(only({ row: row({ payment_details: details }) }).purchase).toEqual({
      id: 'bookly-order:6',
      lead: false,
    });
  });

  test('of a series or package bought alone still names it', () => {
    expect(only({ row: row({ series_id: '3', order_id: null }) })).toMatchObject({
      purchase: { id: 'bookly-series:3', lead: true },
      remarks: ['Part of a series or package; which of its bookings came first was not sent.'],
    });
    expect(only({ row: row({ package_id: '4', purchase_ids: [2, 5] }) })).toMatchObject({
      purchase: { id: 'bookly-package:4', lead: false },
      remarks: [],
    });
  });
});

describe('compound and collaborative services', () => {
  const token = '502c1ad09885dff34b2992397a006cee';
  const part = (id: string, more: JsonObject = {}): JsonObject =>
    row({ id, compound_service_id: '8', compound_token: token, service_id: `1${id}`, ...more });

  test('are one order for all their rows, named without giving the token away', () => {
    const rows = [part('5'), part('6')];
    const event = only({ rows });
    expect(event.externalId).toMatch(/^compound:[0-9a-f]{24}$/);
    expect(event.item).toEqual({ kind: 'service', id: '8', name: null });
    expect(event.purchase).toBeNull();
    expect(JSON.stringify(event)).not.toContain(token);
    expect(only({ row: part('6') }).externalId).toBe(event.externalId);
  });

  test('have the same name before and after secrets are stripped', () => {
    const rows: Json = [part('5'), part('6', { collaborative_token: 'x' })];
    expect(only({ rows: stripSecrets(rows) }).externalId).toBe(only({ rows }).externalId);
  });

  test('are named by order and service when there is no token', () => {
    const rows = [part('5', { compound_token: null }), part('6', { compound_token: null })];
    expect(only({ rows }).externalId).toBe('compound:order-6-service-8');
    const collaborative = { collaborative_service_id: '9', compound_service_id: null, compound_token: null };
    expect(only({ rows: [part('5', collaborative)] }).externalId).toBe('compound:order-6-service-9');
  });

  test('are still booked while one part of them is', () => {
    const rows = [part('5', { status: 'cancelled' }), part('6')];
    expect(only({ rows })).toMatchObject({ status: 'approved', rawStatus: 'approved' });
    const gone = rows.map((one) => ({ ...one, deleted: true }));
    expect(only({ v: 1, source: 'bookly', rev: 4, booking: { rows: gone } })).toMatchObject({
      status: 'deleted',
      rev: 4,
    });
  });
});

describe('a row’s coupon', () => {
  const fields = JSON.stringify([
    { id: 1, value: 'Ada Labs' },
    { id: 7, value: ['KEY7'] },
  ]);

  test.each<[string, JsonObject]>([
    [
      'a list of labels',
      {
        customFieldLabels: [
          { id: 1, label: 'Licence name' },
          { id: 7, label: 'Promo code' },
        ],
      },
    ],
    ['labels by id', { customFieldLabels: { 1: 'Licence name', 7: 'Gutscheincode' } }],
    [
      'Bookly’s own option',
      { custom_field_labels: JSON.stringify([{ type: 'text-field', id: 7, label: 'Code promo' }]) },
    ],
  ])('is found in a custom field named by %s', (_how, labels) => {
    expect(only({ row: row({ custom_fields: fields }), ...labels }).coupon).toEqual({
      value: 'KEY7',
      where: 'row.custom_fields.1.value.0',
    });
  });

  test('is found in a field that brings its own label', () => {
    const custom_fields = [{ id: 7, label: 'Voucher', value: 'V-1' }];
    expect(only({ row: row({ custom_fields }) }).coupon).toEqual({
      value: 'V-1',
      where: 'row.custom_fields.0.value',
    });
  });

  test('is the real one before a field, and a field before a note', () => {
    const all = {
      coupon_code: 'REAL',
      custom_fields: [{ id: 7, label: 'Voucher', value: 'FIELD' }],
      notes: 'promo code NOTE1 please',
    };
    expect(only({ row: row(all) }).coupon?.value).toBe('REAL');
    expect(only({ row: row({ ...all, coupon_code: null }) }).coupon?.value).toBe('FIELD');
    expect(only({ row: row({ ...all, coupon_code: null, custom_fields: '[]' }) }).coupon?.value).toBe(
      'NOTE1',
    );
  });

  test('is found in the payment’s details', () => {
    const payment_details = JSON.stringify({ items: [], coupon: { code: 'DETAIL', discount: 10 } });
    expect(only({ row: row({ payment_details }) }).coupon).toEqual({
      value: 'DETAIL',
      where: 'row.payment_details.coupon.code',
    });
  });

  test('known by id alone is unknown, and remarked on', () => {
    const event = only({ row: row({ coupon_id: '4' }) });
    expect(event.coupon).toBeNull();
    expect(event.remarks).toEqual(['Coupon 4 was used, but its code was not sent.']);
  });
});

function asObject(value: Json): JsonObject {
  if (!isObject(value)) throw new Error('not an object');
  return value;
}
