import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { OpenError, explained, type Target } from './open-error.ts';
import { openMigrator, type StoreLog } from './open.ts';
import { StoreError } from './store-error.ts';

interface Migration {
  number: number;
  /** The file's name without `.sql`, e.g. `0001-keys-and-orders`. */
  name: string;
  /** SHA-256 (hex) of the file, line ends aside. */
  checksum: string;
  statements: string[];
}

type AppliedMigration = Omit<Migration, 'statements'>;

/** What the runner needs of an engine; one connection. Errors are StoreErrors. */
export interface Migrator {
  /** The folder of the engine's numbered files. */
  folder: URL;
  /** Waits until no other process migrates this database. */
  lock(): Promise<void>;
  /** Creates `schema_migrations` where it is missing. */
  prepare(): Promise<void>;
  applied(): Promise<AppliedMigration[]>;
  /** Runs the statements and notes the migration; what was half done before is done again. */
  apply(migration: Migration): Promise<void>;
  /** Ends the connection, and the lock with it. */
  close(): Promise<void>;
}

/**
 * Brings the database to this code's schema; gives the names of the migrations it ran. Safe to run twice and from
 * several processes at once: one works, the others wait and then find nothing to do.
 */
export async function migrate({ url, log }: { url: string; log?: StoreLog }): Promise<string[]> {
  const { migrator, target } = await openMigrator(url);
  try {
    const migrations = await readMigrations(migrator.folder);
    await migrator.lock();
    await migrator.prepare();
    const missing = pending(migrations, await migrator.applied(), target);
    for (const migration of missing) {
      await migrator.apply(migration);
      log?.info({ migration: migration.name }, 'migrated');
    }
    return missing.map(({ name }) => name);
  } catch (error) {
    throw explained(error, target);
  } finally {
    await migrator.close();
  }
}

/** The server's words for "there is no such table". */
const NO_TABLE = ['42P01', '1146'];

/** What `migrate` would run now, by name; writes nothing, and does not wait for a process that migrates. */
export async function missingMigrations({ url }: { url: string }): Promise<string[]> {
  const { migrator, target } = await openMigrator(url);
  try {
    const applied = await migrator.applied().catch((error: unknown) => {
      if (error instanceof StoreError && NO_TABLE.includes(error.vendorCode)) return [];
      throw error;
    });
    return pending(await readMigrations(migrator.folder), applied, target).map(({ name }) => name);
  } catch (error) {
    throw explained(error, target);
  } finally {
    await migrator.close();
  }
}

/** The migrations that the database lacks; throws when what it has is not what this code has. */
function pending(known: Migration[], applied: AppliedMigration[], { database }: Target): Migration[] {
  for (const row of applied) {
    const file = known.find(({ number }) => number === row.number);
    if (!file) {
      throw new OpenError(
        `Database "${database}" is newer than this program: it has migration ${row.name}. Start the newer version again, or restore the backup made before it.`,
      );
    }
    if (file.name !== row.name || file.checksum !== row.checksum) {
      throw new OpenError(
        `Migration ${file.name}.sql was changed after database "${database}" ran it as ${row.name}. Restore the file, and put the change into a new migration.`,
      );
    }
  }
  return known.filter(({ number }) => !applied.some((row) => row.number === number));
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (file) => {
      const text = (await readFile(new URL(file, folder), 'utf8')).replaceAll('\r\n', '\n');
      return {
        number: Number(file.slice(0, 4)),
        name: file.slice(0, -'.sql'.length),
        checksum: createHash('sha256').update(text).digest('hex'),
        statements: statementsOf(text),
      };
    }),
  );
}

/** A statement ends with a semicolon at the end of a line; lines that begin with `--` are comments. */
function statementsOf(text: string): string[] {
  return text
    .replace(/^--.*\n/gm, '')
    .split(/;\s*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
