import { createHash } from 'node:crypto';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import type { Migrator } from '../migrate.ts';
import { OpenError } from '../open-error.ts';
import { StoreError } from '../store-error.ts';
import { connectionOptions } from './connection.ts';
import { storeError } from './errors.ts';
import { SESSION_SETTINGS } from './session.ts';
import { serverVersion } from './version.ts';

const LOCK_WAIT_SECONDS = 300;

export async function connectMigrator(url: string): Promise<Migrator> {
  const options = connectionOptions(url);
  let connection: mysql.Connection | undefined;
  try {
    connection = await mysql.createConnection(options);
    await serverVersion(connection);
    for (const setting of SESSION_SETTINGS) await connection.query(setting);
  } catch (error) {
    connection?.destroy();
    throw error instanceof OpenError ? error : storeError(error, 'connecting');
  }
  return migratorOver(connection, options.database ?? '');
}

function migratorOver(connection: mysql.Connection, database: string): Migrator {
  // Differs by necessity: the lock's name counts on the whole server, and may have 64 characters.
  const lockName = `keybank:${createHash('sha256').update(database).digest('hex').slice(0, 32)}`;
  const run = async (text: string, values: unknown[] = []) => {
    try {
      const [rows] = await connection.query<RowDataPacket[]>(text, values);
      return rows;
    } catch (error) {
      throw storeError(error, 'migrating');
    }
  };

  return {
    folder: new URL('./migrations/', import.meta.url),

    lock: async () => {
      const [row] = await run('SELECT GET_LOCK(?, ?) AS got', [lockName, LOCK_WAIT_SECONDS]);
      if (Number(row?.['got']) !== 1) throw new StoreError('store.transient', 'migrating', 'GET_LOCK');
    },

    prepare: async () => {
      await run(
        `CREATE TABLE IF NOT EXISTS schema_migrations (
          number int PRIMARY KEY,
          name varchar(100) NOT NULL,
          checksum varchar(64) NOT NULL,
          applied_at datetime(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3))
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
      );
    },

    applied: async () => {
      const rows = await run('SELECT number, name, checksum FROM schema_migrations ORDER BY number');
      return rows.map((row) => ({
        number: Number(row['number']),
        name: String(row['name']),
        checksum: String(row['checksum']),
      }));
    },

    // Differs by necessity: each DDL statement commits by itself, so each is guarded, and noted when all are done.
    apply: async ({ number, name, checksum, statements }) => {
      for (const statement of statements) await run(statement);
      await run('INSERT INTO schema_migrations (number, name, checksum) VALUES (?, ?, ?)', [
        number,
        name,
        checksum,
      ]);
    },

    close: () => connection.end().catch(() => connection.destroy()),
  };
}
