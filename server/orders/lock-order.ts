import type { OrderKey, OrderRow } from '../store/rows.ts';
import type { OrderVerbs } from '../store/order-verbs.ts';

/** The order of that name, locked; null when there is none. */
export async function lockOrder(
  tx: Pick<OrderVerbs, 'findOrder' | 'lockOrders'>,
  key: OrderKey,
): Promise<OrderRow | null> {
  const seen = await tx.findOrder(key);
  const [order] = seen ? await tx.lockOrders({ ids: [seen.id] }) : [];
  return order ?? null;
}
