import type { OrderRow } from '../store/rows.ts';
import type { AuditVerbs } from '../store/store.ts';

/**
 * Keys of these orders that staff looked at in full, and may have read out to the buyer. A look writes its line with the
 * order locked, so the trail of a locked order has them all.
 */
export async function revealedKeys(
  tx: Pick<AuditVerbs, 'findAudit'>,
  orders: Pick<OrderRow, 'id'>[],
): Promise<Set<number>> {
  const revealed = new Set<number>();
  for (const order of orders) {
    for (const { refs } of await tx.findAudit({ subject: `order:${order.id}` })) {
      const seen = refs.revealed;
      const ids = Array.isArray(seen) ? seen : [seen];
      for (const id of ids) if (typeof id === 'number') revealed.add(id);
    }
  }
  return revealed;
}
