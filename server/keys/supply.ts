import { storeErrorCode } from '../store/store-error.ts';
import type { Verbs } from '../store/store.ts';
import type { Claimer } from './claim.ts';
import { totals, type Demand, type Supply } from './share.ts';

/** A claim that waits for others' locks gives up after this long: a sender waits for our answer, some only 5 seconds. */
const PATIENCE_MS = 500;

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
      ? await claimPatiently(tx, sku, quantity)
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

/** Locks held too long are no fault: the count that follows tells them from a shortage. The transaction stays usable. */
async function claimPatiently(tx: Verbs, sku: string, limit: number): Promise<number[]> {
  try {
    const keys = await tx.claimKeysPatiently({ sku, limit, waitMs: PATIENCE_MS });
    return keys.map((key) => key.id);
  } catch (error) {
    if (storeErrorCode(error) === 'store.lock_timeout') return [];
    throw error;
  }
}
