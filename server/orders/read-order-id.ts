import { orderId, parseOrderId } from '../../shared/booking-event.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { OrderVerbs } from '../store/order-verbs.ts';
import type { OrderKey, OrderRow } from '../store/rows.ts';

/** SECURITY: what reads as no order id is not repeated: somebody may have pasted a key. */
export function readOrderId(text: string): Result<OrderKey> {
  const key = parseOrderId(text);
  return key ? done(key) : refuse('order.unknown', { orderId: 'of that name' });
}

/** The order of that name, for who looks at it without a lock. */
export async function findNamedOrder(
  store: Pick<OrderVerbs, 'findOrder'>,
  text: string,
): Promise<Result<OrderRow>> {
  const key = readOrderId(text);
  if (!key.ok) return key;
  const order = await store.findOrder(key.value);
  return order ? done(order) : refuse('order.unknown', { orderId: orderId(key.value) });
}
