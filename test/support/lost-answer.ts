import { StoreError } from '../../server/store/store-error.ts';
import type { Store } from '../../server/store/store.ts';

/** A store whose first transaction goes through, and whose answer to the COMMIT is lost. */
export function loseFirstAnswer(store: Store): Store {
  let lost = false;
  return {
    ...store,
    async transaction(work) {
      const result = await store.transaction(work);
      if (lost) return result;
      lost = true;
      throw new StoreError('store.lost', 'testing', 'ECONNRESET');
    },
  };
}
