import type { BookingEvent } from '../../shared/booking-event.ts';
import type { Delivery } from './amelia-booking.ts';
import { readPayment } from './amelia-payment.ts';
import { idAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';

/** `amelia_after_payment_…`: a payment that names its booking and nobody's e-mail. It wakes, and shows on the timeline. */
export function describePayment(payment: Place, delivery: Delivery): BookingEvent | null {
  const booking = idAt(payment, 'customerBookingId');
  const bought = idAt(payment, 'packageCustomerId');
  if (booking === null && bought === null) return null;
  return {
    source: 'amelia',
    externalId: booking ?? `package:${bought ?? ''}`,
    rev: delivery.rev,
    hook: delivery.hook,
    authority: delivery.authority,
    status: 'unknown',
    rawStatus: null,
    item: null,
    quantity: 1,
    purchase: null,
    email: null,
    alternates: [],
    name: null,
    coupon: null,
    payment: readPayment(payment),
    locale: null,
    remarks: ['Only a payment was sent, not its booking.'],
  };
}
