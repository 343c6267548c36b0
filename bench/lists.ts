import { performance } from 'node:perf_hooks';
import { systemClock } from '../server/clock.ts';
import { silentLog } from '../server/log.ts';
import { plansOf, type Explained } from '../test/store/plans-of.ts';
import { median, onEach, row } from './big-shop.ts';
import { listPaths } from './list-paths.ts';

// Every list of the console with a million orders, keys, deliveries, mails and lines of the trail behind it: how many rows
// does it read, and how long does it take beside the read of an order by its primary key, in one run?
// `npm run bench:lists` does MySQL and PostgreSQL; `-- --engine postgres` one, `-- --orders 50000` a smaller shop.

const ROUNDS = 15;
const WARM_UP = 2;

async function measure({ store, raw }: Explained, count: number): Promise<boolean> {
  const setUp = { mail: 'mailbox', hasAdmin: true, hasDefaultSku: false } as const;
  const deps = {
    ...{ store, clock: systemClock, log: silentLog, lowStock: 10, instance: null, setUp },
    ...{ publicUrl: 'https://keys.example.com', mailState: () => null },
  };
  const paths = await listPaths(deps, count);
  const alone = await medianMs(() => store.findOrdersById({ ids: [1 + Math.floor(Math.random() * count)] }));
  console.log(`\n${store.version}, ${count} orders; medians of ${ROUNDS} rounds`);
  console.log(`An order by its primary key: ${alone.toFixed(2)} ms.`);
  console.log(row('', ['most rows', 'reads', 'ms']));
  let isGood = true;
  for (const { name, run, mostInStep } of paths) {
    const ms = await medianMs(run);
    const plans = await plansOf({ store, raw }, run);
    const step = Math.max(...plans.map(({ rowsRead }) => rowsRead));
    const fault = step > mostInStep ? `more than ${mostInStep}` : '';
    console.log(
      `${row(name, [String(Math.round(step)), `× ${(ms / alone).toFixed(1)}`, ms.toFixed(1)])}  ${fault}`,
    );
    isGood &&= fault === '';
  }
  return isGood;
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    await work();
    if (round >= 0) taken.push(performance.now() - startedAt);
  }
  return median(taken);
}

await onEach(measure);
