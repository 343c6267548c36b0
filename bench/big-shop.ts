import { parseArgs } from 'node:util';
import { migrate } from '../server/store/migrate.ts';
import { openStore } from '../server/store/open.ts';
import type { Explained } from '../test/store/plans-of.ts';
import { openRaw } from '../test/store/raw.ts';
import { createDatabase, startEngine } from '../test/support/start-engine.ts';
import { stockShop } from './lookup-shop.ts';

// What the benches of a big shop share: where they run, and how they print.

export type Engine = 'mysql' | 'postgres';
const ENGINES: Engine[] = ['mysql', 'postgres'];

/** `--engine` narrows, `--orders` makes the shop smaller. Exits with 1 when a measure says that it is not good. */
export async function onEach(measure: (shop: Explained, count: number) => Promise<boolean>): Promise<void> {
  const { values } = parseArgs({ options: { engine: { type: 'string' }, orders: { type: 'string' } } });
  const asked = ENGINES.filter((engine) => values.engine === undefined || values.engine === engine);
  const count = Number(values.orders ?? 1_000_000);
  if (asked.length === 0) throw new Error(`--engine ${values.engine}: mysql or postgres`);
  if (!Number.isInteger(count) || count < 10_000) throw new Error(`--orders ${values.orders}: 10000 or more`);
  for (const engine of asked) if (!(await withShop(engine, count, measure))) process.exitCode = 1;
}

/** A server and a shop of their own, gone afterwards. */
async function withShop(
  engine: Engine,
  count: number,
  measure: (shop: Explained, count: number) => Promise<boolean>,
): Promise<boolean> {
  const server = await startEngine(engine, { durable: false, log: () => {} });
  const database = await createDatabase(engine, server.url);
  await migrate({ url: database.url });
  const store = await openStore({ url: database.url, poolSize: 4 });
  const raw = await openRaw(engine, database.url);
  try {
    await stockShop({ store, raw }, count, (table) => console.error(`[${engine}] filling ${table}`));
    return await measure({ store, raw }, count);
  } finally {
    await raw.end();
    await store.close();
    await database.drop();
    await server.stop();
  }
}

export function row(name: string, figures: string[]): string {
  return name.padEnd(34) + figures.map((figure) => figure.padStart(11)).join('');
}

export function median(taken: number[]): number {
  return taken.toSorted((a, b) => a - b)[Math.floor(taken.length / 2)] ?? NaN;
}
