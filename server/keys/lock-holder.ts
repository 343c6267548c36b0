import { orderId, parseOrderId } from '../../shared/booking-event.ts';
import type { KeyRow, OrderRow } from '../store/rows.ts';
import type { OrderVerbs } from '../store/order-verbs.ts';

/** The order that has the key, or had it when it was revoked, locked. Null for a key without one. */
export async function lockHolder(
  tx: Pick<OrderVerbs, 'findOrder' | 'lockOrders'>,
  key: KeyRow,
): Promise<OrderRow | null> {
  const holder = key.assignedOrderId === null ? null : parseOrderId(key.assignedOrderId);
  const order = holder && (await tx.findOrder(holder));
  if (!order || orderId(order) !== key.assignedOrderId) return null;
  const [locked] = await tx.lockOrders({ ids: [order.id] });
  return locked ?? null;
}
