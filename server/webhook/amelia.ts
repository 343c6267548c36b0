import type { BookingEvent } from '../../shared/booking-event.ts';
import { describeBooking } from './amelia-booking.ts';
import type { DeliveredBooking, Delivery } from './amelia-booking.ts';
import { alone, fromList, fromReservation, fromSlot, slotOf } from './amelia-delivered.ts';
import { hookMeaning } from './amelia-hooks.ts';
import { describePackage, packageInReservation, packageInWebHook } from './amelia-package.ts';
import { describePayment } from './amelia-payment-notice.ts';
import { at, idAt, isBlank, listAt, membersOf, objectAt, textAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';

export interface Reading {
  events: BookingEvent[];
  remarks: string[];
  /** Without events: true when there was nothing to find, false when a person should look at what was missed. */
  understood: boolean;
}

/** A hook's arguments, told apart by what they are: the same hook sends one to three of them, in different shapes. */
export function readHookArguments(hook: string, args: Place[]): Reading {
  const meaning = hookMeaning(hook);
  const delivery: Delivery = { hook, rev: null, authority: meaning.authority, status: meaning.status };
  const remarks = meaning.isKnown ? [] : [`The hook ${hook} is not known; nothing is done on its word.`];
  const events = eventsIn(hook, args, delivery);
  const understood = meaning.isKnown && (meaning.authority !== 'settled' || args.some(isSlot));
  if (events.length === 0) remarks.push(`The hook ${hook} carried no booking.`);
  return { events, remarks, understood: events.length > 0 || understood };
}

function eventsIn(hook: string, args: Place[], delivery: Delivery): BookingEvent[] {
  if (hook === 'amelia_before_post_booking_actions') return wakeUp(args, delivery);
  if (hook === 'amelia_after_appointment_updated') return afterUpdate(args, delivery);
  if (hook === 'amelia_after_event_status_updated') return afterEventStatus(args, delivery);
  const bought = args.find(isBoughtPackage);
  if (bought && delivery.authority !== 'forgeable')
    return present([describePackage(packageInWebHook(bought), delivery)]);
  const { delivered, isEverybody } = deliveredIn(args, hook);
  // SECURITY: a name that speaks of one booking must not cancel all others in the slot.
  const status = isEverybody && hook !== 'amelia_after_appointment_deleted' ? null : delivery.status;
  if (delivered.length > 0) return describeAll(delivered, { ...delivery, status });
  const [purchase] = args.filter((arg) => idAt(arg, 'packageCustomerId') !== null);
  if (purchase && !isPayment(purchase)) {
    const isTrusted = hook === 'amelia_after_booking_added';
    return present([describePackage(packageInReservation(purchase, isTrusted), delivery)]);
  }
  return present(args.filter(isPayment).map((payment) => describePayment(payment, delivery)));
}

/** A reservation, else the bookings handed over beside their slot, else everybody in the slot. */
function deliveredIn(args: Place[], hook: string): { delivered: DeliveredBooking[]; isEverybody: boolean } {
  const reservation = args.find((arg) => isReservation(arg));
  if (reservation) {
    const isEverybody = idAt(reservation, 'booking', 'id') === null;
    return { delivered: fromReservation(reservation, hook), isEverybody };
  }
  const slot = args.find(isSlot) ?? null;
  const listed = args.flatMap((arg) => (isBlank(at(arg, 'id').value) ? listAt(arg) : [])).filter(isBooking);
  const bookings = [...args.filter(isBooking), ...listed];
  const named = args.filter((arg) => textAt(arg, 'name') !== null);
  if (bookings.length > 0) {
    return { delivered: withBookables(fromList(bookings, slot, null), named), isEverybody: false };
  }
  return { delivered: slot ? fromSlot(slot, named) : [], isEverybody: true };
}

/** A raw Amelia Web Hooks body: `{appointment|event|package, bookings}`, or one of its parts alone. */
export function readWebHookBody(body: Place, hint: string | null): Reading {
  const meaning = hookMeaning(hint);
  const delivery: Delivery = { hook: hint, rev: null, authority: meaning.authority, status: meaning.status };
  const bought = at(body, 'package');
  if (isBoughtPackage(bought)) {
    return reading(present([describePackage(packageInWebHook(bought), delivery)]));
  }
  if (idAt(body, 'booking', 'id') !== null)
    return reading(describeAll(fromReservation(body, hint), delivery));
  if (isBooking(body)) return reading(describeAll([alone(body)], delivery));
  const slot = slotOf(body) ?? (isSlot(body) ? body : null);
  const bookings = listAt(body, 'bookings').filter(isBooking);
  if (bookings.length > 0 && slot !== body)
    return reading(describeAll(fromList(bookings, slot, null), delivery));
  if (slot === null) return reading(present([describePackage(packageInReservation(body, false), delivery)]));
  // SECURITY: which booking of the slot was meant is not said; a cancel must not take the others with it.
  return reading(describeAll(fromSlot(slot, []), { ...delivery, status: null }), true);
}

/** `amelia_after_appointment_updated`: (new appointment, old one, removed bookings, service, payment). */
function afterUpdate([slot, , removed, service]: Place[], delivery: Delivery): BookingEvent[] {
  const bookables = service ? [service] : [];
  const kept = slot ? fromSlot(slot, bookables) : [];
  const gone = removed ? fromList(listAt(removed).filter(isBooking), null, 'deleted') : [];
  const named = gone.map((one) => ({ ...one, slot: slot ?? null, bookables }));
  return describeAll([...named, ...kept], delivery);
}

/** The event is off or on again: its bookings' own words are not touched by Amelia. */
function afterEventStatus([slot, word]: Place[], delivery: Delivery): BookingEvent[] {
  if (!slot) return [];
  const said = word ? textAt(word) : null;
  const isOff = said === 'rejected' || said === 'canceled';
  const events = describeAll(fromSlot(slot, [], isOff ? 'rejected' : null), delivery);
  return events.map((event) => (isOff && event.rawStatus === null ? { ...event, rawStatus: said } : event));
}

/** SECURITY: everything in this request was typed by its sender; only the id may wake a look at the database. */
function wakeUp(args: Place[], delivery: Delivery): BookingEvent[] {
  const ids = args.map((arg) => idAt(arg, 'bookingId')).filter((id) => id !== null);
  return describeAll(
    ids.map((id) => alone({ value: { id }, where: '' })),
    delivery,
  );
}

function describeAll(delivered: DeliveredBooking[], delivery: Delivery): BookingEvent[] {
  return present(delivered.map((one) => describeBooking(one, delivery)));
}

function present(events: (BookingEvent | null)[]): BookingEvent[] {
  return events.filter((event) => event !== null);
}

function reading(events: BookingEvent[], isComplete = false): Reading {
  if (events.length > 0) return { events, remarks: [], understood: true };
  return { events, remarks: ['No booking was found in the body.'], understood: isComplete };
}

function withBookables(delivered: DeliveredBooking[], bookables: Place[]): DeliveredBooking[] {
  return delivered.map((one) => ({ ...one, bookables: [...one.bookables, ...bookables] }));
}

export function looksLikeAmelia(body: Place): boolean {
  const looks = [isReservation, isSlot, isBooking, isEmptyReservation].some((shape) => shape(body));
  return looks || isBoughtPackage(at(body, 'package')) || listAt(body, 'bookings').some(isBooking);
}

/** A hook's reservation without its booking: still no plain body, for the customer in it may be anybody's words. */
function isEmptyReservation(place: Place): boolean {
  const members = objectAt(place) ?? {};
  return (
    'booking' in members && ['appointment', 'event', 'recurring', 'isCart'].some((key) => key in members)
  );
}

function isReservation(place: Place): boolean {
  return slotOf(place) !== null || objectAt(place, 'booking') !== null;
}

function isSlot(place: Place): boolean {
  const members = objectAt(place) ?? {};
  return 'bookings' in members && ('serviceId' in members || 'periods' in members);
}

function isBooking(place: Place): boolean {
  const members = objectAt(place) ?? {};
  const hasPerson = 'customerId' in members || objectAt(place, 'customer') !== null;
  return (
    hasPerson &&
    idAt(place, 'id') !== null &&
    ['persons', 'payments', 'status'].some((key) => key in members) &&
    !('packageCustomerId' in members && 'name' in members)
  );
}

function isBoughtPackage(place: Place): boolean {
  return (
    idAt(place, 'packageCustomerId') !== null &&
    objectAt(place, 'customer') !== null &&
    membersOf(place).some(({ key }) => key === 'name' || key === 'isRetry')
  );
}

function isPayment(place: Place): boolean {
  const members = objectAt(place) ?? {};
  return 'gateway' in members && 'customerBookingId' in members;
}
