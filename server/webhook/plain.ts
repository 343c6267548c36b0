import type { BookingEvent, Found, Source } from '../../shared/booking-event.ts';
import type { Reading } from './amelia.ts';
import { hookMeaning } from './amelia-hooks.ts';
import { readStatus, settleStatus } from './booking-status.ts';
import { findCoupon, isCouponLabel } from './find-coupon.ts';
import {
  at,
  decode,
  findCount,
  findEmail,
  findLocale,
  findName,
  idAt,
  isBlank,
  isTrueAt,
  membersOf,
  textAt,
} from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';

const IDS = ['bookingId', 'booking_id', 'id', 'appointmentId', 'appointment_id', 'orderId', 'order_id'];
const EMAILS = [
  'email',
  'customer_email',
  'customerEmail',
  'client_email',
  'user_email',
  'billing_email',
  'email_address',
  'e-mail',
  'your-email',
  'mail',
];
const QUANTITIES = ['quantity', 'persons', 'number_of_persons', 'numberOfPersons', 'qty'];
const NAMES = ['full_name', 'fullName', 'customer_full_name', 'customer_name', 'name'];
/** Holders of the booking or of its buyer. Staff, and lists of several people, are never looked into. */
const HOLDERS = ['booking', 'order', 'appointment', 'event', 'data', 'fields', 'item', 'row'];
const BUYERS = ['customer', 'client', 'buyer', 'billing', 'attendee'];

/** An object of no known shape with an e-mail and an id somewhere in it: form plugins, automation services, snippets. */
export function readPlain(body: Place, source: Source, hint: string | null): Reading {
  const holders = holdersIn(body, HOLDERS);
  const people = [...holders, ...holders.flatMap((holder) => holdersIn(holder, BUYERS).slice(1))];
  const id = pick(holders, IDS);
  const email = findEmail(EMAILS.flatMap((key) => people.map((holder) => at(holder, key))));
  const status = pick(holders, ['status', 'booking_status', 'bookingStatus']);
  const item = findPlainItem(holders);
  if (id === null || idAt(id) === null || !(email.email || status || item || email.remarks.length > 0)) {
    const missing = email.email
      ? 'an e-mail address but no booking id'
      : 'neither a booking id nor an e-mail address';
    return { events: [], remarks: [`The body has ${missing} that could be read.`], understood: false };
  }
  const coupon = findCoupon({
    codes: holders.flatMap(couponsNamedIn),
    customFields: holders.flatMap((holder) => [at(holder, 'customFields'), at(holder, 'custom_fields')]),
    notes: holders.flatMap((holder) => [at(holder, 'notes'), at(holder, 'note')]),
    labels: null,
  });
  const quantity = findCount(pick(holders, QUANTITIES));
  const event: BookingEvent = {
    source,
    externalId: idAt(id) ?? '',
    rev: null,
    hook: hint,
    authority: hookMeaning(hint).authority,
    ...plainStatus(status, holders, hint),
    item,
    quantity: quantity.count,
    purchase: null,
    email: email.email,
    alternates: [],
    name: findPlainName(people),
    coupon: coupon.coupon,
    payment: findPlainPayment(holders),
    locale: findLocale(people.flatMap((holder) => [at(holder, 'locale'), at(holder, 'lang')])),
    remarks: [
      ...email.remarks,
      ...(email.email ? [] : ['No e-mail address that can be trusted.']),
      ...coupon.remarks,
      ...quantity.remarks,
    ],
  };
  return { events: [event], remarks: [], understood: true };
}

/** A body that says nothing of its status is sent because something was booked. */
function plainStatus(
  status: Place | null,
  holders: Place[],
  hint: string | null,
): Pick<BookingEvent, 'status' | 'rawStatus'> {
  if (holders.some((holder) => isTrueAt(holder, 'deleted'))) return { status: 'deleted', rawStatus: null };
  const word = status ? textAt(status) : null;
  const own = word === null ? 'approved' : readStatus(word);
  const settled = settleStatus(own, hookMeaning(hint).status);
  return { status: settled, rawStatus: settled === own ? word : null };
}

function findPlainItem(holders: Place[]): BookingEvent['item'] {
  for (const kind of ['service', 'event', 'package'] as const) {
    const id = pick(holders, [`${kind}Id`, `${kind}_id`]);
    const text = id ? idAt(id) : null;
    if (text === null) continue;
    const name = pick(holders, [`${kind}Name`, `${kind}_name`, `${kind}_title`, kind]);
    return { kind, id: text, name: name ? textAt(name) : null };
  }
  return null;
}

function findPlainName(people: Place[]): Found | null {
  const name = pick(people, NAMES);
  const value = name ? textAt(name) : null;
  return findName(people) ?? (name && value !== null ? { value, where: name.where } : null);
}

function findPlainPayment(holders: Place[]): BookingEvent['payment'] {
  const read = (keys: string[]): string | null => {
    const found = pick(holders, keys);
    return found ? textAt(found) : null;
  };
  const payment = {
    gateway: read(['gateway', 'payment_method', 'paymentMethod', 'payment_type']),
    status: read(['payment_status', 'paymentStatus']),
    transactionId: read(['transactionId', 'transaction_id']),
  };
  return Object.values(payment).every((part) => part === null) ? null : payment;
}

function couponsNamedIn(holder: Place): Place[] {
  return membersOf(holder).filter(({ key }) => isCouponLabel(key));
}

/** The body, and what it wraps, three levels deep; a list counts when it holds one thing. */
function holdersIn(body: Place, names: string[]): Place[] {
  let level = [body];
  const all = [body];
  for (let depth = 0; depth < 3; depth++) {
    level = level
      .flatMap((holder) => names.map((name) => onlyOne(at(holder, name))))
      .filter((holder) => holder !== null);
    all.push(...level);
  }
  return all;
}

function onlyOne(place: Place): Place | null {
  const value = decode(place.value);
  if (typeof value !== 'object' || value === null) return null;
  const members = membersOf(place);
  if (!members.every(({ key }) => /^\d+$/.test(key))) return place;
  const [only] = members;
  return members.length === 1 && only ? only : null;
}

/** The first of these keys, in their order, in the outermost holder that has it. */
function pick(holders: Place[], keys: string[]): Place | null {
  for (const key of keys) {
    const found = holders
      .map((holder) => at(holder, key))
      .find(({ value }) => !isBlank(value) && typeof decode(value) !== 'object');
    if (found) return found;
  }
  return null;
}
