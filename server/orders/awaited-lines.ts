import type { OrderVerbs } from '../store/order-verbs.ts';
import type { OrderLine, OrderRow } from '../store/rows.ts';

/**
 * What a locked order waits for. A filler may have passed it by while it was locked, so whoever holds it looks for stock
 * of these once more after COMMIT.
 */
export async function awaitedLines(
  tx: Pick<OrderVerbs, 'findLines'>,
  order: OrderRow | null,
): Promise<OrderLine[]> {
  return order?.status === 'waiting' ? tx.findLines({ orderIds: [order.id] }) : [];
}
