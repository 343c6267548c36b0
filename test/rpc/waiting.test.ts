import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

describe.each(engines())('the waiting list on %s', (engine) => {
  let world: World;
  let desk: Desk;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    await world.map('1', 'COURSE-A');
    await world.map('2', 'COURSE-B', 3);
  });
  afterAll(() => world.close());

  const course = (id: string) => ({ kind: 'service' as const, id, name: null });

  test('shows orders in the order in which they are served, a page at a time, of one product or of all', async () => {
    for (let at = 0; at < 27; at += 1) await world.send(booking({ externalId: String(100 + at) }));
    await world.send(booking({ externalId: '200', item: course('2') }));
    const viewer = await desk.as('viewer');

    const first = await viewer.orders.waiting();
    expect(first.orders.map(({ orderId }) => orderId)).toEqual(
      Array.from({ length: 25 }, (_, at) => `amelia:${100 + at}`),
    );
    expect(first.orders[0]).toMatchObject({
      status: 'waiting',
      email: 'buyer-100@example.test',
      waitingFor: [{ sku: 'COURSE-A', lacking: 1 }],
      since: first.orders[0]?.createdAt,
    });
    const second = await viewer.orders.waiting({ cursor: first.next });
    expect(second.orders.map(({ orderId }) => orderId)).toEqual(['amelia:125', 'amelia:126', 'amelia:200']);
    expect(second.next).toBeUndefined();

    const ofB = await viewer.orders.waiting({ sku: 'COURSE-B' });
    expect(ofB).toMatchObject({
      orders: [{ orderId: 'amelia:200', waitingFor: [{ sku: 'COURSE-B', lacking: 3 }] }],
    });
    const ofA = await viewer.orders.waiting({ sku: 'COURSE-A' });
    expect(ofA.orders).toHaveLength(25);
    expect((await viewer.orders.waiting({ sku: 'COURSE-A', cursor: ofA.next })).orders).toHaveLength(2);

    await desk.bringIn('COURSE-A', ['AAAA-0001', 'AAAA-0002']);
    await expect.poll(async () => (await viewer.orders.waiting()).orders[0]?.orderId).toBe('amelia:102');
    expect(await world.broken()).toEqual([]);
  });

  test('counts what an order lacks beyond the keys that it kept', async () => {
    await world.stock('COURSE-C', 1);
    await world.map('3', 'COURSE-C');
    await world.send(booking({ externalId: '300', item: course('3'), rev: 1 }));
    const [mail] = await world.mailsOf('300');
    await world.store.settleMessages({
      ...{ ids: [mail?.id ?? ''], isTry: true, status: 'accepted', retryInMs: null, lastCode: null },
      ...{ lastError: null, acceptedAt: new Date() },
    });
    // Seen by the buyer, so it stays; approved again for two.
    await world.store.transaction(async (tx) => {
      await tx.leaseMessages({ ids: [mail?.id ?? ''], token: mail?.id ?? '', leaseMs: 1 });
    });
    await world.send(booking({ externalId: '300', item: course('3'), rev: 2, status: 'cancelled' }));
    await world.send(booking({ externalId: '300', item: course('3'), rev: 3, quantity: 2 }));
    const { orders } = await (await desk.as('viewer')).orders.waiting({ sku: 'COURSE-C' });
    expect(orders).toMatchObject([
      { orderId: 'amelia:300', quantity: 2, waitingFor: [{ sku: 'COURSE-C', lacking: 1 }] },
    ]);
    expect(orders[0]?.keysMasked).toEqual(['••••-0001']);
    expect(JSON.stringify(orders)).not.toContain('COURSE-C-000001');
  });

  test('is for those who may read, and names what is wrong', async () => {
    await expect(desk.caller(undefined).orders.waiting()).rejects.toThrow(/staff token is missing/);
    const viewer = await desk.as('viewer');
    await expect(viewer.orders.waiting({ sku: 'NEVER' })).rejects.toThrow(/There is no product NEVER/);
    await expect(viewer.orders.waiting({ sku: "x' OR 1" })).rejects.toThrow();
    const mark = Buffer.from('before:3').toString('base64url');
    for (const cursor of ['made up', mark])
      await expect(viewer.orders.waiting({ cursor })).rejects.toThrow(/page mark is not one/);
  });
});
