import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store, Verbs } from '../store/store.ts';
import type { Claimer } from './claim.ts';
import type { Owed } from './policy.ts';
import { share } from './share.ts';
import { lockSupply } from './supply.ts';

export type ClaimDeps = RetryDeps & { store: Store; claimer: Claimer };

/** How an act of staff looks for keys: first past those that others have locked, then waiting for them. */
export interface Look {
  patiently: boolean;
  attempt: number;
}

/** `busy`: others hold keys that may come free again; `available` counts these too. */
export type Claimed =
  { kind: 'claimed'; keyIds: number[] } | { kind: 'short' | 'busy'; wanted: number; available: number };

/**
 * Locks the oldest free keys of a product, all or none. Staff serve a person whom they have before them: such an act does
 * not queue behind the orders that wait.
 */
export async function claimForStaff(
  deps: { claimer: Claimer },
  tx: Verbs,
  line: Owed,
  patiently: boolean,
): Promise<Claimed> {
  const demand = { id: 0, lines: [line] };
  const supply = await lockSupply(deps, tx, [demand], patiently);
  const shares = share([demand], supply);
  const keyIds = shares.served.get(0);
  if (keyIds) return { kind: 'claimed', keyIds };
  const { keyIds: locked = [], lockedByOthers = 0 } = supply.get(line.sku) ?? {};
  const kind = shares.short.length > 0 ? 'short' : 'busy';
  return { kind, wanted: line.quantity, available: locked.length + lockedByOthers };
}

/**
 * Runs an act that claims keys in one transaction; when it says `look again`, once more in a second one, patiently: a
 * transaction that waits for keys must not sit on others. Safe to repeat after a lost COMMIT answer if `work` is.
 */
export async function actWithKeys<T>(
  deps: ClaimDeps,
  work: (tx: Verbs, look: Look) => Promise<T | 'look again'>,
): Promise<T> {
  for (const patiently of [false, true]) {
    const done = await transact(deps, (tx, attempt) => work(tx, { patiently, attempt }), {
      repairs: true,
      onRetry: () => deps.claimer.resetAll(),
    });
    if (done !== 'look again') return done;
  }
  throw new Error('an act of staff that waited for keys did not decide');
}
