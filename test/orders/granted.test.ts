import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { addKeys } from '../../server/orders/add-keys.ts';
import { arrivalOf, booking } from '../support/world.ts';
import { engines } from '../support/engines.ts';
import { openShop, type Course, type Shop } from '../support/shop.ts';

type About = Partial<Parameters<typeof booking>[0]>;

describe.each(engines())('what staff decided that an order is owed, on %s', (engine) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(engine);
  });
  afterAll(() => shop.close());

  const add = async (id: string, { sku }: Course, upTo: number, wait = false) => {
    const wish = { orderId: `amelia:${id}`, sku, upTo, wait, reason: 'promised', actor: 'staff:7' };
    return valueOf(await addKeys(shop.desk.deps, wish)).status;
  };
  const tell = async (id: string, { item }: Course, about: About) =>
    (await shop.world.send(booking({ externalId: id, item, ...about }))).status;
  /** The delivery that moved the order last, or the one named, is read again. */
  const readAgain = async (id: string, course: Course, about: About, revives: boolean, of?: string) => {
    const { delivery, ...arrival } = arrivalOf(booking({ externalId: id, item: course.item, ...about }));
    const replayOf = of ?? (await shop.order(id))?.lastDeliveryId ?? '';
    const receipt = await shop.world.core.queue.submit({
      ...arrival,
      revives,
      actor: 'staff:7',
      delivery: { ...delivery, replayOf },
    });
    return receipt.status;
  };
  const lines = async (id: string) => {
    const order = await shop.order(id);
    const rows = await shop.world.store.findLines({ orderIds: [order?.id ?? 0] });
    return rows.map(({ sku, quantity }) => `${quantity} × ${sku}`);
  };
  const refill = async ({ sku }: Course, count: number) => {
    await shop.world.stock(sku, count, 1000);
    await shop.world.core.restock.fill([sku]);
  };

  const beginnings: [string, (course: Course) => Promise<{ id: string; about: About }>][] = [
    [
      'a course that sells no key',
      async ({ item }) => {
        const none = await shop.course(0);
        await shop.world.map(none.item.id, null);
        return { id: await shop.book(none, { rev: 1 }), about: { item: none.item ?? item } };
      },
    ],
    [
      'a number that a person had to look at',
      async (course) => ({
        id: await shop.book(course, { rev: 1, quantity: 99 }),
        about: { quantity: 99 },
      }),
    ],
    ['one key that was served', async (course) => ({ id: await shop.book(course, { rev: 1 }), about: {} })],
  ];

  test.each(beginnings)(
    'waits for stock, whatever is told of the booking meanwhile: %s',
    async (_, begin) => {
      const course = await shop.course(1);
      const { id, about } = await begin(course);
      expect(await add(id, course, 3, true)).toBe('waiting');
      const owed = await lines(id);
      for (const [at, status] of (['pending', 'approved', 'approved'] as const).entries())
        expect(await tell(id, course, { ...about, rev: 2 + at, status })).toBe('duplicate');
      for (const revives of [false, true])
        expect(await readAgain(id, course, { ...about, rev: 4 }, revives)).toBe('duplicate');
      expect(await shop.order(id)).toMatchObject({ status: 'waiting', granted: true, rev: 4 });
      expect(await lines(id)).toEqual(owed);
      await refill(course, 2);
      expect(await shop.order(id)).toMatchObject({ status: 'fulfilled', granted: true });
      expect(await shop.keys(id)).toHaveLength(3);
      expect(await shop.world.broken()).toEqual([]);
    },
  );

  test('is not changed by a booking that says something else now: a person is told', async () => {
    const course = await shop.course(1);
    const id = await shop.book(course, { rev: 1 });
    await add(id, course, 2, true);
    expect(await tell(id, course, { rev: 2, quantity: 5 })).toBe('attention');
    expect(await shop.order(id)).toMatchObject({ status: 'waiting', rev: 2 });
    expect(await lines(id)).toEqual([`2 × ${course.sku}`]);
    await refill(course, 5);
    expect(await shop.keys(id)).toHaveLength(2);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('ends with the booking: a cancellation cancels it, and a later approval begins anew', async () => {
    const course = await shop.course(1);
    const id = await shop.book(course, { rev: 1 });
    await add(id, course, 3, true);
    expect(await tell(id, course, { rev: 2, status: 'cancelled' })).toBe('cancelled');
    expect(await shop.order(id)).toMatchObject({ granted: false, calledOff: true });
    expect(await tell(id, course, { rev: 3 })).toBe('fulfilled');
    expect(await shop.order(id)).toMatchObject({ granted: false, calledOff: false });
    expect(await shop.keys(id)).toHaveLength(1);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('outlives the cancellation that came before it, told again or read again, and not the next one', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course, { rev: 1 });
    const off = { status: 'cancelled' } as const;
    await tell(id, course, { rev: 2, ...off });
    expect(await add(id, course, 1)).toBe('fulfilled');
    for (const revives of [false, true])
      expect(await readAgain(id, course, { rev: 2, ...off }, revives)).toBe('duplicate');
    // A newer snapshot may say more, for instance that the money went back.
    expect(await tell(id, course, { rev: 3, ...off })).toBe('attention');
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled', calledOff: true, rev: 3 });
    expect(await tell(id, course, { rev: 4 })).toBe('duplicate');
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled', calledOff: false, rev: 4 });
    expect(await tell(id, course, { rev: 5, ...off })).toBe('cancelled');
    expect(await shop.world.broken()).toEqual([]);
  });

  test('outlives it with a sender without revisions too, and when all its deliveries are read again', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course);
    const first = (await shop.order(id))?.firstDeliveryId ?? '';
    const off = { status: 'cancelled' } as const;
    await tell(id, course, off);
    const second = (await shop.order(id))?.lastDeliveryId ?? '';
    expect(await add(id, course, 1)).toBe('fulfilled');
    expect(await tell(id, course, off)).toBe('duplicate');
    expect(await readAgain(id, course, {}, false, first)).toBe('duplicate');
    expect(await readAgain(id, course, off, false, second)).toBe('duplicate');
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled', calledOff: true });
    expect(await tell(id, course, {})).toBe('duplicate');
    expect(await tell(id, course, off)).toBe('cancelled');
    expect(await shop.world.broken()).toEqual([]);
  });

  test('does not outlive a cancellation that is news: staff had cancelled it, and the booking only now', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course, { rev: 1 });
    const admin = await shop.desk.as('admin');
    await admin.orders.cancel({ orderId: `amelia:${id}`, reason: 'chargeback' });
    expect(await add(id, course, 1)).toBe('fulfilled');
    expect(await tell(id, course, { rev: 2, status: 'cancelled' })).toBe('cancelled');
    // … and where the booking was cancelled as well, it is known.
    const twice = await shop.book(course, { rev: 1 });
    await admin.orders.cancel({ orderId: `amelia:${twice}`, reason: 'chargeback' });
    await tell(twice, course, { rev: 2, status: 'cancelled' });
    expect(await add(twice, course, 1)).toBe('fulfilled');
    expect(await tell(twice, course, { rev: 3, status: 'cancelled' })).toBe('attention');
    expect(await shop.order(twice)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('is for a person when its booking is approved anew, and worth more than staff gave', async () => {
    const course = await shop.course(5);
    const id = await shop.book(course, { rev: 1, quantity: 3 });
    await tell(id, course, { rev: 2, quantity: 3, status: 'cancelled' });
    expect(await add(id, course, 1)).toBe('fulfilled');
    expect(await tell(id, course, { rev: 3, quantity: 3 })).toBe('attention');
    const [alert] = await shop.world.store.listOpenAlerts({ kind: 'conflict', beforeId: 1e9, limit: 1 });
    expect(alert).toMatchObject({ orderId: `amelia:${id}`, detail: expect.stringContaining('worth more') });
    expect(await shop.keys(id)).toHaveLength(1);
    expect(await tell(id, course, { rev: 3, quantity: 3 })).toBe('duplicate');
    // Once staff have given the rest, there is nothing to ask any more.
    expect(await add(id, course, 3)).toBe('fulfilled');
    expect(await tell(id, course, { rev: 4, quantity: 3 })).toBe('duplicate');
    expect(await shop.world.broken()).toEqual([]);
  });

  test('outlives an old cancellation that is read again after staff replayed the sale', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course);
    const first = (await shop.order(id))?.firstDeliveryId ?? '';
    const admin = await shop.desk.as('admin');
    await admin.orders.cancel({ orderId: `amelia:${id}`, reason: 'a mistake' });
    const off = { status: 'cancelled' } as const;
    await tell(id, course, off);
    expect(await readAgain(id, course, {}, true, first)).toBe('fulfilled');
    expect(await shop.order(id)).toMatchObject({ granted: true, calledOff: true, stopped: false });
    expect(await tell(id, course, off)).toBe('duplicate');
    expect(await readAgain(id, course, off, false)).toBe('duplicate');
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('does not outlive the cancellation after a no-show: the plugin had said something else', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course, { rev: 1 });
    await tell(id, course, { rev: 2, status: 'cancelled' });
    expect(await add(id, course, 1)).toBe('fulfilled');
    await tell(id, course, { rev: 3, status: 'no-show' });
    expect(await shop.order(id)).toMatchObject({ calledOff: false, rev: 3 });
    expect(await tell(id, course, { rev: 4, status: 'cancelled' })).toBe('cancelled');
    expect(await shop.world.broken()).toEqual([]);
  });
});
