import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { openEmbedded } from './store/embedded.ts';
import { migrate } from './store/migrate.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/store.ts';

export interface Database {
  store: Store;
  /** Where the embedded server keeps its database; null for a server of the shop's own. */
  folder: string | null;
  close(): Promise<void>;
}

/** The configured server, or the embedded one (joined when it runs, else started); migrated and open. */
export async function openDatabase(config: Config, log: Log): Promise<Database> {
  const note = (what: string) => log.info('embedded.note', { what });
  const server =
    config.databaseUrl === null ? await openEmbedded({ dataDir: config.dataDir, log: note }) : null;
  const url = server?.url ?? config.databaseUrl ?? '';
  try {
    for (const name of await migrate({ url })) log.info('store.note', { what: `migrated ${name}` });
    const store = await openStore({ url });
    return {
      store,
      folder: server?.folder ?? null,
      async close() {
        await store.close();
        await server?.stop();
      },
    };
  } catch (error) {
    await server?.stop();
    throw error;
  }
}
