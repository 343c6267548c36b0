import { orderId } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import { openLedger, writeLedger } from '../keys/ledger.ts';
import type { Log } from '../log.ts';
import type { HoldRow } from '../store/rows.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store, Verbs } from '../store/store.ts';

/** Holds looked at per transaction. */
const CHUNK = 200;

type ReleaseDeps = RetryDeps & { store: Store; clock: Clock; log: Log };

/** Gives keys back whose hold has run out; their orders stay `held`, now with none. Answers the SKUs freed. */
export async function releaseExpiredHolds(deps: ReleaseDeps): Promise<string[]> {
  const freed = new Set<string>();
  for (;;) {
    const pass = await transact(deps, (tx) => releaseChunk(deps, tx));
    for (const sku of pass.skus) freed.add(sku);
    // A chunk of which nothing lapsed is others' work under way; the next minute looks again.
    if (pass.listed < CHUNK || pass.lapsed === 0) return [...freed];
  }
}

/**
 * Listed without locks, then the orders are locked first and their holds read again: an approval, a cancellation or a
 * longer hold that comes at the same moment is either before or after, and a key that changed hands is left alone.
 */
async function releaseChunk(
  deps: ReleaseDeps,
  tx: Verbs,
): Promise<{ listed: number; lapsed: number; skus: string[] }> {
  const expired = await tx.listExpiredHolds({ limit: CHUNK });
  const ids = [...new Set(expired.map((hold) => hold.orderId))].sort((a, b) => a - b);
  const orders = await tx.lockOrders({ ids });
  const keys = await tx.lockKeysOfOrders({ orderIds: orders.map(orderId) });
  const still = new Set((await tx.findHoldsByOrder({ orderIds: ids })).map(holdText));
  const lapsed = expired.filter((hold) => still.has(holdText(hold)));
  const ledger = openLedger();
  ledger.unheld.push(...lapsed.map((hold) => hold.keyId));
  const skus: string[] = [];
  for (const order of orders) {
    const held = new Set(lapsed.filter((hold) => hold.orderId === order.id).map((hold) => hold.keyId));
    const own = keys.filter(
      (key) =>
        held.has(key.id) &&
        key.assignedOrderId === orderId(order) &&
        key.status === 'assigned' &&
        key.assignedAt === null,
    );
    if (own.length === 0) continue;
    skus.push(...own.map((key) => key.productSku));
    ledger.released.push(...own.map((key) => key.id));
    ledger.acts.push({
      subject: `order:${order.id}`,
      at: deps.clock.now(),
      actor: 'job',
      action: 'hold.lapsed',
      fromStatus: order.status,
      toStatus: order.status,
      reason: 'the hold ran out before the booking was approved or paid',
      refs: { released: own.map((key) => key.id) },
    });
  }
  await writeLedger(tx, ledger);
  if (skus.length > 0) deps.log.info('hold.released', { orders: orders.length, keys: skus.length });
  return { listed: expired.length, lapsed: lapsed.length, skus };
}

/** Names a hold with its end: the same text later means the same hold, which is over by the clock that listed it. */
function holdText(hold: HoldRow): string {
  return `${hold.keyId} ${hold.orderId} ${hold.expiresAt.getTime()}`;
}
