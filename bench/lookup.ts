import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { migrate } from '../server/store/migrate.ts';
import { openStore } from '../server/store/open.ts';
import type { Store } from '../server/store/store.ts';
import { plansOf, type Explained } from '../test/store/plans-of.ts';
import { openRaw } from '../test/store/raw.ts';
import { createDatabase, startEngine } from '../test/support/start-engine.ts';
import { listings, lookups, type Path } from './lookup-paths.ts';
import { stockShop, someWords } from './lookup-shop.ts';

// Every way to find an order among a million, with a million keys, and every list of staff: is it bound by indexes, and how
// long does it take beside the read of an order by its primary key, turn about in one run? What counts is the ratio of medians.
// `npm run bench:lookup` does MySQL and PostgreSQL; `-- --engine postgres` one, `-- --orders 50000` a smaller shop.

/** Reads by primary key that a lookup may take. Lists are shown beside; of them the rows alone are judged. */
const GOAL = 10;
const ROUNDS = 300;
const WARM_UP = 30;
/** One row for each WordPress: too few for an index. */
const SMALL = ['sites'];

async function measure(engine: 'mysql' | 'postgres', count: number): Promise<boolean> {
  const server = await startEngine(engine, { log: () => {} });
  const database = await createDatabase(engine, server.url);
  await migrate({ url: database.url });
  const store = await openStore({ url: database.url, poolSize: 4 });
  const raw = await openRaw(engine, database.url);
  try {
    await stockShop({ store, raw }, count, (table) => console.error(`[${engine}] filling ${table}`));
    const words = await someWords(raw, ROUNDS, count);
    const isLookup = new Set(lookups(store, words));
    const lists = listings(store, words);
    const read = { name: 'an order by primary key', run: readById(store, count), mostRows: 1 };
    const paths = [read, ...isLookup, ...lists];
    const medians = await timeAll(paths);
    console.log(`\n${store.version}, ${count} orders and as many keys; ${ROUNDS} rounds, turn about`);
    console.log(`${''.padEnd(36)}${'rows'.padStart(8)}${'ms'.padStart(9)}${'× read'.padStart(9)}`);
    let isGood = true;
    for (const path of paths) {
      const ms = medians.get(path) ?? NaN;
      const ratio = ms / (medians.get(read) ?? NaN);
      const { rows, faults } = await judge({ store, raw }, path, isLookup.has(path) ? ratio : null);
      const figures = [String(rows).padStart(8), ms.toFixed(2).padStart(9), ratio.toFixed(1).padStart(9)];
      console.log(`${path.name.padEnd(36)}${figures.join('')}  ${faults.join('; ')}`);
      isGood &&= faults.length === 0;
    }
    return isGood;
  } finally {
    await raw.end();
    await store.close();
    await database.drop();
    await server.stop();
  }
}

function readById(store: Store, count: number): () => Promise<unknown> {
  return () => store.findOrdersById({ ids: [1 + Math.floor(Math.random() * count)] });
}

/** Medians in milliseconds. */
async function timeAll(paths: Path[]): Promise<Map<Path, number>> {
  const times = new Map(paths.map((path): [Path, number[]] => [path, []]));
  for (let round = -WARM_UP; round < ROUNDS; round += 1)
    for (const [path, taken] of times) {
      const startedAt = performance.now();
      await path.run();
      if (round >= 0) taken.push(performance.now() - startedAt);
    }
  return new Map(
    [...times].map(([path, taken]) => [
      path,
      taken.toSorted((a, b) => a - b)[Math.floor(taken.length / 2)] ?? NaN,
    ]),
  );
}

/** By EXPLAIN ANALYZE of the statements that the path sends; `ratio` is null for a list. */
async function judge(
  about: Explained,
  { run, mostRows }: Path,
  ratio: number | null,
): Promise<{ rows: number; faults: string[] }> {
  const plans = await plansOf(about, run);
  const rows = Math.max(0, ...plans.map(({ rowsRead }) => rowsRead));
  const scans = plans.flatMap((plan) => plan.scans).filter((table) => !SMALL.includes(table));
  const faults = [
    ...(rows > mostRows ? [`reads ${rows} rows, at most ${mostRows}`] : []),
    ...(ratio !== null && scans.length > 0 ? [`reads all of ${scans.join(', ')}`] : []),
    ...(ratio !== null && ratio > GOAL ? [`takes ${ratio.toFixed(1)} reads, at most ${GOAL}`] : []),
  ];
  return { rows, faults };
}

const { values } = parseArgs({ options: { engine: { type: 'string' }, orders: { type: 'string' } } });
for (const engine of ['mysql', 'postgres'] as const) {
  if (values.engine !== undefined && values.engine !== engine) continue;
  if (!(await measure(engine, Number(values.orders ?? 1_000_000)))) process.exitCode = 1;
}
