import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { EngineName } from './engine.ts';

/** Runs one statement on a connection of its own and returns the first column of the first row as text. */
export async function ask(engine: EngineName, url: string, statement: string): Promise<string> {
  if (engine === 'postgres') {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' });
      return String(rows[0]?.[0] ?? '');
    } finally {
      await client.end();
    }
  }
  const connection = await mysql.createConnection({ uri: url, rowsAsArray: true, connectTimeout: 5_000 });
  try {
    const [rows] = await connection.query(statement);
    const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
    return String((Array.isArray(first) ? first[0] : undefined) ?? '');
  } finally {
    await connection.end();
  }
}

export async function askVersion(engine: EngineName, url: string): Promise<string> {
  return ask(engine, url, engine === 'postgres' ? 'SHOW server_version' : 'SELECT VERSION()');
}

/** Waits until the server answers; `alive` may say that waiting is in vain, by throwing. */
export async function waitForAnswer(
  engine: EngineName,
  url: string,
  alive: () => Promise<void>,
): Promise<void> {
  const patienceMs = 90_000;
  const stepMs = 100;
  for (let waitedMs = 0; ; waitedMs += stepMs) {
    await alive();
    const answer = await askVersion(engine, url).catch((error: unknown) => error);
    if (typeof answer === 'string') return;
    if (waitedMs >= patienceMs)
      throw new Error(`${engine} does not answer after ${patienceMs / 1000} s`, { cause: answer });
    await sleep(stepMs);
  }
}
