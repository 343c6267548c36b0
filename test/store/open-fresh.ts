import { migrate } from '../../server/store/migrate.ts';
import { openStore } from '../../server/store/open.ts';
import type { Store } from '../../server/store/store.ts';
import { freshDatabase } from '../support/engines.ts';
import type { EngineName } from '../support/engines.ts';
import type { OpenedStore } from './exercise/exercise.ts';
import { openRaw } from './raw.ts';

// Room for eight buyers at once beside the transactions that a test holds open.
const POOL_SIZE = 16;

/** A store on a new, migrated database of that engine. */
export async function openFresh(engine: EngineName): Promise<OpenedStore & { url: string }> {
  const { url, drop } = await freshDatabase(engine);
  await migrate({ url });
  const stores: Store[] = [];
  const again = async (poolSize: number) => {
    const store = await openStore({ url, poolSize });
    stores.push(store);
    return store;
  };
  const raw = await openRaw(engine, url);
  return {
    url,
    store: await again(POOL_SIZE),
    again,
    peek: (sql) => raw.rows(sql),
    drop: async () => {
      await Promise.allSettled(stores.map((store) => store.close()));
      await raw.end();
      await drop();
    },
  };
}
