import { ask, askVersion } from './servers/ask.ts';
import {
  versionFault,
  type EngineName,
  type Server,
  type ServerOptions,
  type Way,
} from './servers/engine.ts';
import { MARIADB_WAYS } from './servers/mariadb.ts';
import { MYSQL_WAYS } from './servers/mysql.ts';
import { POSTGRES_WAYS } from './servers/postgres.ts';

const WAYS: Record<EngineName, Way[]> = { mysql: MYSQL_WAYS, mariadb: MARIADB_WAYS, postgres: POSTGRES_WAYS };

/**
 * A server of that engine, by the first way that works on this machine; `MYSQL_URL`, `MARIADB_URL` and `POSTGRES_URL`
 * come first, unless it has to be one's `own`, to be stopped. Throws naming everything that was tried. Its URL is an
 * administrator's.
 */
export async function startEngine(
  engine: EngineName,
  options: Partial<ServerOptions> & { own?: boolean } = {},
): Promise<Server> {
  const log = options.log ?? ((message) => console.log(`[${engine}] ${message}`));
  const variable = `${engine.toUpperCase()}_URL`;
  const given = options.own ? undefined : process.env[variable];
  if (given) {
    const version = await assertVersion(engine, given).catch((cause: unknown) => {
      throw new Error(`${variable}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    log(`ready: ${version}, by ${variable}`);
    return { url: given, stop: () => Promise.resolve() };
  }
  const tried = [`${variable}: not set`];
  for (const way of WAYS[engine]) {
    try {
      const server = await way.start({ log, durable: options.durable ?? false });
      const version = await assertVersion(engine, server.url).catch((error: unknown) => {
        return server.stop().then(() => Promise.reject(error));
      });
      log(`ready: ${version}, by ${way.name}`);
      return server;
    } catch (error) {
      tried.push(`${way.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `no ${engine} server for the tests. Tried:\n${tried.map((line) => `  - ${line}`).join('\n')}\n` +
      `Set ${variable}, start Docker, or leave it out with KEYBANK_TEST_ENGINES.`,
  );
}

async function assertVersion(engine: EngineName, url: string): Promise<string> {
  const version = await askVersion(engine, url);
  const fault = versionFault(engine, version);
  if (fault) throw new Error(fault);
  return version;
}

export interface FreshDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A new, empty database on the server with this administrator's URL. */
export async function createDatabase(engine: EngineName, adminUrl: string): Promise<FreshDatabase> {
  const name = `kb_test_${process.pid}_${Math.random().toString(36).slice(2, 12)}`;
  const isPostgres = engine === 'postgres';
  await ask(engine, adminUrl, `CREATE DATABASE ${name}${isPostgres ? '' : ' CHARACTER SET utf8mb4'}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const drop = async () => {
    await ask(engine, adminUrl, `DROP DATABASE IF EXISTS ${name}${isPostgres ? ' WITH (FORCE)' : ''}`);
  };
  return { url: url.href, drop };
}
