import { orderId } from '../../shared/booking-event.ts';
import type { KeyRow, MessageRow, OrderRow } from '../store/rows.ts';

/** What a key mail is written from, or why it must not go out. */
type Fitness = { order: OrderRow; keys: KeyRow[] } | { why: string };

/**
 * May this key mail go out, as things stand now? Asked when it is written, and again, with the order locked, before it
 * is withdrawn for good: both must give the same answer. `keys` may hold those of other orders.
 */
export function fitToSend(
  message: Pick<MessageRow, 'recipient'>,
  order: OrderRow | undefined,
  keys: KeyRow[],
): Fitness {
  if (order?.status !== 'fulfilled') return { why: `the order is ${order?.status ?? 'gone'}` };
  const id = orderId(order);
  // A key on hold is `assigned` too, without a time: it was promised to nobody yet.
  const given = keys.filter(
    (key) => key.assignedOrderId === id && key.status === 'assigned' && key.assignedAt !== null,
  );
  if (given.length === 0) return { why: 'the order has no key' };
  const isElsewhere = order.email !== null && order.email.toLowerCase() !== message.recipient.toLowerCase();
  // SECURITY: a corrected address means that the former one may be a stranger's.
  return isElsewhere ? { why: 'the order has another address now' } : { order, keys: given };
}
