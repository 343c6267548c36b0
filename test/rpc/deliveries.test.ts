import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

const BOOKING = { id: '501', email: 'kept@example.test', serviceId: 1, status: 'approved' };

describe.each(engines())('deliveries for staff on %s', (engine) => {
  let world: World;
  let desk: Desk;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 5);
  });
  afterAll(() => world.close());

  /** As a delivery is kept that could not be acted on: raw bytes, and no order. */
  async function kept(): Promise<string> {
    const id = newUuid();
    await world.store.insertDeliveries({
      deliveries: [
        {
          id,
          receivedAt: new Date('2026-11-22T20:06:46.000Z'),
          site: '',
          source: 'amelia',
          hook: null,
          contentType: 'application/json',
          body: new TextEncoder().encode(JSON.stringify(BOOKING)),
          headers: {},
          verdict: 'attention',
          flag: 'the delivery could not be acted on',
          orders: [{ orderId: 'amelia:501', status: 'attention' }],
          replayOf: null,
        },
      ],
    });
    return id;
  }

  test('get tells what was delivered, without its content', async () => {
    const deliveryId = await kept();
    const facts = await (await desk.as('viewer')).deliveries.get({ deliveryId });
    expect(facts).toEqual({
      deliveryId,
      receivedAt: '2026-11-22T20:06:46.000Z',
      site: '',
      source: 'amelia',
      hook: null,
      contentType: 'application/json',
      verdict: 'attention',
      flag: 'the delivery could not be acted on',
      size: JSON.stringify(BOOKING).length,
      orders: [{ orderId: 'amelia:501', status: 'attention' }],
      replayOf: null,
    });
  });

  test('replay serves a delivery that was kept without an order, and a replay of the replay changes nothing', async () => {
    const deliveryId = await kept();
    expect(await world.order('501')).toBeNull();
    const support = await desk.as('support');
    const served = await support.deliveries.replay({ deliveryId, reason: 'the fault is mended' });
    expect(served).toEqual({
      status: 'fulfilled',
      orders: [{ orderId: 'amelia:501', status: 'fulfilled' }],
    });
    const order = await world.order('501');
    const spoken = await world.store.findDeliveriesOfOrder({ orderId: order?.id ?? 0 });
    const replay = spoken.find((delivery) => delivery.replayOf === deliveryId);
    expect(replay?.headers).toEqual({
      reason: 'the fault is mended',
      actor: expect.stringMatching(/^staff:\d+$/),
    });
    const again = await support.deliveries.replay({ deliveryId: replay?.id ?? '', reason: 'once more' });
    expect(again).toMatchObject({ status: 'duplicate' });
    const repeats = (await world.store.findDeliveriesOfOrder({ orderId: order?.id ?? 0 })).filter(
      ({ replayOf }) => replayOf === deliveryId,
    );
    const trail = repeats.map(({ id }) => world.store.findAudit({ subject: `delivery:${id}` }));
    expect((await Promise.all(trail)).flat()).toMatchObject([
      { action: 'delivery.replayed', reason: 'the fault is mended', refs: { answer: 'fulfilled' } },
      { action: 'delivery.replayed', reason: 'once more', refs: { answer: 'duplicate' } },
    ]);
    const page = await support.orders.get({ orderId: 'amelia:501' });
    expect(page.timeline.filter(({ refs }) => refs['replayOf'] === deliveryId)).toMatchObject([
      { whoName: 'support', what: 'fulfilled', why: expect.stringContaining('the fault is mended') },
      { whoName: 'support', what: 'duplicate', why: expect.stringContaining('once more') },
    ]);
    expect(await world.keysOf('501')).toHaveLength(1);
    expect(await world.mailsOf('501')).toHaveLength(1);
    expect(await world.broken()).toEqual([]);
  });

  test('replay is for support, wants a reason, and names what it cannot find', async () => {
    const deliveryId = await kept();
    const [viewer, support] = [await desk.as('viewer'), await desk.as('support')];
    await expect(viewer.deliveries.replay({ deliveryId, reason: 'x' })).rejects.toThrow(/role viewer/);
    await expect(support.deliveries.replay({ deliveryId, reason: ' ' })).rejects.toThrow(
      /reason is required/,
    );
    const unknown = newUuid();
    await expect(support.deliveries.replay({ deliveryId: unknown, reason: 'x' })).rejects.toThrow(unknown);
    for (const name of ['amelia:501', "x' OR 1=1", ''])
      await expect(support.deliveries.get({ deliveryId: name })).rejects.toThrow(/There is no delivery/);
  });
});
