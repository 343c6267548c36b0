import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../server/log.ts';
import { releaseExpiredHolds } from '../../server/orders/release-holds.ts';
import { ALERT_KINDS } from '../../server/store/rows.ts';
import type { Store } from '../../server/store/store.ts';
import { systemTimers } from '../../server/timers.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

describe.each(engines())('shortage and restock on %s', (engine) => {
  let world: World;
  let next = 0;
  const id = () => String((next += 1));
  const freshCourse = async (
    stock: number,
  ): Promise<{ sku: string; item: { kind: 'service'; id: string; name: null } }> => {
    const course = id();
    const sku = `COURSE-${course}`;
    await world.map(course, sku);
    await world.stock(sku, stock);
    return { sku, item: { kind: 'service', id: course, name: null } };
  };
  const restock = async (sku: string, count: number, from: number, core = world.core) => {
    await world.stock(sku, count, from);
    return core.restock.fill([sku]);
  };
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());

  it('sold out is 200 waiting with an urgent mail, and stock fills it by itself, oldest first', async () => {
    const { sku, item } = await freshCourse(1);
    const orders = [id(), id(), id()];
    for (const externalId of orders) await world.send(booking({ externalId, item }));
    const words = await Promise.all(
      orders.map(async (externalId) => (await world.order(externalId))?.status),
    );
    expect(words).toEqual(['fulfilled', 'waiting', 'waiting']);
    await world.core.idle();
    const urgent = await world.store.transaction((tx) => tx.lockDueMessages({ priority: 0, limit: 10 }));
    expect(urgent).toMatchObject([{ kind: 'admin_urgent', recipient: 'admin@example.test' }]);

    expect(await restock(sku, 1, 2)).toEqual([`amelia:${orders[1]}`]);
    expect(await world.order(orders[2] ?? '')).toMatchObject({ status: 'waiting' });
    expect(await restock(sku, 1, 3)).toEqual([`amelia:${orders[2]}`]);
    expect(await world.mailsOf(orders[2] ?? '')).toMatchObject([
      { kind: 'key_waiting', status: 'withdrawn' },
      { kind: 'key', status: 'queued' },
    ]);
  });

  it('a new order queues behind one that waits, and an order too big for the stock is passed over, audited', async () => {
    const { sku, item } = await freshCourse(0);
    const [big, small, late] = [id(), id(), id()];
    await world.send(booking({ externalId: big, item, quantity: 3 }));
    await world.send(booking({ externalId: small, item }));
    await world.stock(sku, 1);
    // The key is there, but `small` came first: the newcomer waits, and the filler serves in order.
    expect((await world.send(booking({ externalId: late, item }))).status).toBe('waiting');
    expect(await world.order(small)).toMatchObject({ status: 'fulfilled' });
    const order = await world.order(big);
    const trail = await world.store.findAudit({ subject: `order:${order?.id}` });
    expect(trail.map((line) => line.action)).toContain('order.passed_over');
    expect(await restock(sku, 4, 10)).toEqual([`amelia:${big}`, `amelia:${late}`]);
  });

  it('all keys locked by another transaction is not sold out: the buyer waits a moment and is served', async () => {
    const { sku, item } = await freshCourse(3);
    const locked = deferred();
    const mayEnd = deferred();
    const other = world.store.transaction(async (tx) => {
      await tx.claimKeys({ sku, limit: 3, afterId: 0 });
      locked.resolve();
      await mayEnd.promise;
    });
    await locked.promise;
    const externalId = id();
    const receipt = world.send(booking({ externalId, item }));
    // Let it look at least once while every key is locked, by waiting for another order of the same batch queue.
    const elsewhere = await freshCourse(1);
    await world.send(booking({ externalId: id(), item: elsewhere.item }));
    mayEnd.resolve();
    await other;
    expect((await receipt).status).toBe('fulfilled');
  });

  it('keys locked for longer than a sender waits are a debt, never a 5xx, and are filled when they come free', async () => {
    const { sku, item } = await freshCourse(2);
    const locked = deferred();
    const mayEnd = deferred();
    const other = world.store.transaction(async (tx) => {
      await tx.claimKeys({ sku, limit: 2, afterId: 0 });
      locked.resolve();
      await mayEnd.promise;
    });
    await locked.promise;
    const externalId = id();
    expect((await world.send(booking({ externalId, item }))).status).toBe('waiting');
    mayEnd.resolve();
    await other;
    await world.core.fillAll();
    expect(await world.order(externalId)).toMatchObject({ status: 'fulfilled' });
  });

  it(
    'two hundred rounds of restock racing a shortage leave no order waiting beside stock',
    { timeout: 240_000 },
    async () => {
      const second = await world.second();
      const { sku, item } = await freshCourse(0);
      for (let round = 0; round < 200; round += 1) {
        const externalId = id();
        const core = round % 2 === 0 ? world.core : second.core;
        await Promise.all([
          world.send(booking({ externalId, item }), { core: second.core }),
          restock(sku, 1, round + 1, core),
        ]);
        const [stock] = await world.store.countAvailable({ skus: [sku] });
        const order = await world.order(externalId);
        expect({ round, status: order?.status, free: stock?.available }).toEqual({
          round,
          status: 'fulfilled',
          free: 0,
        });
      }
    },
  );

  it('a crash between commit and look is repaired by the minute job', async () => {
    const { sku, item } = await freshCourse(0);
    const externalId = id();
    await world.send(booking({ externalId, item }));
    await world.stock(sku, 1);
    expect(await world.order(externalId)).toMatchObject({ status: 'waiting' });
    expect(await world.core.fillAll()).toContain(`amelia:${externalId}`);
  });

  it('several fillers at once serve every waiting order once, oldest first', async () => {
    const second = await world.second();
    const { sku, item } = await freshCourse(0);
    const orders = Array.from({ length: 60 }, id);
    await Promise.all(orders.map((externalId) => world.send(booking({ externalId, item }))));
    await world.stock(sku, 40);
    const fill = (core: typeof world.core) => core.restock.fill([sku]);
    await Promise.all([world.core, second.core, world.core, second.core].map(fill));
    const rows = await Promise.all(orders.map((externalId) => world.order(externalId)));
    const byAge = rows.flatMap((row) => (row ? [row] : [])).sort((a, b) => a.id - b.id);
    expect(byAge.slice(0, 40).every((row) => row.status === 'fulfilled')).toBe(true);
    expect(byAge.slice(40).every((row) => row.status === 'waiting')).toBe(true);
  });

  it('many shortages at once are one urgent mail now and one digest later, naming every order', async () => {
    const own = await openWorld(engine);
    await own.map('1', 'GONE');
    await own.stock('GONE', 0);
    const orders = Array.from({ length: 300 }, (_, index) => String(index + 1));
    await Promise.all(orders.map((externalId) => own.send(booking({ externalId }))));
    await own.core.idle();
    const urgent = () => own.store.transaction((tx) => tx.lockDueMessages({ priority: 0, limit: 100 }));
    const first = await urgent();
    expect(first).toHaveLength(1);
    // Not before the cooldown is over, by the database's clock: the cooldown is asked for with no time to wait.
    await own.core.tellAlerts();
    expect(await urgent()).toHaveLength(1);
    const told = await own.store.findAlertsByMessage({ messageId: first[0]?.id ?? '' });
    const untold = await own.store.transaction((tx) =>
      tx.lockUntoldAlerts({ kinds: ALERT_KINDS, limit: 1000 }),
    );
    const named = new Set([...told, ...untold].map((alert) => alert.orderId));
    expect(named.size).toBe(300);
    await own.close();
  });

  it('holds that run out give their keys back, to whoever waits', async () => {
    const { sku, item } = await freshCourse(1);
    const [pending, waiting] = [id(), id()];
    await world.send(booking({ externalId: pending, item, status: 'pending' }));
    await world.send(booking({ externalId: waiting, item }));
    expect(await world.order(waiting)).toMatchObject({ status: 'waiting' });
    const [key] = await world.keysOf(pending);
    await world.store.transaction(async (tx) => {
      const order = await tx.findOrder({ site: '', source: 'amelia', externalId: pending });
      await tx.deleteHolds({ keyIds: [key?.id ?? 0] });
      await tx.insertHolds({ holds: [{ keyId: key?.id ?? 0, orderId: order?.id ?? 0, ttlMs: -1000 }] });
    });
    await world.core.releaseHolds();
    expect(await world.order(pending)).toMatchObject({ status: 'held' });
    expect(await world.order(waiting)).toMatchObject({ status: 'fulfilled' });
    expect(await world.keysOf(waiting)).toMatchObject([{ id: key?.id, productSku: sku }]);
  });

  it('the hourly check names every product under its threshold, zero stock too, in one mail', async () => {
    const own = await openWorld(engine);
    await own.stock('EMPTY', 0);
    await own.stock('FEW', 9);
    await own.stock('PLENTY', 10);
    expect(await own.core.checkStock()).toEqual(['EMPTY', 'FEW']);
    const urgent = await own.store.transaction((tx) => tx.lockDueMessages({ priority: 0, limit: 100 }));
    expect(urgent).toMatchObject([{ kind: 'admin_low_stock' }]);
    await own.close();
  });

  it('a filler that finds nothing to fill does nothing', async () => {
    const { sku } = await freshCourse(2);
    expect(await world.core.restock.fill([sku])).toEqual([]);
  });

  describe('holds that have run out', () => {
    const key = (externalId: string) => ({ site: '', source: 'amelia' as const, externalId });
    const lapse = async (externalId: string) => {
      const order = await world.order(externalId);
      const keys = await world.keysOf(externalId);
      await world.store.transaction(async (tx) => {
        await tx.deleteHolds({ keyIds: keys.map(({ id: keyId }) => keyId) });
        await tx.insertHolds({
          holds: keys.map(({ id: keyId }) => ({ keyId, orderId: order?.id ?? 0, ttlMs: -1000 })),
        });
      });
    };
    const deps = (store: Store) => ({
      store,
      clock: { now: () => new Date() },
      log: silentLog,
      timers: systemTimers,
      random: Math.random,
    });

    it('let a key alone that changed hands between the list and the locks', async () => {
      const { sku, item } = await freshCourse(1);
      const [first, second] = [id(), id()];
      await world.send(booking({ externalId: first, item, status: 'pending' }));
      await lapse(first);
      const meddle = async () => {
        await world.send(booking({ externalId: first, item, status: 'cancelled' }));
        await world.core.idle();
        await world.send(booking({ externalId: second, item, status: 'pending' }));
      };
      let meddled: Promise<void> | null = null;
      const store: Store = {
        ...world.store,
        transaction: (work) =>
          world.store.transaction((tx) =>
            work({
              ...tx,
              async listExpiredHolds(q) {
                const listed = await tx.listExpiredHolds(q);
                await (meddled ??= meddle());
                return listed;
              },
            }),
          ),
      };
      expect(await releaseExpiredHolds(deps(store))).toEqual([]);
      const order = await world.store.findOrder(key(second));
      expect(await world.keysOf(second)).toMatchObject([{ productSku: sku, assignedAt: null }]);
      const holds = await world.store.findHoldsByOrder({ orderIds: [order?.id ?? 0] });
      expect(holds).toHaveLength(1);
      expect(await world.broken()).toEqual([]);
    });

    it('all go back in one run, however many they are, and every product is told', async () => {
      const courses = [await freshCourse(150), await freshCourse(150)];
      for (const { item } of courses) {
        for (const externalId of [id(), id(), id()]) {
          await world.send(booking({ externalId, item, quantity: 50, status: 'pending' }));
          await lapse(externalId);
        }
      }
      const skus = courses.map(({ sku }) => sku);
      const freed = await releaseExpiredHolds(deps(world.store));
      expect(freed.sort()).toEqual(skus.sort());
      const stock = await world.store.countAvailable({ skus });
      expect(stock.map(({ available }) => available)).toEqual([150, 150]);
    });
  });

  it('an order that is passed over at every look has one line about it', async () => {
    const { sku, item } = await freshCourse(0);
    const big = id();
    await world.send(booking({ externalId: big, item, quantity: 40 }));
    for (let round = 1; round <= 5; round += 1) {
      const small = id();
      await world.send(booking({ externalId: small, item }));
      expect(await restock(sku, 1, round)).toContain(`amelia:${small}`);
    }
    const order = await world.order(big);
    const trail = await world.store.findAudit({ subject: `order:${order?.id}` });
    expect(trail.filter((line) => line.action === 'order.passed_over')).toHaveLength(1);
  });

  it('keeps every promise in the database after all of this', async () => {
    await world.core.idle();
    expect(await world.broken()).toEqual([]);
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
