import type { BookingEvent, BookingStatus } from '../../shared/booking-event.ts';
import { readStatus, settleStatus } from './booking-status.ts';
import type { Delivery } from './amelia-booking.ts';
import { findCoupon } from './find-coupon.ts';
import {
  at,
  findCount,
  findEmail,
  findLocale,
  findName,
  firstAt,
  idAt,
  isTrueAt,
  textAt,
} from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';
import { groupOf } from './bookly-group.ts';

/** One joined row of `bookly_customer_appointments`; every value of it may be a string. Its purchase is seen from outside. */
export function describeRow(row: Place, labels: Place | null, delivery: Delivery): BookingEvent | null {
  const rowId = idAt(row, 'id');
  if (rowId === null) return null;
  const group = groupOf(row);
  const email = findEmail([at(row, 'customer_email')]);
  const coupon = booklyCoupon(row, labels);
  // `units` are duration units of the same persons, so they are no factor.
  const quantity = findCount(firstAt(row, ['number_of_persons']));
  const status = rowStatus(row, delivery.status);
  return {
    source: 'bookly',
    externalId: group?.externalId ?? rowId,
    rev: delivery.rev,
    hook: delivery.hook,
    authority: delivery.authority,
    status: status.status,
    rawStatus: status.rawStatus,
    item: group?.item ?? itemOf(row),
    quantity: quantity.count,
    purchase: null,
    email: email.email,
    alternates: email.alternates,
    name: nameOf(row),
    coupon: coupon.coupon,
    payment: paymentOf(row),
    locale: findLocale([at(row, 'locale')]),
    remarks: [
      ...(group?.remarks ?? []),
      ...status.remarks,
      ...email.remarks,
      ...(email.email ? [] : ['No e-mail address that can be trusted.']),
      ...coupon.remarks,
      ...quantity.remarks,
    ],
  };
}

function rowStatus(
  row: Place,
  stated: BookingStatus | null,
): Pick<BookingEvent, 'status' | 'rawStatus' | 'remarks'> {
  const word = textAt(row, 'status');
  const own = readStatus(word);
  if (isTrueAt(row, 'deleted')) return { status: 'deleted', rawStatus: null, remarks: [] };
  const status = settleStatus(own, stated);
  if (stated === null || stated === own) return { status, rawStatus: word, remarks: [] };
  const remark = `The delivery says ${stated}, the row says ${word ?? 'nothing'}: ${status} counts.`;
  return { status, rawStatus: status === own ? word : null, remarks: [remark] };
}

function itemOf(row: Place): BookingEvent['item'] {
  const id = idAt(row, 'service_id');
  const name = textAt(row, 'service_title') ?? textAt(row, 'custom_service_name');
  if (id === null) return null;
  return { kind: textAt(row, 'service_type') === 'package' ? 'package' : 'service', id, name };
}

function nameOf(row: Place): BookingEvent['name'] {
  const value = textAt(row, 'customer_full_name');
  return value === null ? findName([row]) : { value, where: at(row, 'customer_full_name').where };
}

function booklyCoupon(row: Place, labels: Place | null): ReturnType<typeof findCoupon> {
  const found = findCoupon({
    codes: [
      at(row, 'coupon_code'),
      at(row, 'payment_details', 'coupon'),
      at(row, 'payment_details', 'coupon_code'),
    ],
    customFields: [at(row, 'custom_fields')],
    notes: [at(row, 'notes')],
    labels: firstAt(row, ['custom_field_labels', 'customFieldLabels']) ?? labels,
  });
  const couponId = idAt(row, 'coupon_id') ?? idAt(row, 'payment_details', 'coupon_id');
  const isKnown = found.coupon !== null && /coupon(?:_code|\.code)?$/.test(found.coupon.where);
  if (couponId === null || isKnown) return found;
  return { ...found, remarks: [...found.remarks, `Coupon ${couponId} was used, but its code was not sent.`] };
}

function paymentOf(row: Place): BookingEvent['payment'] {
  const payment = {
    gateway: textAt(row, 'payment_type'),
    status: textAt(row, 'payment_status'),
    transactionId: textAt(row, 'payment_ref_id') ?? textAt(row, 'payment_details', 'gateway_ref_id'),
  };
  return Object.values(payment).every((part) => part === null) ? null : payment;
}
