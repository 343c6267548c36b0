import { performance } from 'node:perf_hooks';
import { migrate } from '../server/store/migrate.ts';
import { openStore } from '../server/store/open.ts';
import type { Store, Verbs } from '../server/store/store.ts';
import { createCore } from '../server/core.ts';
import { systemClock } from '../server/clock.ts';
import { newUuid } from '../server/ids.ts';
import { silentLog } from '../server/log.ts';
import { systemTimers } from '../server/timers.ts';
import { createDatabase, startEngine } from '../test/support/start-engine.ts';
import { crowd } from '../test/support/service.ts';
import { arrivalOf, booking } from '../test/support/world.ts';

// Vends per second in three ways, on durable servers, in one run: what matters is how the ways compare.
// `npm run bench` does all engines; `npm run bench -- postgres` one. Machines differ, and so do figures; ratios do less.

const ORDERS = 3000;
const BUYERS = 200;

type Way = (store: Store, id: string) => Promise<unknown>;

/** One transaction a vend: claim one key with the given verb, assign it, queue its mail. The least that keeps the promises. */
function alone(claim: (tx: Verbs) => Promise<{ id: number }[]>): Way {
  return (store, id) =>
    store.transaction(async (tx) => {
      const [key] = await claim(tx);
      if (!key) throw new Error('no key');
      const now = new Date();
      await tx.assignKeys({
        assignments: [
          { keyId: key.id, orderId: `amelia:${id}`, email: 'a@example.test', coupon: null, assignedAt: now },
        ],
      });
      await tx.insertMessages({
        messages: [
          {
            id: newUuid(),
            kind: 'key',
            orderId: 1,
            recipient: 'a@example.test',
            priority: 1,
            createdAt: now,
          },
        ],
      });
    });
}

async function measure(name: 'mysql' | 'mariadb' | 'postgres'): Promise<void> {
  const server = await startEngine(name, { durable: true, log: () => {} });
  const rows: { way: string; perSecond: number }[] = [];
  let version = '';
  async function run(way: string, open: (store: Store) => Way): Promise<void> {
    const database = await createDatabase(name, server.url);
    await migrate({ url: database.url });
    const store = await openStore({ url: database.url });
    version = store.version;
    const product = {
      sku: 'A',
      name: 'A',
      lowStock: null,
      holdMinutes: 0,
      activationUrl: null,
      instructions: null,
      tellWaiting: true,
    };
    await store.insertProducts({ products: [{ ...product, onCancel: 'keep' }] });
    const keys = Array.from({ length: ORDERS }, (_, index) => ({
      sku: 'A',
      licenseKey: `K-${String(index).padStart(6, '0')}`,
    }));
    await store.insertKeys({ keys });
    const vend = open(store);
    const ids = Array.from({ length: ORDERS }, (_, index) => String(index + 1));
    const startedAt = performance.now();
    await crowd(ids, BUYERS, (id) => vend(store, id));
    rows.push({ way, perSecond: ORDERS / ((performance.now() - startedAt) / 1000) });
    await store.close();
    await database.drop();
  }

  await run('plain FOR UPDATE, one transaction a vend', () =>
    alone((tx) => tx.claimKeysPatiently({ sku: 'A', limit: 1, waitMs: 60_000 })),
  );
  await run('SKIP LOCKED, one transaction a vend', () =>
    alone((tx) => tx.claimKeys({ sku: 'A', limit: 1, afterId: 0 })),
  );
  await run('Key Bank: SKIP LOCKED in batches, with orders, deliveries and audit', (store) => {
    const core = createCore({
      store,
      clock: systemClock,
      timers: systemTimers,
      random: Math.random,
      newId: newUuid,
      log: silentLog,
      defaultSku: 'A',
      adminEmail: 'admin@example.test',
      lowStock: 0,
      onMail: () => {},
    });
    return async (_store, id) => {
      const receipt = await core.queue.submit(arrivalOf(booking({ externalId: id })));
      if (receipt.status !== 'fulfilled') throw new Error(`order ${id} is ${receipt.status}`);
    };
  });
  await server.stop();
  const base = rows[0]?.perSecond ?? 1;
  console.log(`\n${version}, durable, ${ORDERS} vends by ${BUYERS} buyers at once`);
  for (const { way, perSecond } of rows) {
    console.log(
      `  ${way.padEnd(68)} ${perSecond.toFixed(0).padStart(6)}/s  × ${(perSecond / base).toFixed(1)}`,
    );
  }
}

const asked = process.argv.slice(2);
for (const name of ['mysql', 'mariadb', 'postgres'] as const) {
  if (asked.length === 0 || asked.includes(name)) await measure(name);
}
