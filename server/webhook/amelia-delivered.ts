import type { BookingStatus } from '../../shared/booking-event.ts';
import type { DeliveredBooking } from './amelia-booking.ts';
import { leadPaymentId } from './amelia-payment.ts';
import { at, idAt, isTrueAt, listAt, objectAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';

/** SECURITY: the purchaser beside the booking is Amelia's own record in this hook only; elsewhere it may be typed by anybody. */
const TRUSTED_CUSTOMER = 'amelia_after_booking_added';

/** A reservation: `{appointment|event, booking, recurring[], package[], customer, bookable, payment, …}`. */
export function fromReservation(reservation: Place, hook: string | null): DeliveredBooking[] {
  const parts = [reservation, ...listAt(reservation, 'recurring'), ...listAt(reservation, 'package')];
  const named = parts.filter((part) => idAt(part, 'booking', 'id') !== null);
  if (named.length === 0) return slotsOf(parts).flatMap((slot) => fromSlot(slot, bookablesOf(reservation)));
  const payment = at(reservation, 'payment');
  const delivered = named.map((part) => {
    const booking = at(part, 'booking');
    const slot = slotOf(part);
    return {
      booking,
      slot,
      twin: slot ? (twinsIn(slot).get(idAt(booking, 'id')) ?? null) : null,
      customer: hook === TRUSTED_CUSTOMER ? sameCustomer(booking, at(reservation, 'customer')) : null,
      bookables: [...bookablesOf(part), ...bookablesOf(reservation)],
      payment: objectAt(payment) ? payment : null,
      coupons: [],
      purchase: null,
      remarks: [],
      status: null,
    };
  });
  return withPurchase(onePerId(delivered), idAt(reservation, 'packageCustomerId'));
}

/** An appointment or event with everybody's bookings: each speaks for its own customer and for nobody else. */
export function fromSlot(
  slot: Place,
  bookables: Place[],
  status: BookingStatus | null = null,
): DeliveredBooking[] {
  const own = at(slot, 'service');
  return listAt(slot, 'bookings').map((booking) => ({
    ...alone(booking),
    slot,
    bookables: [own, ...bookables],
    status,
  }));
}

/** Bookings delivered as a list, beside their slot if the sender gave it. */
export function fromList(
  bookings: Place[],
  slot: Place | null,
  status: BookingStatus | null,
): DeliveredBooking[] {
  const twins = slot ? twinsIn(slot) : new Map<string | null, Place>();
  return bookings.map((booking) => {
    const twin = twins.get(idAt(booking, 'id')) ?? null;
    return { ...alone(booking), slot, twin, bookables: slot ? [at(slot, 'service')] : [], status };
  });
}

export function alone(booking: Place): DeliveredBooking {
  return {
    booking,
    slot: null,
    twin: null,
    customer: null,
    bookables: [],
    payment: null,
    coupons: [],
    ...membership(booking),
    status: null,
  };
}

/** What one booking can know of the purchase it was part of, with no other booking beside it. */
function membership(booking: Place): Pick<DeliveredBooking, 'purchase' | 'remarks'> {
  const packageId = packageCustomerId(booking);
  if (packageId !== null) {
    const remarks = ['Part of a package; which of its bookings came first was not sent.'];
    return { purchase: { id: `amelia-package:${packageId}`, lead: true }, remarks };
  }
  const lead = leadPaymentId(booking);
  if (lead === null || (lead.isParent && !isTrueAt(booking, 'isRecurringBooking')))
    return { purchase: null, remarks: [] };
  return { purchase: { id: `amelia-payment:${lead.id}`, lead: lead.isParent }, remarks: [] };
}

/** Bookings bought together: the first is the one whose payment has no parent. */
function withPurchase(delivered: DeliveredBooking[], packageId: string | null): DeliveredBooking[] {
  const [first] = delivered;
  if (first === undefined) return [];
  const ofPackage = packageId ?? packageCustomerId(first.booking);
  if (delivered.length === 1 && ofPackage === null) return [{ ...first, ...membership(first.booking) }];
  const leads = delivered.map(({ booking }) => leadPaymentId(booking));
  // A delivery of followers only (all have a parent) has no lead; one without payments is led by its first.
  const lead = leads.every((payment) => payment === null)
    ? 0
    : leads.findIndex((payment) => payment?.isParent);
  const paid = (leads[lead] ?? leads.find((payment) => payment !== null))?.id ?? null;
  const known =
    paid === null ? `amelia-booking:${idAt(first.booking, 'id') ?? ''}` : `amelia-payment:${paid}`;
  const id = ofPackage === null ? known : `amelia-package:${ofPackage}`;
  return delivered.map((one, index) => ({ ...one, purchase: { id, lead: index === lead } }));
}

export function packageCustomerId(booking: Place): string | null {
  return (
    idAt(booking, 'packageCustomerId') ??
    idAt(booking, 'packageCustomerService', 'packageCustomer', 'id') ??
    idAt(booking, 'packageCustomerService', 'packageCustomerId')
  );
}

export function slotOf(holder: Place): Place | null {
  return (
    ['appointment', 'event'].map((key) => at(holder, key)).find((slot) => objectAt(slot) !== null) ?? null
  );
}

function slotsOf(parts: Place[]): Place[] {
  return parts.map(slotOf).filter((slot) => slot !== null);
}

function bookablesOf(holder: Place): Place[] {
  return [at(holder, 'bookable'), at(holder, 'appointment', 'service')];
}

function twinsIn(slot: Place): Map<string | null, Place> {
  return new Map(listAt(slot, 'bookings').map((booking) => [idAt(booking, 'id'), booking]));
}

function sameCustomer(booking: Place, customer: Place): Place | null {
  const [own, named] = [idAt(booking, 'customerId'), idAt(customer, 'id')];
  return own === null || named === null || own === named ? customer : null;
}

function onePerId(delivered: DeliveredBooking[]): DeliveredBooking[] {
  const seen = new Set<string | null>();
  return delivered.filter(({ booking }) => {
    const id = idAt(booking, 'id');
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew;
  });
}
