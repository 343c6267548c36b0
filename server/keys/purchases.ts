import type { PurchaseRow } from '../store/rows.ts';
import type { PurchaseVerbs } from '../store/store.ts';
import type { Case } from './arrival.ts';
import { stepOf } from './plan.ts';

/**
 * Where a mapping owes one key per purchase, the first booking of the purchase that is sold answers for all: its order
 * claims the purchase, the others are covered. First come in arrival order, and for ever, in the database.
 */
export async function settlePurchases(tx: PurchaseVerbs, cases: Case[]): Promise<void> {
  // Only an order that is being sold answers for others: not a stale delivery, nor one that a person must judge.
  const sold = cases.filter(
    (one) => one.wish.kind === 'sell' && one.mapping?.per === 'purchase' && stepOf(one).do === 'move',
  );
  const claims = new Map<string, PurchaseRow>();
  for (const one of sold) {
    const row = rowOf(one);
    if (row && !claims.has(textOf(row))) claims.set(textOf(row), row);
  }
  const rows = [...claims].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await tx.claimPurchases({ rows });
  const owners = new Map((await tx.findPurchases({ keys: rows })).map((row) => [textOf(row), row.orderId]));
  for (const one of sold) {
    const row = rowOf(one);
    if (!row || owners.get(textOf(row)) === row.orderId) continue;
    one.wish = { kind: 'ignore', why: 'covered by the key of another booking of the same purchase' };
  }
}

/** Ids of the orders, among those that would be cancelled, whose keys cover other bookings too. */
export async function coveringOrders(tx: PurchaseVerbs, cases: Case[]): Promise<Set<number>> {
  const orderIds = cases.flatMap((one) => (one.wish.kind === 'cancel' && one.order ? [one.order.id] : []));
  return new Set((await tx.findPurchasesOfOrders({ orderIds })).map((row) => row.orderId));
}

function rowOf(one: Case): PurchaseRow | null {
  const { order, event, key } = one;
  if (!order || !event.purchase) return null;
  return { site: key.site, source: key.source, purchaseId: event.purchase.id, orderId: order.id };
}

function textOf(row: Omit<PurchaseRow, 'orderId'>): string {
  return `${row.site}\u0000${row.source}\u0000${row.purchaseId}`;
}
