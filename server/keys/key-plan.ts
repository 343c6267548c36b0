import type { KeyRow } from '../store/rows.ts';
import type { Ledger } from './ledger.ts';

/** What becomes of keys that an order already has. */
export interface KeyPlan {
  release: KeyRow[];
  unhold: KeyRow[];
  revoke: KeyRow[];
  /** The buyer may have seen them: they stay assigned, and the admin is told. */
  keep: KeyRow[];
}

export const NO_KEYS: KeyPlan = { release: [], unhold: [], revoke: [], keep: [] };

export function applyKeyPlan(ledger: Ledger, plan: KeyPlan): void {
  ledger.released.push(...plan.release.map((key) => key.id));
  ledger.unheld.push(...plan.unhold.map((key) => key.id));
  ledger.revoked.push(...plan.revoke.map((key) => key.id));
}

/** The keys of the plan, by id, for the order's audit line. */
export function keyRefs(plan: KeyPlan): Record<string, number[]> {
  const refs = { released: plan.release, revoked: plan.revoke, kept: plan.keep };
  return Object.fromEntries(
    Object.entries(refs).flatMap(([word, keys]) =>
      keys.length > 0 ? [[word, keys.map((key) => key.id)]] : [],
    ),
  );
}
