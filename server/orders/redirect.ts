import { orderId } from '../../shared/booking-event.ts';
import type { Ledger } from '../keys/ledger.ts';
import { unsentMails } from '../mail/unsent.ts';
import type { KeyRow, MessageRow, OrderRow } from '../store/rows.ts';

/**
 * The corrected address becomes the order's and that of its keys; the old one is an alternate. Mails to the old one that
 * have not left, with keys or with the notice that they are on their way, are withdrawn. Order, keys and messages must be
 * locked.
 */
export function redirect(
  ledger: Ledger,
  given: { order: OrderRow; recipient: string; now: Date; keys: KeyRow[]; messages: MessageRow[] },
): void {
  const { order, recipient, now, keys, messages } = given;
  ledger.orders.set(order.id, { ...order, email: recipient, updatedAt: now });
  if (order.email !== null) ledger.alternates.push({ orderId: order.id, email: order.email });
  for (const key of keys)
    ledger.assignments.push({
      keyId: key.id,
      email: recipient,
      orderId: orderId(order),
      coupon: key.assignedCouponCode,
      assignedAt: key.assignedAt,
    });
  // With a corrected address they must not go to the wrong one any more.
  ledger.withdrawn.push(...unsentMails(messages).map(({ id }) => id));
}
