import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAll } from '../../server/audit/verify.ts';
import { SHAPES, sampleDelivery, type SampleDelivery } from '../../server/sample/sample-bookings.ts';
import { migrate } from '../../server/store/migrate.ts';
import { openStore } from '../../server/store/open.ts';
import type { Store } from '../../server/store/store.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { crowd, startService, type Answer, type Service } from '../support/service.ts';

const BUYERS = 200;

describe.each(engines())('a flash sale through two server processes on %s', (engine) => {
  let database: FreshDatabase;
  let store: Store;
  let services: Service[];
  let nextId = 1;
  beforeAll(async () => {
    database = await freshDatabase(engine);
    await migrate({ url: database.url });
    store = await openStore({ url: database.url });
    services = await Promise.all(
      [0, 1].map(() => startService({ DATABASE_URL: database.url, KEYBANK_LOG_LEVEL: 'info' })),
    );
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await store.close();
    await database.drop();
  });

  const course = async (sku: string, keys: number): Promise<number> => {
    const itemId = (nextId += 1);
    await store.insertProducts({
      products: [
        {
          sku,
          name: sku,
          lowStock: null,
          onCancel: 'keep',
          holdMinutes: 30,
          activationUrl: null,
          instructions: null,
          tellWaiting: true,
        },
      ],
    });
    for (const source of ['amelia', 'bookly'] as const) {
      for (const kind of ['service', 'event'] as const) {
        await store.saveMapping({
          site: '',
          source,
          kind,
          itemId: String(itemId),
          sku,
          quantity: 1,
          per: 'booking',
        });
      }
    }
    await stock(sku, keys, 1);
    return itemId;
  };
  const stock = (sku: string, keys: number, from: number) =>
    store.insertKeys({
      keys: Array.from({ length: keys }, (_, index) => ({
        licenseKey: `${sku}-${String(from + index).padStart(6, '0')}`,
        sku,
      })),
    });
  const bookings = (count: number, itemId: number): SampleDelivery[] =>
    Array.from({ length: count }, (_, index) =>
      sampleDelivery(SHAPES[index % SHAPES.length] ?? 'amelia-hook', {
        id: (nextId += 1),
        itemId,
        email: `buyer${nextId}@example.test`,
        firstName: 'Ada',
        lastName: 'Lovelace',
        persons: 1,
        coupon: 'FLASH',
      }),
    );
  let turn = 0;
  const send = (delivery: SampleDelivery): Promise<Answer> => {
    const service = services[(turn += 1) % 2];
    if (!service) throw new Error('no service');
    return service.post(delivery.source, null, {
      raw: delivery.body,
      headers: { 'content-type': delivery.contentType },
    });
  };
  const level = async (sku: string) => (await store.stockLevels()).find((one) => one.sku === sku);
  const tally = (answers: Answer[]) => {
    const counts: Record<string, number> = {};
    for (const { code, status } of answers) {
      const word = code === 200 ? status : `HTTP ${code}`;
      counts[word] = (counts[word] ?? 0) + 1;
    }
    return counts;
  };

  it('2,000 orders over 2,000 keys: each order one key, none twice, none lost, no 5xx', async () => {
    const itemId = await course('PLENTY', 2000);
    const answers = await crowd(bookings(2000, itemId), BUYERS, send);
    expect(tally(answers)).toEqual({ fulfilled: 2000 });
    expect(await level('PLENTY')).toMatchObject({ available: 0, assigned: 2000, waiting: 0 });
    const holders = new Set(answers.flatMap((answer) => answer.orders.map((order) => order.orderId)));
    const keys = await store.findKeysOfOrders({ orderIds: [...holders] });
    expect(new Set(keys.map((key) => key.assignedOrderId)).size).toBe(2000);
    expect(new Set(keys.map((key) => key.licenseKey)).size).toBe(2000);
  });

  it('2,000 orders over 1,500 keys: 500 wait, and racing imports fill those first, oldest first', async () => {
    const itemId = await course('SCARCE', 1500);
    const answers = await crowd(bookings(2000, itemId), BUYERS, send);
    expect(tally(answers)).toEqual({ fulfilled: 1500, waiting: 500 });
    const owed = answers.filter((answer) => answer.status === 'waiting').map((answer) => answer.orderId);

    // 500 keys in ten racing pieces through both servers, while 100 newcomers book.
    const pieces = Array.from({ length: 10 }, (_, piece) =>
      Array.from({ length: 50 }, (_key, index) => `SCARCE-NEW-${piece}-${index}`).join('\n'),
    );
    const imports = crowd(pieces, 10, async (text) => {
      const service = services[pieces.indexOf(text) % 2];
      return service?.rpc('keys.import', { sku: 'SCARCE', text, dryRun: false });
    });
    const newcomers = await crowd(bookings(100, itemId), 20, send);
    expect((await imports).map((answer) => answer?.status)).toEqual(Array(10).fill(200));
    expect(tally(newcomers)).toEqual({ waiting: 100 });
    const rows = await store.findOrders({ keys: owed.map((id) => keyOf(id)) });
    expect(rows.filter((row) => row.status !== 'fulfilled').map((row) => row.externalId)).toEqual([]);
    expect(await level('SCARCE')).toMatchObject({ available: 0, assigned: 2000, waiting: 100 });
  });

  it('one order sent fifty times at once to two processes: one key, one mail, 49 duplicates', async () => {
    const itemId = await course('ONCE', 60);
    const [delivery] = bookings(1, itemId);
    if (!delivery) throw new Error('no delivery');
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(delivery)));
    expect(tally(answers)).toEqual({ fulfilled: 1, duplicate: 49 });
    const [order] = await store.findOrders({ keys: [keyOf(answers[0]?.orderId ?? '')] });
    expect(await store.findKeysOfOrders({ orderIds: [answers[0]?.orderId ?? ''] })).toHaveLength(1);
    expect(await store.findMessagesOfOrders({ orderIds: [order?.id ?? 0] })).toHaveLength(1);
  });

  it('no deadlock reached a buyer or a log, and every promise holds in the database', async () => {
    const lines = services.flatMap((service) => service.output().split('\n'));
    expect(lines.filter((line) => line.includes('"event":"webhook.received"')).length).toBeGreaterThan(4000);
    const faults = /"event":"(http\.fault|vend\.kept|vend\.bisect|job\.fault)"|"code":"?(1213|40P01)/;
    expect(lines.filter((line) => faults.test(line))).toEqual([]);
    const promises = await verifyAll(store);
    expect(promises.filter((promise) => promise.violations > 0)).toEqual([]);
    expect(promises.reduce((sum, promise) => sum + promise.checked, 0)).toBeGreaterThan(4000);
  });

  it('SIGTERM in the middle of a sale ends what is under way, gives mail leases back, and exits with 0', async () => {
    const itemId = await course('STOPPED', 300);
    const service = await startService({ DATABASE_URL: database.url });
    const sent = crowd(bookings(300, itemId), 50, (delivery) =>
      service
        .post(delivery.source, null, {
          raw: delivery.body,
          headers: { 'content-type': delivery.contentType },
        })
        .catch(() => null),
    );
    // The first answer shows that the sale is on.
    const [probe] = bookings(1, itemId);
    await service.post('amelia', null, {
      raw: probe?.body ?? '',
      headers: { 'content-type': probe?.contentType ?? '' },
    });
    const codes = await Promise.all([service, ...services].map((one) => one.stop()));
    expect(codes).toEqual([0, 0, 0]);
    const answers = await sent;
    const fulfilled = answers.filter((answer) => answer?.status === 'fulfilled').length;
    const stocked = await level('STOPPED');
    // Answered means committed; a request that was cut may or may not have been: never fewer keys than answers.
    expect(stocked?.assigned).toBeGreaterThanOrEqual(fulfilled);
    expect((await verifyAll(store)).filter((promise) => promise.violations > 0)).toEqual([]);
    expect((await store.messageCounts({ since: null })).filter(({ status }) => status === 'sending')).toEqual(
      [],
    );
  });
});

function keyOf(orderId: string): { site: string; source: 'amelia' | 'bookly'; externalId: string } {
  const [source, externalId] = orderId.split(':');
  return { site: '', source: source === 'bookly' ? 'bookly' : 'amelia', externalId: externalId ?? '' };
}
