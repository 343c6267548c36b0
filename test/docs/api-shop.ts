import { expect, vi } from 'vitest';
import { openStore } from '../../server/store/open.ts';
import type { Store } from '../../server/store/store.ts';
import { freshDatabase, type EngineName } from '../support/engines.ts';
import { startService, STAFF_TOKEN, type Service } from '../support/service.ts';

/** A real server with what the examples of docs/api.md speak of. */
export interface ApiShop {
  token: string;
  /** Puts this server's address and ids in the place of those that the page shows. */
  fillIn(example: string): Promise<string>;
  close(): Promise<void>;
}

export async function openApiShop(engine: EngineName): Promise<ApiShop> {
  const database = await freshDatabase(engine);
  const service = await startService({ DATABASE_URL: database.url });
  const store = await openStore({ url: database.url });
  await stock(service);
  await suppress(store);
  await sell(service, store);
  const shown = await shownIn(store);
  return {
    token: STAFF_TOKEN,
    async fillIn(example) {
      const [newest] = await store.listImports({ beforeId: null, limit: 1 });
      const here = [
        ...shown,
        [`${ID}b0`, newest?.id ?? ''],
        ['http://127.0.0.1:8080', service.url],
        ['2026-11-22T20:30:00.000Z', new Date().toISOString()],
      ];
      return here.reduce((text, [there = '', real = '']) => text.replaceAll(there, real), example);
    },
    async close() {
      await service.stop();
      await store.close();
      await database.drop();
    },
  };
}

const ID = '01997b3e-5a10-7000-8000-0000000000';
/** What the page shows and a server makes by chance, and what stands for it here. */
async function shownIn(store: Store): Promise<[string, string][]> {
  const [alert] = await store.listOpenAlerts({
    kind: 'attention',
    beforeId: Number.MAX_SAFE_INTEGER,
    limit: 1,
  });
  const edith = await store.findOrder({ site: '', source: 'bookly', externalId: '5' });
  const [delivery] = await store.findDeliveriesOfOrder({ orderId: edith?.id ?? 0 });
  return [
    [`${ID}a1`, await mailOf(store, '17')],
    [`${ID}a2`, await mailOf(store, '13')],
    [`${ID}d0`, delivery?.id ?? ''],
    ['"alertIds": [1]', `"alertIds": [${alert?.id}]`],
  ];
}

async function stock(service: Service): Promise<void> {
  const text = ['PQXF-7K2M-91TD', ...Array.from({ length: 13 }, (_, nth) => `PQXF-7K2M-${1001 + nth}`)].join(
    '\n',
  );
  await service.rpc('keys.import', { sku: 'COURSE-A', text, dryRun: false });
  for (const [itemId, sku] of [
    ['1', 'COURSE-A'],
    ['2', 'COURSE-B'],
  ])
    await service.rpc('products.mappings.save', {
      source: 'amelia',
      kind: 'service',
      itemId,
      sku,
      reason: 'set up',
    });
}

/** Edsger's address bounced before. */
async function suppress(store: Store): Promise<void> {
  await store.saveSuppression({
    ...{ address: 'edsger@example.com', reason: 'bounced', provider: 'postmark', since: new Date() },
    ...{ messageId: `${ID}a0`, detail: 'HardBounce 550' },
  });
}

async function sell(service: Service, store: Store): Promise<void> {
  const ada = { name: 'Ada Lovelace', email: 'ada@example.com', coupon: 'SPRING' };
  await service.post('amelia', { id: '13', ...ada, serviceId: 1 });
  await service.post('amelia', { id: '14', name: 'Grace Hopper', email: 'grace@example.com', serviceId: 1 });
  await service.post('amelia', {
    id: '15',
    name: 'Karen Sparck Jones',
    email: 'karen@example.com',
    serviceId: 1,
  });
  await service.post('amelia', { id: '16', name: 'Alan Turing', email: 'alan@example.com', serviceId: 2 });
  await service.post('bookly', { id: '5', name: 'Edith Clarke', email: 'edith@example.com', serviceId: 9 });
  await service.post('amelia', {
    id: '17',
    name: 'Edsger Dijkstra',
    email: 'edsger@example.com',
    serviceId: 1,
  });
  await vi.waitFor(
    async () =>
      expect(await store.messageCounts({ since: null })).toContainEqual({ status: 'failed', count: 1 }),
    10_000,
  );
}

async function mailOf(store: Store, externalId: string): Promise<string> {
  const order = await store.findOrder({ site: '', source: 'amelia', externalId });
  const [mail] = await store.findMessagesOfOrders({ orderIds: [order?.id ?? 0] });
  return mail?.id ?? '';
}
