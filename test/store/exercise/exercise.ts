import type { Store, Verbs } from '../../../server/store/store.ts';

/** Everything a store can do. `engine` and `version` are facts, not verbs. */
export type VerbName = keyof Verbs | 'transaction' | 'ping' | 'close';

/** A store on a fresh, migrated database of its own. */
export interface OpenedStore {
  store: Store;
  /** One more store on the same database, as another replica would open it. */
  again(poolSize: number): Promise<Store>;
  /** Raw reading, only for what no verb shows. */
  peek(sql: string): Promise<Record<string, unknown>[]>;
  /** Closes every store of this database and drops it. */
  drop(): Promise<void>;
}

/** What each group of the suite is given. */
export interface Exercise {
  /** A `describe` that is entered in the register of covered verbs. */
  verb(name: VerbName, tests: () => void): void;
  store(): Store;
  opened(): OpenedStore;
  openFresh(): Promise<OpenedStore>;
}
