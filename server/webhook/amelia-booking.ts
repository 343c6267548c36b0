import type { Authority, BookingEvent, BookingStatus } from '../../shared/booking-event.ts';
import { isOff, readStatus, settleStatus } from './booking-status.ts';
import { findCoupon } from './find-coupon.ts';
import {
  at,
  findCount,
  findEmail,
  findLocale,
  findName,
  firstAt,
  idAt,
  isBlank,
  listAt,
  textAt,
} from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';
import { findItem, offWord } from './amelia-item.ts';
import { findPayment } from './amelia-payment.ts';

/** What a delivery is, as far as it matters to each booking in it. */
export interface Delivery {
  hook: string | null;
  rev: number | null;
  authority: Authority;
  /** What the hook's name says of every delivered booking. */
  status: BookingStatus | null;
}

/** One delivered booking with what surrounds it. Other people's bookings in the same slot are not among it. */
export interface DeliveredBooking {
  booking: Place;
  /** The appointment or event. */
  slot: Place | null;
  /** The same booking again, as `slot.bookings[i]` carries it. */
  twin: Place | null;
  /** The purchaser named beside the booking; null when that cannot be trusted. */
  customer: Place | null;
  /** Service or event objects that may name the booked item, and the payment of the whole purchase. */
  bookables: Place[];
  payment: Place | null;
  /** Coupons of the request that led here. */
  coupons: Place[];
  purchase: BookingEvent['purchase'];
  remarks: string[];
  /** What is said of this booking alone, such as that it was removed. */
  status: BookingStatus | null;
}

/** Null when the booking has no id: there is nothing to hang an order on. */
export function describeBooking(delivered: DeliveredBooking, delivery: Delivery): BookingEvent | null {
  const { booking, slot } = delivered;
  const externalId = idAt(booking, 'id');
  if (externalId === null) return null;
  const email = findEmail(emailPlaces(delivered));
  const coupon = ameliaCoupon(delivered);
  const quantity = findQuantity(booking);
  const status = findStatus(delivered, delivery);
  const sides = sidesOf(delivered);
  return {
    source: 'amelia',
    externalId,
    rev: delivery.rev,
    hook: delivery.hook,
    authority: delivery.authority,
    status: status.status,
    rawStatus: status.rawStatus,
    item: findItem(booking, slot, delivered.bookables),
    quantity: quantity.count,
    purchase: delivered.purchase,
    email: email.email,
    alternates: email.alternates,
    name: findName(sides.flatMap((side) => [at(side, 'customer'), at(side, 'info')])),
    coupon: coupon.coupon,
    payment: findPayment(sides, delivered.payment),
    locale: findLocale([
      ...sides.flatMap((side) => [
        at(side, 'info', 'locale'),
        at(side, 'infoArray', 'locale'),
        at(side, 'locale'),
      ]),
      ...(delivered.customer ? [at(delivered.customer, 'locale')] : []),
    ]),
    remarks: [
      ...delivered.remarks,
      ...status.remarks,
      ...email.remarks,
      ...(email.email ? [] : ['No e-mail address that can be trusted.']),
      ...coupon.remarks,
      ...quantity.remarks,
    ],
  };
}

/** The booking first, then its copy in the slot. */
function sidesOf({ booking, twin }: DeliveredBooking): Place[] {
  return twin ? [booking, twin] : [booking];
}

function emailPlaces(delivered: DeliveredBooking): Place[] {
  const own = sidesOf(delivered).map((side) => at(side, 'customer', 'email'));
  return delivered.customer ? [...own, at(delivered.customer, 'email')] : own;
}

/** A coupon its service or event merely allows (`coupons`) is never read. */
function ameliaCoupon(delivered: DeliveredBooking): ReturnType<typeof findCoupon> {
  const sides = sidesOf(delivered);
  const codes = [
    ...sides.flatMap((side) => [at(side, 'coupon'), at(side, 'couponCode')]),
    ...delivered.coupons,
  ];
  const used = findCoupon({ codes, customFields: [], notes: [], labels: null });
  if (used.coupon) return used;
  const customFields = sides.map((side) => at(side, 'customFields'));
  const typed = findCoupon({ codes: [], customFields, notes: [], labels: null });
  const couponId = sides.map((side) => idAt(side, 'couponId')).find((id) => id !== null) ?? null;
  if (couponId === null) return typed;
  return { ...typed, remarks: [...typed.remarks, `Coupon ${couponId} was used, but its code was not sent.`] };
}

/** An event sold by tickets counts their persons; `persons` then says 1. */
function findQuantity(booking: Place): ReturnType<typeof findCount> {
  const lists = [listAt(booking, 'ticketsData'), listAt(booking, 'tickets')];
  const tickets = (lists.find((list) => list.length > 0) ?? []).filter(
    (ticket) => !isBlank(at(ticket, 'persons').value),
  );
  const counts = tickets.map((ticket) => findCount(at(ticket, 'persons')));
  const sum = counts.reduce((total, { count }) => total + count, 0);
  const remarks = counts.flatMap((count) => count.remarks);
  return sum > 0 || remarks.length > 0
    ? { count: remarks.length ? 0 : sum, remarks }
    : findCount(firstAt(booking, ['persons']));
}

/** `rawStatus` is the word that decided; null when the hook's name or the missing row did. */
function findStatus({ booking, slot, status: only }: DeliveredBooking, delivery: Delivery): StatusRead {
  const word = textAt(booking, 'status');
  const own = readStatus(word);
  const stated = only ?? delivery.status;
  const said = word ?? 'nothing';
  const eventWord = offWord(booking, slot);
  if (stated === null && eventWord !== null && !isOff(own)) {
    const remark = `The event itself is ${eventWord}, though the booking says ${said}.`;
    return { status: 'rejected', rawStatus: eventWord, remarks: [remark] };
  }
  const status = settleStatus(own, stated);
  if (stated === null || stated === own) return { status, rawStatus: word, remarks: [] };
  const remark = `The hook says ${stated}, the booking says ${said}: ${status} counts.`;
  return { status, rawStatus: status === own ? word : null, remarks: [remark] };
}

interface StatusRead {
  status: BookingStatus;
  rawStatus: string | null;
  remarks: string[];
}
