import { performance } from 'node:perf_hooks';
import { plansOf, type Explained } from '../test/store/plans-of.ts';
import { median, onEach, row } from './big-shop.ts';
import { lookups, type Path } from './lookup-paths.ts';
import { someWords } from './lookup-shop.ts';

// Every way to find an order among a million, with a million keys: is it bound by indexes, and how
// long does it take beside the read of an order by its primary key, in one run? What counts is the ratio of medians, and only
// reads are measured: the servers of test/support do not wait for the disk.
// `npm run bench:lookup` does MySQL and PostgreSQL; `-- --engine postgres` one, `-- --orders 50000` a smaller shop.

/** Reads by primary key that finding the orders may take. */
const GOAL = 10;
/** What the whole may: all that the text may mean is looked for, and the finds are summarised. */
const WHOLE_GOAL = 20;
const ROUNDS = 300;
const WARM_UP = 30;
/** Plans are read for as many random parameters; the worst counts. */
const PLANS = 3;
/** Too few rows for an index. */
const SMALL = ['products', 'sites', 'staff'];

type Work = () => Promise<unknown>;

async function measure({ store, raw }: Explained, count: number): Promise<boolean> {
  const words = await someWords(raw, ROUNDS, count);
  const paths = lookups(store, words, count);
  const read = () => store.findOrdersById({ ids: [1 + Math.floor(Math.random() * count)] });
  const times = await timeAll([read, ...paths.flatMap(({ run, find }) => [run, find])]);
  const one = times.get(read) ?? NaN;
  const ratioOf = (work: Work) => (times.get(work) ?? NaN) / one;
  console.log(`\n${store.version}, ${count} orders and as many keys; ${ROUNDS} rounds`);
  console.log(`An order by its primary key: ${one.toFixed(2)} ms. Finding and the whole in such reads.`);
  console.log(row('', ['most rows', 'rows', 'finding', 'whole', 'ms']));
  let isGood = true;
  for (const path of paths) {
    const { step, all, faults } = await readPlans({ store, raw }, path);
    const ratios = [ratioOf(path.find), ratioOf(path.run)];
    const [finding, whole] = ratios;
    if (!((finding ?? NaN) <= GOAL)) faults.push(`finding takes more than ${GOAL} reads`);
    if (!((whole ?? NaN) <= WHOLE_GOAL)) faults.push(`the whole takes more than ${WHOLE_GOAL}`);
    const told = ratios.map((ratio) => `× ${ratio.toFixed(1)}`);
    const figures = [
      String(Math.round(step)),
      String(Math.round(all)),
      ...told,
      (times.get(path.run) ?? NaN).toFixed(2),
    ];
    console.log(`${row(path.name, figures)}  ${faults.join('; ')}`);
    isGood &&= faults.length === 0;
  }
  return isGood;
}

/** Medians in milliseconds. Each round in another order, so that nothing always comes after what is slow. */
async function timeAll(works: Work[]): Promise<Map<Work, number>> {
  const times = new Map(works.map((work): [Work, number[]] => [work, []]));
  for (let round = -WARM_UP; round < ROUNDS; round += 1)
    for (const work of shuffled(works)) {
      const startedAt = performance.now();
      await work();
      if (round >= 0) times.get(work)?.push(performance.now() - startedAt);
    }
  return new Map([...times].map(([work, taken]) => [work, median(taken)]));
}

function shuffled<T>(things: T[]): T[] {
  const placed = things.map((thing): [number, T] => [Math.random(), thing]);
  return placed.toSorted(([a], [b]) => a - b).map(([, thing]) => thing);
}

/** By EXPLAIN ANALYZE of the statements that the path sends: the most rows of one step, and those of all together. */
async function readPlans(
  about: Explained,
  { run, mostInStep }: Path,
): Promise<{ step: number; all: number; faults: string[] }> {
  let [step, all] = [0, 0];
  const scans = new Set<string>();
  for (let nth = 0; nth < PLANS; nth += 1) {
    const plans = await plansOf(about, run);
    step = Math.max(step, ...plans.map(({ rowsRead }) => rowsRead));
    all = Math.max(
      all,
      plans.reduce((total, plan) => total + plan.rowsInAll, 0),
    );
    for (const table of plans.flatMap((plan) => plan.scans)) scans.add(table);
  }
  const read = [...scans].filter((table) => !SMALL.includes(table));
  const faults = [
    ...(step > mostInStep ? [`a step reads ${Math.round(step)} rows, at most ${mostInStep}`] : []),
    ...(read.length > 0 ? [`reads all of ${read.join(', ')}`] : []),
  ];
  return { step, all, faults };
}

await onEach(measure);
