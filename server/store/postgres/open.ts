import pg from 'pg';
import { type Lease, leasedStore, type Pool, translating } from '../leased-store.ts';
import type { OpenOptions } from '../open.ts';
import { OpenError } from '../open-error.ts';
import type { Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { dbOver } from './db.ts';
import { storeError } from './errors.ts';
import { QUERY_TIMEOUT_MS, SESSION_SETTINGS } from './session.ts';
import { serverVersion } from './version.ts';
import { allVerbs } from './verbs.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export async function openPostgres({ url, poolSize = 16, queryTimeoutMs, log }: OpenOptions): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS, // waiting for a free connection included
    query_timeout: queryTimeoutMs ?? QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'keybank',
  });
  pool.on('error', (error) => {
    log?.warn({ code: storeError(error, 'idle').vendorCode }, 'database connection lost');
  });
  // A connection that breaks while it is taken would end the process; the verb that needed it says so.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    const client = await pool.connect();
    const version = await serverVersion(client).finally(() => client.release());
    return await leasedStore(leases(pool), { engine: 'postgres', version });
  } catch (error) {
    await pool.end();
    throw error instanceof OpenError ? error : storeError(error, 'connecting');
  }
}

function leases(pool: pg.Pool): Pool {
  const seen = new WeakMap<pg.PoolClient, Lease>();

  async function acquire(): Promise<Lease> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw storeError(error, 'connecting');
    }
    const known = seen.get(client);
    if (known) return known;
    try {
      await client.query(SESSION_SETTINGS);
    } catch (error) {
      client.release(true);
      throw storeError(error, 'connecting');
    }
    const fresh = leaseOf(client);
    seen.set(client, fresh);
    return fresh;
  }

  return { acquire, close: () => pool.end(), storeError };
}

function leaseOf(client: pg.PoolClient): Lease {
  let lost: StoreError | null = null;
  const noting = (error: unknown, doing: string) => {
    const translated = storeError(error, doing);
    if (translated.code === 'store.lost') lost = translated;
    return translated;
  };
  return {
    verbs: translating(allVerbs(dbOver(client)), noting),
    begin: () => client.query('BEGIN'),
    commit: async () => {
      // Differs by necessity: after a failed statement COMMIT rolls back, and says so in its tag alone.
      const { command } = await client.query('COMMIT');
      if (command !== 'COMMIT') throw new StoreError('store.fault', 'committing', '25P02');
    },
    ping: () => client.query('SELECT 1'),
    // A silent server would keep the ROLLBACK waiting too; the connection is discarded at once.
    rollback: () => (lost ? Promise.reject(lost) : client.query('ROLLBACK')),
    release: () => client.release(),
    discard: () => client.release(true),
  };
}
