import mysql from 'mysql2/promise';
import { type Lease, leasedStore, type Pool, translating } from '../leased-store.ts';
import { OpenError } from '../open-error.ts';
import type { OpenOptions } from '../open.ts';
import type { Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { connectionOptions } from './connection.ts';
import { dbOver } from './db.ts';
import { storeError } from './errors.ts';
import { SESSION_SETTINGS } from './session.ts';
import { serverVersion } from './version.ts';
import { allVerbs } from './verbs.ts';

const ACQUIRE_TIMEOUT_MS = 10_000;

export async function openMysql({ url, poolSize = 16 }: OpenOptions): Promise<Store> {
  const pool = mysql.createPool({ ...connectionOptions(url), connectionLimit: poolSize });
  try {
    const connection = await pool.getConnection();
    const server = await serverVersion(connection).finally(() => connection.release());
    return await leasedStore(leases(pool), server);
  } catch (error) {
    await pool.end().catch(() => {});
    throw error instanceof OpenError ? error : storeError(error, 'connecting');
  }
}

function leases(pool: mysql.Pool): Pool {
  const seen = new WeakMap<object, Lease>();

  async function acquire(): Promise<Lease> {
    let connection: mysql.PoolConnection;
    try {
      connection = await soon(pool.getConnection());
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
  return {
    verbs: translating(allVerbs(dbOver(connection)), storeError),
    begin: () => connection.query('START TRANSACTION'),
    commit: () => connection.query('COMMIT'),
    ping: () => connection.query('SELECT 1'),
    rollback: () => connection.query('ROLLBACK'),
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
