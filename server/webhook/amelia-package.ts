import type { BookingEvent } from '../../shared/booking-event.ts';
import type { Delivery } from './amelia-booking.ts';
import { findPayment, readPayment } from './amelia-payment.ts';
import { readStatus, settleStatus } from './booking-status.ts';
import { findCoupon } from './find-coupon.ts';
import { at, findEmail, findLocale, findName, idAt, textAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';

/** Where one package purchase without dates says what; its shapes differ per sender. */
interface PackagePlaces {
  purchase: Place;
  packageId: string | null;
  name: string | null;
  customer: Place | null;
  payment: Place | null;
  coupons: Place[];
}

/** A package bought without dates has no booking id: its order is `package:<packageCustomerId>`. */
export function describePackage(places: PackagePlaces, delivery: Delivery): BookingEvent | null {
  const { purchase, customer } = places;
  const id = idAt(purchase, 'packageCustomerId');
  if (id === null) return null;
  const email = findEmail(customer ? [at(customer, 'email')] : []);
  const coupon = findCoupon({
    codes: [at(purchase, 'coupon'), at(purchase, 'couponCode'), ...places.coupons],
    customFields: [at(purchase, 'customFields')],
    notes: [],
    labels: null,
  });
  const couponId = coupon.coupon ? null : idAt(purchase, 'couponId');
  const status = packageStatus(purchase, delivery);
  return {
    source: 'amelia',
    externalId: `package:${id}`,
    rev: delivery.rev,
    hook: delivery.hook,
    authority: delivery.authority,
    ...status,
    item: places.packageId === null ? null : { kind: 'package', id: places.packageId, name: places.name },
    quantity: 1,
    purchase: null,
    email: email.email,
    alternates: email.alternates,
    name: customer ? findName([customer]) : null,
    coupon: coupon.coupon,
    payment: findPayment([purchase], null) ?? (places.payment ? readPayment(places.payment) : null),
    locale: findLocale([at(purchase, 'info', 'locale'), ...(customer ? [at(customer, 'locale')] : [])]),
    remarks: [
      ...email.remarks,
      ...(email.email ? [] : ['No e-mail address that can be trusted.']),
      ...coupon.remarks,
      ...(couponId === null ? [] : [`Coupon ${couponId} was used, but its code was not sent.`]),
    ],
  };
}

/** `purchased`, or no word at all from a hook that fires after the purchase, is a sale. */
function packageStatus(purchase: Place, delivery: Delivery): Pick<BookingEvent, 'status' | 'rawStatus'> {
  const word = textAt(purchase, 'status');
  const isSale = word === 'purchased' || (word === null && delivery.authority !== 'snapshot');
  const own = isSale ? 'approved' : readStatus(word);
  const status = settleStatus(own, delivery.status);
  return { status, rawStatus: status === own ? word : null };
}

/** `amelia_after_booking_added` without dates: `{packageId, packageCustomerId, booking: null, customer, bookable, payment}`. */
export function packageInReservation(reservation: Place, isTrusted: boolean): PackagePlaces {
  return {
    purchase: reservation,
    packageId: idAt(reservation, 'packageId'),
    name: textAt(reservation, 'bookable', 'name'),
    customer: isTrusted ? at(reservation, 'customer') : null,
    payment: at(reservation, 'payment'),
    coupons: [],
  };
}

/** The `packagePurchased` web hook: the package itself, with its customer and `packageCustomerId` inside. */
export function packageInWebHook(bought: Place): PackagePlaces {
  return {
    purchase: bought,
    packageId: idAt(bought, 'id'),
    name: textAt(bought, 'name'),
    customer: at(bought, 'customer'),
    payment: at(bought, 'payment'),
    coupons: [],
  };
}
