import { pause, type Timers } from '../timers.ts';
import { isTransient, storeErrorCode } from './store-error.ts';
import type { Store, Verbs } from './store.ts';

export interface RetryDeps {
  timers: Timers;
  random: () => number;
  /** A transaction is run again. */
  noteRetry?(): void;
}

const TRIES = 8;
const BASE_DELAY_MS = 10;
const LONGEST_DELAY_MS = 500;

/**
 * Runs a transaction, and runs it again with jitter after a deadlock, a lock timeout or a serialization failure.
 * A lost connection is retried only when `work` can tell a transaction that went through (`repairs`).
 */
export async function transact<T>(
  deps: RetryDeps & { store: Store },
  work: (tx: Verbs, attempt: number) => Promise<T>,
  options: { repairs?: boolean; onRetry?: (attempt: number, error: unknown) => void } = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.store.transaction((tx) => work(tx, attempt));
    } catch (error) {
      const again =
        isTransient(error) && (options.repairs === true || storeErrorCode(error) !== 'store.lost');
      if (!again || attempt >= TRIES) throw error;
      deps.noteRetry?.();
      options.onRetry?.(attempt, error);
      const ceiling = Math.min(LONGEST_DELAY_MS, BASE_DELAY_MS * 2 ** attempt);
      await pause(deps.timers, deps.random() * ceiling);
    }
  }
}
