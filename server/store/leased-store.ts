import type { Store, Verbs } from './store.ts';
import type { StoreError } from './store-error.ts';

/** One connection, taken from a pool for a while. */
export interface Lease {
  verbs: Verbs;
  begin(): Promise<unknown>;
  /** Throws when the server ended the transaction in any other way than by a commit. */
  commit(): Promise<unknown>;
  ping(): Promise<unknown>;
  rollback(): Promise<unknown>;
  release(): void;
  /** Closes the connection: what state it is in is not known. */
  discard(): void;
}

/** What an adapter gives to become a Store. */
export interface Pool {
  acquire(): Promise<Lease>;
  close(): Promise<void>;
  storeError(error: unknown, doing: string): StoreError;
}

type AnyVerb = (q?: unknown) => Promise<unknown>;

/** A Store over a pool: each verb on a connection of its own, or many in one transaction. */
export async function leasedStore(pool: Pool, about: Pick<Store, 'engine' | 'version'>): Promise<Store> {
  async function leased<T>(doing: string, work: (lease: Lease) => Promise<T>): Promise<T> {
    const lease = await pool.acquire();
    try {
      const result = await work(lease);
      lease.release();
      return result;
    } catch (error) {
      const translated = pool.storeError(error, doing);
      if (mayBeBroken(translated)) lease.discard();
      else lease.release();
      throw translated;
    }
  }

  async function transaction<T>(work: (tx: Verbs) => Promise<T>): Promise<T> {
    const lease = await pool.acquire();
    let result: T;
    try {
      await lease.begin();
    } catch (error) {
      lease.discard();
      throw pool.storeError(error, 'beginning');
    }
    try {
      result = await work(lease.verbs);
    } catch (error) {
      await lease.rollback().then(lease.release, lease.discard);
      throw error;
    }
    try {
      await lease.commit();
    } catch (error) {
      lease.discard();
      throw pool.storeError(error, 'committing');
    }
    lease.release();
    return result;
  }

  let closing: Promise<void> | undefined;
  const names = await leased('opening', async ({ verbs }) => Object.keys(verbs));
  return {
    ...eachVerb(names, (name) => (q) => leased(name, ({ verbs }) => verbNamed(verbs, name)(q))),
    ...about,
    transaction,
    ping: () => leased('ping', async (lease) => void (await lease.ping())),
    close: () => (closing ??= pool.close()),
  };
}

/** The same verbs, throwing StoreErrors that say which verb it was, and nothing else a driver said. */
export function translating(verbs: Verbs, storeError: Pool['storeError']): Verbs {
  return eachVerb(Object.keys(verbs), (name) => async (q) => {
    try {
      return await verbNamed(verbs, name)(q);
    } catch (error) {
      throw storeError(error, name);
    }
  });
}

function mayBeBroken(error: StoreError): boolean {
  return error.code === 'store.lost' || error.code === 'store.unavailable';
}

// The store edge: verbs are handled here by name, all alike, whatever they take and give.
function eachVerb(names: string[], make: (name: string) => AnyVerb): Verbs {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as unknown as Verbs;
}

function verbNamed(verbs: Verbs, name: string): AnyVerb {
  return (verbs as unknown as Record<string, AnyVerb>)[name] as AnyVerb;
}
