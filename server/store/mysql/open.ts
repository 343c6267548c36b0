import mysql from 'mysql2/promise';
import { type Lease, leasedStore, type Pool, translating } from '../leased-store.ts';
import { OpenError } from '../open-error.ts';
import type { OpenOptions } from '../open.ts';
import type { Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { connectionOptions } from './connection.ts';
import { dbOver } from './db.ts';
import { storeError } from './errors.ts';
import { QUERY_TIMEOUT_MS, SESSION_SETTINGS } from './session.ts';
import { serverVersion } from './version.ts';
import { allVerbs } from './verbs.ts';

const ACQUIRE_TIMEOUT_MS = 10_000;

export async function openMysql({ url, poolSize = 16, queryTimeoutMs }: OpenOptions): Promise<Store> {
  const pool = mysql.createPool({ ...connectionOptions(url), connectionLimit: poolSize });
  try {
    const connection = await pool.getConnection();
    const server = await serverVersion(connection).finally(() => connection.release());
    return await leasedStore(leases(pool, queryTimeoutMs ?? QUERY_TIMEOUT_MS), server);
  } catch (error) {
    await pool.end().catch(() => {});
    throw error instanceof OpenError ? error : storeError(error, 'connecting');
  }
}

function leases(pool: mysql.Pool, queryTimeoutMs: number): Pool {
  const seen = new WeakMap<object, Lease>();

  async function acquire(): Promise<Lease> {
    let connection: mysql.PoolConnection;
    try {
      connection = limited(await soon(pool.getConnection()), queryTimeoutMs);
    } catch (error) {
      throw storeError(error, 'connecting');
    }
    // Differs by necessity: mysql2 wraps the connection anew each time.
    const known = seen.get(connection.connection);
    if (known) return known;
    try {
      for (const setting of SESSION_SETTINGS) await connection.query(setting);
    } catch (error) {
      connection.destroy();
      throw storeError(error, 'connecting');
    }
    const fresh = leaseOf(connection);
    seen.set(connection.connection, fresh);
    return fresh;
  }

  return { acquire, close: () => pool.end(), storeError };
}

function leaseOf(connection: mysql.PoolConnection): Lease {
  let lost: StoreError | null = null;
  const noting = (error: unknown, doing: string) => {
    const translated = storeError(error, doing);
    if (translated.code === 'store.lost') lost = translated;
    return translated;
  };
  return {
    verbs: translating(allVerbs(dbOver(connection)), noting),
    begin: () => connection.query('START TRANSACTION'),
    commit: () => connection.query('COMMIT'),
    ping: () => connection.query('SELECT 1'),
    // A silent server would keep the ROLLBACK waiting too; the connection is discarded at once.
    rollback: () => (lost ? Promise.reject(lost) : connection.query('ROLLBACK')),
    release: () => connection.release(),
    discard: () => connection.destroy(),
  };
}

/** Differs by necessity: mysql2 has no limit on waiting for a free connection. */
function soon(connecting: Promise<mysql.PoolConnection>): Promise<mysql.PoolConnection> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new StoreError('store.unavailable', 'connecting', 'pool_timeout'));
    }, ACQUIRE_TIMEOUT_MS);
    connecting.then(
      (connection) => {
        clearTimeout(timer);
        if (late) connection.release();
        else resolve(connection);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** Differs by necessity: mysql2 takes a limit on waiting for the answer with each statement only. */
function limited(connection: mysql.PoolConnection, timeout: number): mysql.PoolConnection {
  const query = (statement: string | mysql.QueryOptions, values?: mysql.QueryValues) =>
    connection.query(
      { ...(typeof statement === 'string' ? { sql: statement } : statement), timeout },
      values,
    );
  return new Proxy(connection, {
    get(target, name) {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
