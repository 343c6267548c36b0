import pg from 'pg';
import type { Migrator } from '../migrate.ts';
import { OpenError } from '../open-error.ts';
import { storeError } from './errors.ts';
import { serverVersion } from './version.ts';

// Any number will do that no other program uses in this database; it spells "keybank".
const LOCK = 0x6b657962;
const LOCK_WAIT_MS = 300_000;

export async function connectMigrator(url: string): Promise<Migrator> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'keybank migrate',
  });
  client.on('error', () => {}); // a lost connection is told by the statement that needed it
  const run = (text: string, values: unknown[] = []) =>
    client.query<Record<string, unknown>>(text, values).catch((error: unknown) => {
      throw storeError(error, 'migrating');
    });
  try {
    await client.connect();
    await serverVersion(client);
  } catch (error) {
    await client.end().catch(() => {});
    throw error instanceof OpenError ? error : storeError(error, 'connecting');
  }

  return {
    folder: new URL('./migrations/', import.meta.url),

    lock: async () => {
      await run(`SET statement_timeout = ${LOCK_WAIT_MS}`);
      await run('SELECT pg_advisory_lock($1)', [LOCK]);
    },

    prepare: async () => {
      await run(
        `CREATE TABLE IF NOT EXISTS schema_migrations (
          number integer PRIMARY KEY,
          name varchar(100) NOT NULL,
          checksum varchar(64) NOT NULL,
          applied_at timestamptz(3) NOT NULL DEFAULT statement_timestamp()
        )`,
      );
    },

    applied: async () => {
      const { rows } = await run('SELECT number, name, checksum FROM schema_migrations ORDER BY number');
      return rows.map((row) => ({
        number: Number(row.number),
        name: String(row.name),
        checksum: String(row.checksum),
      }));
    },

    // Differs by necessity: here a migration is one transaction; MySQL commits at each DDL statement.
    apply: async ({ number, name, checksum, statements }) => {
      await run('BEGIN');
      for (const statement of statements) await run(statement);
      await run('INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)', [
        number,
        name,
        checksum,
      ]);
      await run('COMMIT');
    },

    close: () => client.end().catch(() => {}),
  };
}
