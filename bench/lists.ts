import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { systemClock } from '../server/clock.ts';
import { silentLog } from '../server/log.ts';
import { migrate } from '../server/store/migrate.ts';
import { openStore } from '../server/store/open.ts';
import { plansOf } from '../test/store/plans-of.ts';
import { openRaw } from '../test/store/raw.ts';
import { createDatabase, startEngine } from '../test/support/start-engine.ts';
import { listPaths } from './list-paths.ts';
import { stockShop } from './lookup-shop.ts';

// Every list of the console with a million orders, keys, deliveries, mails and lines of the trail behind it: how many rows
// does it read, and how long does it take beside the read of an order by its primary key, in one run?
// `npm run bench:lists` does MySQL and PostgreSQL; `-- --engine postgres` one, `-- --orders 50000` a smaller shop.

const ROUNDS = 15;
const WARM_UP = 2;

type Engine = 'mysql' | 'postgres';

async function measure(engine: Engine, count: number): Promise<boolean> {
  const server = await startEngine(engine, { durable: false, log: () => {} });
  const database = await createDatabase(engine, server.url);
  await migrate({ url: database.url });
  const store = await openStore({ url: database.url, poolSize: 4 });
  const raw = await openRaw(engine, database.url);
  try {
    await stockShop({ store, raw }, count, (table) => console.error(`[${engine}] filling ${table}`));
    const setUp = { mail: 'mailbox', hasAdmin: true, hasDefaultSku: false } as const;
    const deps = {
      ...{ store, clock: systemClock, log: silentLog, lowStock: 10, instance: null, setUp },
      ...{ publicUrl: 'https://keys.example.com', mailState: () => null },
    };
    const paths = await listPaths(deps, count);
    const alone = await median(() => store.findOrdersById({ ids: [1 + Math.floor(Math.random() * count)] }));
    console.log(`\n${store.version}, ${count} orders; medians of ${ROUNDS} rounds`);
    console.log(`An order by its primary key: ${alone.toFixed(2)} ms.`);
    console.log(row('', ['most rows', 'reads', 'ms']));
    let isGood = true;
    for (const { name, run, mostInStep } of paths) {
      const ms = await median(run);
      const plans = await plansOf({ store, raw }, run);
      const step = Math.max(...plans.map(({ rowsRead }) => rowsRead));
      const fault = step > mostInStep ? `more than ${mostInStep}` : '';
      console.log(
        `${row(name, [String(Math.round(step)), `× ${(ms / alone).toFixed(1)}`, ms.toFixed(1)])}  ${fault}`,
      );
      isGood &&= fault === '';
    }
    return isGood;
  } finally {
    await raw.end();
    await store.close();
    await database.drop();
    await server.stop();
  }
}

function row(name: string, figures: string[]): string {
  return name.padEnd(34) + figures.map((figure) => figure.padStart(12)).join('');
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    await work();
    if (round >= 0) taken.push(performance.now() - startedAt);
  }
  return taken.toSorted((a, b) => a - b)[Math.floor(taken.length / 2)] ?? NaN;
}

const ENGINES: Engine[] = ['mysql', 'postgres'];
const { values } = parseArgs({ options: { engine: { type: 'string' }, orders: { type: 'string' } } });
const asked = ENGINES.filter((engine) => values.engine === undefined || values.engine === engine);
const count = Number(values.orders ?? 1_000_000);
if (asked.length === 0) throw new Error(`--engine ${values.engine}: mysql or postgres`);
if (!Number.isInteger(count) || count < 10_000) throw new Error(`--orders ${values.orders}: 10000 or more`);
for (const engine of asked) if (!(await measure(engine, count))) process.exitCode = 1;
