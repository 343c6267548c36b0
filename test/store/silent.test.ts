import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../server/store/open.ts';
import type { Store } from '../../server/store/store.ts';
import { engines } from '../support/engines.ts';
import { expectStoreError } from './exercise/expect-store-error.ts';
import { anOrder } from './exercise/world.ts';
import { openFresh } from './open-fresh.ts';

const LIMIT_MS = 500;

/** A way to the database that can fall silent: it takes what comes, and no answer returns. */
async function openLine(target: URL, defaultPort: number) {
  let open = 0;
  const answers = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || defaultPort), target.hostname);
    open += 1;
    answers.add(upstream);
    client.pipe(upstream);
    upstream.on('data', (data) => client.write(data));
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.on('close', () => {
      open -= 1;
      upstream.destroy();
    });
    upstream.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    connections: () => open,
    /** The connections there are now never answer again; new ones do. */
    fallSilent() {
      for (const answer of answers) answer.removeAllListeners('data').pause();
    },
    close: () => server.close(),
  };
}

describe.each(engines())('a database that falls silent: %s', (engine) => {
  let fresh: Awaited<ReturnType<typeof openFresh>>;
  let line: Awaited<ReturnType<typeof openLine>>;
  let store: Store;
  beforeAll(async () => {
    fresh = await openFresh(engine);
    line = await openLine(new URL(fresh.url), engine === 'postgres' ? 5432 : 3306);
    store = await openStore({ url: line.url, poolSize: 1, queryTimeoutMs: LIMIT_MS });
  });
  afterAll(async () => {
    await store.close();
    line.close();
    await fresh.drop();
  });

  it('a verb is told that its connection is lost, and the next one has another', async () => {
    await store.ping();
    line.fallSilent();
    await expectStoreError(store.listProducts(), 'store.lost');
    await store.ping();
    expect(line.connections()).toBe(1);
  });

  it('a transaction is too, and does not wait for its ROLLBACK as well', async () => {
    const startedAt = performance.now();
    const order = anOrder();
    const cut = store.transaction(async (tx) => {
      await tx.insertOrders({ orders: [order] });
      line.fallSilent();
      await tx.findOrder(order);
    });
    await expectStoreError(cut, 'store.lost');
    expect(performance.now() - startedAt).toBeLessThan(2 * LIMIT_MS);
    expect(await store.findOrder(order)).toBeNull();
    expect(line.connections()).toBe(1);
  });

  it('a COMMIT without an answer is lost', async () => {
    const cut = store.transaction(async (tx) => {
      await tx.listProducts();
      line.fallSilent();
    });
    await expectStoreError(cut, 'store.lost');
    await store.ping();
  });
});
