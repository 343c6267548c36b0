import type { BookingEvent } from '../../shared/booking-event.ts';
import { idAt, listAt, objectAt, textAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';

/** The booking's own last payment; the purchase's payment when it has none of its own. */
export function findPayment(sides: Place[], purchasePayment: Place | null): BookingEvent['payment'] {
  const own = sides
    .map(ownPayments)
    .find((payments) => payments.length > 0)
    ?.at(-1);
  const payment = own ?? purchasePayment;
  return payment ? readPayment(payment) : null;
}

export function readPayment(payment: Place): BookingEvent['payment'] {
  if (objectAt(payment) === null) return null;
  const read = {
    gateway: textAt(payment, 'gateway'),
    status: textAt(payment, 'status'),
    transactionId: textAt(payment, 'transactionId'),
  };
  return Object.values(read).every((part) => part === null) ? null : read;
}

/** The id under which a recurring or cart purchase was paid: the first booking's payment, which the others name as parent. */
export function leadPaymentId(booking: Place): { id: string; isParent: boolean } | null {
  for (const payment of ownPayments(booking)) {
    const parent = idAt(payment, 'parentId');
    const id = parent ?? idAt(payment, 'id');
    if (id !== null) return { id, isParent: parent === null };
  }
  return null;
}

function ownPayments(booking: Place): Place[] {
  const id = idAt(booking, 'id');
  return listAt(booking, 'payments').filter((payment) => {
    const of = idAt(payment, 'customerBookingId');
    return objectAt(payment) !== null && (of === null || of === id);
  });
}
