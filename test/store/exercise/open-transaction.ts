import { onTestFinished } from 'vitest';
import type { Store, Verbs } from '../../../server/store/store.ts';
import { deferred } from './deferred.ts';

export interface OpenTransaction<T> {
  value: T;
  tx: Verbs;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

const TAKEN_BACK = new Error('taken back by the test');

/** Runs `work` in a transaction that stays open until told; a test that fails midway leaves no lock behind. */
export async function openTransaction<T>(
  store: Store,
  work: (tx: Verbs) => Promise<T>,
): Promise<OpenTransaction<T>> {
  const gate = deferred<'commit' | 'rollback'>();
  const begun = deferred<{ value: T; tx: Verbs }>();
  const ended = store.transaction(async (tx) => {
    begun.resolve({ value: await work(tx), tx });
    if ((await gate.promise) === 'rollback') throw TAKEN_BACK;
  });
  ended.catch((error: unknown) => {
    begun.reject(error);
  });
  onTestFinished(async () => {
    gate.resolve('rollback');
    await ended.catch(() => undefined);
  });
  const { value, tx } = await begun.promise;
  return {
    value,
    tx,
    async commit() {
      gate.resolve('commit');
      await ended;
    },
    async rollback() {
      gate.resolve('rollback');
      await ended.catch((error: unknown) => {
        if (error !== TAKEN_BACK) throw error;
      });
    },
  };
}
