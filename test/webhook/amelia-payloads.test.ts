import { describe, expect, test } from 'vitest';
import type { BookingEvent } from '../../shared/booking-event.ts';
import { normalize } from '../../server/webhook/normalize.ts';
import type { Json, JsonObject } from '../../server/webhook/safe-json.ts';
import { NO_EMAIL, expected, member, parsed, payload, payloadBytes, read } from './payloads.ts';

const LITE = 'amelia-lite-2.4.3.';
const SHIM = 'amelia-webhook-shim.';

/** What a careful person reads out of each recorded delivery. */
const READINGS: Record<string, BookingEvent[]> = {
  [`${LITE}appointment_added_by_admin.amelia_after_appointment_added`]: [
    expected({
      externalId: '3',
      hook: 'amelia_after_appointment_added',
      email: { value: 'ada@example.test', where: 'args.0.bookings.0.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.bookings.0.customer' },
      locale: null,
    }),
  ],
  [`${LITE}appointment_booked_onsite.amelia_after_booking_added`]: [
    expected({
      hook: 'amelia_after_booking_added',
      email: { value: 'grace@example.test', where: 'args.0.booking.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.booking.customer' },
      coupon: { value: 'KEY10', where: 'args.0.booking.customFields.2.value' },
    }),
  ],
  [`${LITE}appointment_booked_onsite.amelia_before_booking_added`]: [],
  [`${LITE}appointment_rescheduled_admin.amelia_after_booking_rescheduled`]: [
    expected({
      hook: 'amelia_after_booking_rescheduled',
      authority: 'notice',
      email: { value: 'ada@example.test', where: 'args.0.bookings.0.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.bookings.0.customer' },
      coupon: { value: 'KEYBANK10', where: 'args.0.bookings.0.coupon.code' },
    }),
  ],
  [`${LITE}appointment_status_approved.amelia_after_appointment_status_updated`]: [
    expected({
      hook: 'amelia_after_appointment_status_updated',
      email: { value: 'ada@example.test', where: 'args.0.bookings.0.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.bookings.0.customer' },
      coupon: { value: 'KEYBANK10', where: 'args.0.bookings.0.coupon.code' },
    }),
  ],
  [`${LITE}appointment_status_canceled.amelia_after_appointment_status_updated`]: [
    expected({
      hook: 'amelia_after_appointment_status_updated',
      status: 'cancelled',
      rawStatus: 'canceled',
      email: { value: 'ada@example.test', where: 'args.0.bookings.0.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.bookings.0.customer' },
      coupon: { value: 'KEYBANK10', where: 'args.0.bookings.0.coupon.code' },
    }),
  ],
  [`${LITE}appointment_status_pending.amelia_after_appointment_status_updated`]: [
    expected({
      hook: 'amelia_after_appointment_status_updated',
      status: 'pending',
      rawStatus: 'pending',
      email: { value: 'ada@example.test', where: 'args.0.bookings.0.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.bookings.0.customer' },
      coupon: { value: 'KEYBANK10', where: 'args.0.bookings.0.coupon.code' },
    }),
  ],
  [`${LITE}appt_no_email.amelia_after_booking_added`]: [
    expected({
      externalId: '11',
      hook: 'amelia_after_booking_added',
      email: null,
      name: { value: 'Ada Nomail', where: 'args.0.booking.customer' },
      coupon: { value: 'KEY10', where: 'args.0.booking.customFields.2.value' },
      remarks: [NO_EMAIL],
    }),
  ],
  [`${LITE}appt_recurring_2.amelia_after_booking_added`]: [
    expected({
      externalId: '9',
      hook: 'amelia_after_booking_added',
      purchase: { id: 'amelia-payment:9', lead: true },
      email: { value: 'rex@example.test', where: 'args.0.booking.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.booking.customer' },
      coupon: { value: 'KEY10', where: 'args.0.booking.customFields.2.value' },
    }),
    expected({
      externalId: '10',
      hook: 'amelia_after_booking_added',
      purchase: { id: 'amelia-payment:9', lead: false },
      email: { value: 'rex@example.test', where: 'args.0.recurring.0.booking.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.recurring.0.booking.customer' },
      coupon: { value: 'KEY10', where: 'args.0.recurring.0.booking.customFields.2.value' },
    }),
  ],
  [`${LITE}booking_canceled_remote_link.amelia_before_booking_canceled`]: [
    expected({
      hook: 'amelia_before_booking_canceled',
      authority: 'notice',
      item: null,
      email: { value: 'ada@example.test', where: 'args.0.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.customer' },
      coupon: { value: 'KEYBANK10', where: 'args.0.coupon.code' },
      payment: { gateway: 'onSite', status: 'paid', transactionId: null },
    }),
  ],
  [`${LITE}booking_status_approved.amelia_after_booking_approved`]: [
    expected({
      hook: 'amelia_after_booking_approved',
      email: { value: 'ada@example.test', where: 'args.0.booking.customer.email' },
      name: { value: 'Ada Lovelace', where: 'args.0.booking.customer' },
      coupon: { value: 'KEYBANK10', where: 'args.0.booking.coupon.code' },
    }),
  ],
  [`${LITE}event_booked_onsite.amelia_after_booking_added`]: [
    expected({
      externalId: '4',
      hook: 'amelia_after_booking_added',
      item: { kind: 'event', id: '1', name: 'Licence Camp' },
      quantity: 2,
      email: { value: 'eve@example.test', where: 'args.0.booking.customer.email' },
      name: { value: 'Eve Guest', where: 'args.0.booking.customer' },
    }),
  ],
  [`${LITE}event_booked_onsite.amelia_before_booking_added`]: [],
  [`${LITE}event_booking_updated_approved.amelia_after_event_booking_updated`]: [
    expected({
      externalId: '4',
      hook: 'amelia_after_event_booking_updated',
      item: null,
      quantity: 2,
      email: { value: 'eve@example.test', where: 'args.0.customer.email' },
      name: { value: 'Eve Guest', where: 'args.0.customer' },
    }),
  ],
  [`${LITE}spoof_success_call_no_payment_id.AmeliaBookingAddedBeforeNotify`]: [
    expected({
      externalId: '3',
      hook: 'AmeliaBookingAddedBeforeNotify',
      authority: 'forgeable',
      item: { kind: 'service', id: '1', name: null },
      locale: null,
      remarks: [NO_EMAIL],
    }),
  ],
  [`${SHIM}wh_appointment_booked.appointment.bookingAdded`]: [
    expected({
      externalId: '13',
      hook: 'bookingAdded',
      email: { value: 'wanda@example.test', where: 'body.bookings.0.customer.email' },
      name: { value: 'Ada Lovelace', where: 'body.bookings.0.customer' },
      coupon: { value: 'KEYBANK10', where: 'body.bookings.0.coupon.code' },
    }),
  ],
  [`${SHIM}wh_booking_canceled_link.appointment.bookingCanceled`]: [
    expected({
      externalId: '13',
      hook: 'bookingCanceled',
      status: 'cancelled',
      rawStatus: 'canceled',
      email: { value: 'wanda@example.test', where: 'body.bookings.0.customer.email' },
      name: { value: 'Ada Lovelace', where: 'body.bookings.0.customer' },
      coupon: { value: 'KEYBANK10', where: 'body.bookings.0.coupon.code' },
    }),
  ],
  [`${SHIM}wh_event_booked.event.bookingAdded`]: [
    expected({
      externalId: '14',
      hook: 'bookingAdded',
      item: { kind: 'event', id: '1', name: 'Licence Camp' },
      quantity: 2,
      email: { value: 'eve2@example.test', where: 'body.bookings.0.customer.email' },
      name: { value: 'Eve Two', where: 'body.bookings.0.customer' },
      coupon: { value: 'KEYBANK10', where: 'body.bookings.0.coupon.code' },
    }),
  ],
};

const names = Object.keys(READINGS);
const hookFiles = names.filter((name) => name.startsWith(LITE));
const shimFiles = names.filter((name) => name.startsWith(SHIM));

describe.each(names)('the recorded delivery %s', (name) => {
  const events = READINGS[name] ?? [];

  test('is read field by field', () => {
    const {
      events: found,
      siteUrl,
      envelope,
      understood,
    } = normalize({ source: 'amelia', body: payload(name) });
    expect(found).toEqual(events);
    expect({ siteUrl, envelope, understood }).toEqual({ siteUrl: null, envelope: null, understood: true });
  });

  test('says nothing of people who did not book', () => {
    const text = JSON.stringify(normalize({ source: 'amelia', body: payload(name) }));
    expect(text).not.toContain('pat.trainer@example.test');
    expect(text).not.toContain('mallory');
  });

  test('reads the same when every list is an object keyed "0", "1", …', () => {
    expect(read('amelia', forceObject(payload(name))).events).toEqual(events);
  });

  test('reads the same from a PHP form, where everything is text', () => {
    const body = parsed(phpForm(payload(name)), 'application/x-www-form-urlencoded');
    expect(normalize({ source: 'amelia', body }).events).toEqual(events);
  });

  test('reads the same from a form field that holds the JSON', () => {
    const form = new URLSearchParams({ payload: payloadBytes(name).toString('utf8') }).toString();
    const { events: found } = normalize({
      source: 'amelia',
      body: parsed(form, 'application/x-www-form-urlencoded'),
    });
    expect(found.map(withoutPlaces)).toEqual(events.map(withoutPlaces));
  });
});

describe.each(hookFiles)('the arguments of %s', (name) => {
  const events = READINGS[name] ?? [];

  test('read the same inside the plugin’s envelope', () => {
    const body = payload(name);
    const envelope = { id: 'amelia:2:7', rev: 7, plugin: '1.0.0', hook: member(body, 'hook') };
    const result = read('amelia', {
      v: 1,
      source: 'amelia',
      site: 'https://shop.example',
      ...envelope,
      args: member(body, 'args'),
    });
    expect(result.events).toEqual(events);
    expect(result.envelope).toEqual(envelope);
    expect(result.siteUrl).toBe('https://shop.example');
  });

  test('read the same when they are JSON in a string, encoded twice', () => {
    const body = payload(name);
    const args = JSON.stringify(JSON.stringify(member(body, 'args')));
    expect(read('amelia', { hook: member(body, 'hook'), args }).events).toEqual(events);
  });
});

describe.each(shimFiles)('the web hook body of %s', (name) => {
  test('reads the same as Amelia itself posts it, without a name', () => {
    const found = read('amelia', member(payload(name), 'body')).events;
    const events = (READINGS[name] ?? []).map((event) => ({ ...event, hook: null }));
    expect(found.map(withoutPlaces)).toEqual(events.map(withoutPlaces));
    expect(found[0]?.email?.where).toBe('bookings.0.customer.email');
  });

  test('is cancelled when the URL it was posted to says so', () => {
    const [event] = read('amelia', member(payload(name), 'body'), 'bookingCanceled').events;
    expect(event?.status).toBe('cancelled');
    expect(event?.hook).toBe('bookingCanceled');
  });
});

test('a request before the booking exists has nothing to do, and says so', () => {
  const result = normalize({
    source: 'amelia',
    body: payload(`${LITE}appointment_booked_onsite.amelia_before_booking_added`),
  });
  expect(result.events).toEqual([]);
  expect(result.remarks).toEqual(['The hook amelia_before_booking_added carried no booking.']);
});

function withoutPlaces(event: BookingEvent): unknown {
  const value = (found: { value: string } | null): string | null => found?.value ?? null;
  return { ...event, email: value(event.email), name: value(event.name), coupon: value(event.coupon) };
}

function forceObject(value: Json): Json {
  if (Array.isArray(value)) return forceObject({ ...value });
  if (typeof value !== 'object' || value === null) return value;
  const copy: JsonObject = {};
  for (const [key, entry] of Object.entries(value)) copy[key] = forceObject(entry);
  return copy;
}

/** As PHP's http_build_query writes it: null is left out, true is 1. */
function phpForm(value: JsonObject): string {
  const fields: [string, string][] = [];
  const write = (name: string, entry: Json): void => {
    if (entry === null) return;
    if (typeof entry === 'object') {
      for (const [key, inner] of Object.entries(entry)) write(name === '' ? key : `${name}[${key}]`, inner);
    } else fields.push([name, typeof entry === 'boolean' ? (entry ? '1' : '0') : String(entry)]);
  };
  write('', value);
  return new URLSearchParams(fields).toString();
}
