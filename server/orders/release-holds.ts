import { orderId } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import { openLedger, writeLedger } from '../keys/ledger.ts';
import type { Log } from '../log.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store } from '../store/store.ts';

const CHUNK = 200;

/**
 * Gives keys back whose hold has run out; the order stays `held`, now with none. Listed without locks, then the orders
 * are locked first, so that an approval that comes at the same moment is either before or after. Answers the SKUs freed.
 */
export async function releaseExpiredHolds(
  deps: RetryDeps & { store: Store; clock: Clock; log: Log },
): Promise<string[]> {
  return transact(deps, async (tx) => {
    const expired = await tx.listExpiredHolds({ limit: CHUNK });
    const ids = [...new Set(expired.map((hold) => hold.orderId))].sort((a, b) => a - b);
    const orders = await tx.lockOrders({ ids });
    const keys = await tx.lockKeysOfOrders({ orderIds: orders.map(orderId) });
    const lapsed = new Set(expired.map((hold) => hold.keyId));
    const free = keys.filter(
      (key) => lapsed.has(key.id) && key.status === 'assigned' && key.assignedAt === null,
    );
    const ledger = openLedger();
    ledger.released.push(...free.map((key) => key.id));
    ledger.unheld.push(...lapsed);
    for (const order of orders) {
      const own = free.filter((key) => key.assignedOrderId === orderId(order));
      if (own.length === 0) continue;
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
    if (free.length > 0) deps.log.info('hold.released', { orders: orders.length, keys: free.length });
    return [...new Set(free.map((key) => key.productSku))];
  });
}
