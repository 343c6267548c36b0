import type { BookingEvent } from '../../shared/booking-event.ts';
import { describeBooking } from './amelia-booking.ts';
import type { DeliveredBooking, Delivery } from './amelia-booking.ts';
import { alone, packageCustomerId, slotOf } from './amelia-delivered.ts';
import { hookMeaning } from './amelia-hooks.ts';
import { describePackage } from './amelia-package.ts';
import { readHookArguments } from './amelia.ts';
import type { Reading } from './amelia.ts';
import { at, idAt, isTrueAt, listAt, objectAt, textAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';

/** The plugin's snapshot of one booking or package purchase. The shape is in docs/payloads.md. */
export function readAmeliaSnapshot(
  snapshot: Place,
  args: Place[],
  told: Pick<Delivery, 'hook' | 'rev' | 'authority'>,
): Reading {
  const delivery: Delivery = { ...told, status: isTrueAt(snapshot, 'deleted') ? 'deleted' : null };
  const hints = readArguments(told.hook, args);
  const booking = objectAt(snapshot, 'booking') ? at(snapshot, 'booking') : snapshot;
  const coupons = requestCoupons(told.hook, args);
  const one = idAt(booking, 'id')
    ? describeBooking(bookingIn(snapshot, booking, coupons), delivery)
    : describePackage(purchaseIn(snapshot, coupons), delivery);
  if (one === null) {
    const remarks = ['The snapshot has no booking id and no packageCustomerId.'];
    return { events: [], remarks, understood: false };
  }
  return {
    events: [
      fill(
        one,
        hints.find((hint) => hint.externalId === one.externalId),
      ),
    ],
    remarks: [],
    understood: true,
  };
}

function bookingIn(snapshot: Place, booking: Place, coupons: Place[]): DeliveredBooking {
  const one = alone(booking);
  const stated = statedPurchase(snapshot, booking);
  return {
    ...one,
    slot: slotOf(snapshot),
    customer: objectAt(snapshot, 'customer') ? at(snapshot, 'customer') : null,
    bookables: [at(snapshot, 'item'), at(snapshot, 'service'), at(snapshot, 'appointment', 'service')],
    coupons: [...(booking === snapshot ? [] : [at(snapshot, 'couponCode')]), ...coupons],
    ...(stated ? { purchase: stated, remarks: [] } : {}),
  };
}

function purchaseIn(snapshot: Place, coupons: Place[]): Parameters<typeof describePackage>[0] {
  return {
    purchase: snapshot,
    packageId:
      idAt(snapshot, 'item', 'packageId') ?? idAt(snapshot, 'item', 'id') ?? idAt(snapshot, 'packageId'),
    name: textAt(snapshot, 'item', 'name'),
    customer: at(snapshot, 'customer'),
    payment: at(snapshot, 'payment'),
    coupons,
  };
}

/** `purchase: {paymentId, bookingIds}`: only the database can say that a booking has siblings. */
function statedPurchase(snapshot: Place, booking: Place): BookingEvent['purchase'] {
  const ids = listAt(snapshot, 'purchase', 'bookingIds').map((id) => idAt(id));
  const bought = packageCustomerId(booking) ?? packageCustomerId(snapshot);
  const paid = idAt(snapshot, 'purchase', 'paymentId');
  if (ids.length === 0 || (ids.length === 1 && bought === null)) return null;
  const id = bought
    ? `amelia-package:${bought}`
    : paid
      ? `amelia-payment:${paid}`
      : `amelia-booking:${ids[0] ?? ''}`;
  return { id, lead: ids[0] === idAt(booking, 'id') };
}

/** The code a buyer typed, from the request that was seen on the way. SECURITY: nothing else of a request is used. */
function requestCoupons(hook: string | null, args: Place[]): Place[] {
  if (hookMeaning(hook).authority === 'forgeable') return [];
  return args.map((arg) => at(arg, 'couponCode'));
}

/** What trustworthy arguments say; they only fill what the snapshot lacks. */
function readArguments(hook: string | null, args: Place[]): BookingEvent[] {
  if (hook === null || hookMeaning(hook).authority !== 'settled') return [];
  return readHookArguments(hook, args).events;
}

function fill(event: BookingEvent, hint: BookingEvent | undefined): BookingEvent {
  if (hint === undefined) return event;
  const email = event.email ?? hint.email;
  const others = [event.email, hint.email, ...event.alternates, ...hint.alternates];
  const alternates = others.filter((found) => found !== null && found.value !== email?.value);
  const filled = email !== null && event.email === null;
  return {
    ...event,
    email,
    alternates: alternates.filter((found) => found !== null).filter(isFirst),
    item: event.item ? { ...event.item, name: event.item.name ?? hint.item?.name ?? null } : hint.item,
    name: event.name ?? hint.name,
    coupon: betterCoupon(event, hint),
    payment: event.payment ?? hint.payment,
    purchase: event.purchase ?? hint.purchase,
    locale: event.locale ?? hint.locale,
    remarks: event.remarks.filter((remark) => !filled || !remark.startsWith('No e-mail')),
  };
}

function isFirst(found: { value: string }, index: number, all: { value: string }[]): boolean {
  return all.findIndex((other) => other.value === found.value) === index;
}

/** A code the plugin knew beats what was typed into a custom field of the snapshot. */
function betterCoupon(event: BookingEvent, hint: BookingEvent): BookingEvent['coupon'] {
  const isTyped = event.coupon?.where.includes('customFields') ?? true;
  const isHintKnown = hint.coupon !== null && !hint.coupon.where.includes('customFields');
  return isTyped && isHintKnown ? hint.coupon : (event.coupon ?? hint.coupon);
}
