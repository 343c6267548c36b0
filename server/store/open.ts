import type { Migrator } from './migrate.ts';
import { explained, OpenError, type Target } from './open-error.ts';
import type { Store } from './store.ts';

/** pino has this shape. */
export interface StoreLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface OpenOptions {
  /** mysql://, mariadb://, postgres:// or postgresql:// */
  url: string;
  /** Connections at most, 16 unless told. */
  poolSize?: number;
  /** How long a statement may stay without an answer before its connection counts as lost; 30 s unless told. */
  queryTimeoutMs?: number;
  log?: StoreLog;
}

interface Adapter {
  defaultPort: number;
  open(options: OpenOptions): Promise<Store>;
  connectMigrator(url: string): Promise<Migrator>;
}

// Loaded on demand: one process speaks to one engine.
const postgres: Adapter = {
  defaultPort: 5432,
  open: async (options) => (await import('./postgres/open.ts')).openPostgres(options),
  connectMigrator: async (url) => (await import('./postgres/migrator.ts')).connectMigrator(url),
};
const mysql: Adapter = {
  defaultPort: 3306,
  open: async (options) => (await import('./mysql/open.ts')).openMysql(options),
  connectMigrator: async (url) => (await import('./mysql/migrator.ts')).connectMigrator(url),
};
const ADAPTERS: Record<string, Adapter> = {
  'mysql:': mysql,
  'mariadb:': mysql,
  'postgres:': postgres,
  'postgresql:': postgres,
};

/** Connects and checks the server's version; does not migrate. Throws OpenError, whose message names the way out. */
export async function openStore(options: OpenOptions): Promise<Store> {
  const { adapter, target } = chosen(options.url);
  return adapter.open(options).catch((error: unknown) => {
    throw explained(error, target);
  });
}

/** For migrate.ts: what it needs to do in the database that `url` names. Throws like openStore. */
export async function openMigrator(url: string): Promise<{ migrator: Migrator; target: Target }> {
  const { adapter, target } = chosen(url);
  const migrator = await adapter.connectMigrator(url).catch((error: unknown) => {
    throw explained(error, target);
  });
  return { migrator, target };
}

/** For whoever works with an open store and wants to say what openStore would have said. */
export function explainedFor(url: string, error: unknown): unknown {
  return explained(error, chosen(url).target);
}

function chosen(url: string): { adapter: Adapter; target: Target } {
  if (!URL.canParse(url)) {
    throw new OpenError(
      'DATABASE_URL is not an URL. Write it like mysql://user:password@host:3306/name, with special characters in the password percent-encoded.',
    );
  }
  const { protocol, hostname, port, pathname, searchParams, username } = new URL(url);
  const adapter = ADAPTERS[protocol];
  if (!adapter) {
    throw new OpenError(
      `DATABASE_URL begins with ${protocol}//, which is no database Key Bank knows. ` +
        'Use mysql://, mariadb://, postgres:// or postgresql://.',
    );
  }
  const socket = searchParams.get('socket') ?? searchParams.get('host');
  const address = socket ?? `${hostname}:${port === '' ? adapter.defaultPort : port}`;
  const target = { address, database: decoded(pathname.slice(1)), user: decoded(username) };
  if (target.database === '') {
    throw new OpenError(
      `DATABASE_URL names no database on ${address}. Add its name at the end, as in mysql://user:password@host:3306/keybank.`,
    );
  }
  return { adapter, target };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new OpenError(
      'DATABASE_URL holds a stray %. Write a percent sign in user, password or name as %25.',
    );
  }
}
