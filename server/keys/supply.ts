import type { Verbs } from '../store/store.ts';
import type { Claimer } from './claim.ts';
import { totals, type Demand, type Supply } from './share.ts';

/** A claim that waits for others' locks gives up after this long; by then the next look decides. */
const PATIENCE_MS = 1000;

/**
 * Locks keys for these demands, one claim per SKU for the sum. Where a claim comes back short it counts: an empty
 * SKIP LOCKED result may mean "all locked" as well as "sold out". `patiently` waits for locked keys instead of skipping them.
 */
export async function lockSupply(
  deps: { claimer: Claimer },
  tx: Verbs,
  demands: Demand[],
  patiently: boolean,
): Promise<Map<string, Supply>> {
  const supply = new Map<string, Supply>();
  const short: string[] = [];
  for (const [sku, quantity] of totals(demands)) {
    const keyIds = patiently
      ? (await tx.claimKeysPatiently({ sku, limit: quantity, waitMs: PATIENCE_MS })).map((key) => key.id)
      : await deps.claimer.claim(tx, sku, quantity);
    supply.set(sku, { keyIds, lockedByOthers: 0 });
    if (keyIds.length < quantity) short.push(sku);
  }
  for (const { sku, available } of await tx.countAvailable({ skus: short })) {
    const entry = supply.get(sku);
    if (entry) entry.lockedByOthers = Math.max(0, available - entry.keyIds.length);
  }
  return supply;
}
