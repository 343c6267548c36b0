import { readFile, realpath } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SUPERUSER } from './cluster.ts';

const DATABASE = 'keybank';
const APPLICATION = 'keybank presence';
/** Held shared by every process that uses the server, and alone by the one that stops it. Spells "kb". */
const LOCK = 0x6b62;

/**
 * One connection for as long as this process uses the server. Pools close their idle connections, so without it a
 * quiet `keybank serve` would look like nobody, and a command that leaves would stop the database under it.
 */
export interface Presence {
  url: string;
  /** True when nobody else uses the server: then nobody can join any more until it has stopped. */
  leave(): Promise<boolean>;
  close(): Promise<void>;
}

export async function joinServer(
  folder: string,
  port: number,
  log: (message: string) => void,
): Promise<Presence> {
  const password = await readFile(join(folder, 'password'), 'utf8');
  const url = (database: string) =>
    `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
  let socket = new Socket();
  const client = await connect(url(DATABASE), socket).catch(async (error: unknown) => {
    if (!(error instanceof pg.DatabaseError) || error.code !== '3D000') throw error;
    await createDatabase(url('postgres'));
    socket = new Socket();
    return connect(url(DATABASE), socket);
  });
  let closing = false;
  client.on('error', () => {
    if (!closing) log('the embedded PostgreSQL has closed its connections; is it being stopped?');
    closing = true;
  });
  try {
    await assertSameFolder(client, folder);
    await client.query(`SELECT pg_advisory_lock_shared(${LOCK})`);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  // A process that forgets to stop may end all the same; the next one finds the server running.
  socket.unref();
  const close = async () => {
    closing = true;
    await client.end().catch(() => undefined);
  };
  const leave = async () => {
    if (closing) return false;
    closing = true;
    socket.ref();
    return isLast(client).catch(() => false);
  };
  return { url: url(DATABASE), leave, close };
}

async function connect(connectionString: string, socket = new Socket()): Promise<pg.Client> {
  const client = new pg.Client({
    stream: () => socket,
    connectionString,
    application_name: APPLICATION,
    connectionTimeoutMillis: 5_000,
  });
  client.once('error', () => undefined);
  await client.connect();
  return client;
}

async function createDatabase(url: string): Promise<void> {
  const client = await connect(url);
  const alreadyThere = ['42P04', '23505'];
  try {
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !alreadyThere.includes(error.code ?? '')) throw error;
  } finally {
    await client.end();
  }
}

/** A copy of a running database carries the running one's port and password, and would write into its original. */
async function assertSameFolder(client: pg.Client, folder: string): Promise<void> {
  const { rows } = await client.query<{ data: string }>(`SELECT current_setting('data_directory') AS data`);
  const theirs = await realpath(rows[0]?.data ?? '').catch(() => '');
  if (theirs !== (await realpath(join(folder, 'data'))))
    throw new Error(`the server on this port is not of ${folder}`);
}

async function isLast(client: pg.Client): Promise<boolean> {
  await client.query(`SELECT pg_advisory_unlock_shared(${LOCK})`);
  const { rows } = await client.query<{ alone: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS alone`);
  if (!rows[0]?.alone) return false;
  // The caller's own pool has just said goodbye; the server takes a moment to notice.
  for (let tries = 0; tries < 10; tries += 1) {
    const others = await client.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
        AND application_name <> '${APPLICATION}' LIMIT 1`,
    );
    if (others.rowCount === 0) return true;
    await sleep(100);
  }
  return false;
}
