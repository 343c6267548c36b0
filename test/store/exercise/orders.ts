import { expect, it } from 'vitest';
import type { NewOrder, OrderLine, OrderRow } from '../../../server/store/rows.ts';
import { ATTENTION_REASONS, ORDER_STATUSES } from '../../../shared/statuses.ts';
import { SOURCES } from '../../../shared/booking-event.ts';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import {
  AT,
  anOrder,
  changed,
  ids,
  inKeyOrder,
  inWords,
  lookAlikes,
  storedOrder,
  storedOrders,
  storedSku,
  the,
  unique,
  uuid,
  waitingOrder,
} from './world.ts';

const RACES = 20;

export function exerciseOrders({ verb, store }: Exercise): void {
  const found = async (order: NewOrder | OrderRow) => the(await store().findOrder(order));
  const linesOf = async (...orders: OrderRow[]) => store().findLines({ orderIds: ids(orders) });
  const line = (order: OrderRow, sku: string, quantity: number): OrderLine => ({
    orderId: order.id,
    sku,
    quantity,
  });
  const bySku = (lines: OrderLine[]) => lines.toSorted((a, b) => (a.sku < b.sku ? -1 : 1));

  verb('countOrders', () => {
    it('counts orders by status, as numbers', async () => {
      const counts = async () =>
        new Map((await store().countOrders({ since: null })).map((row) => [row.status, row.count]));
      const before = await counts();
      await storedOrder(store(), { status: 'waiting' });
      await storedOrder(store(), { status: 'held' });
      const after = await counts();
      for (const status of ['waiting', 'held'] as const) {
        expect(after.get(status), status).toBe((before.get(status) ?? 0) + 1);
      }
    });
    it('counts only those made since then, that moment with it', async () => {
      const since = new Date('2040-01-01T00:00:00.500Z');
      for (const ms of [-1, 0, 1]) {
        await storedOrder(store(), { status: 'fulfilled', createdAt: new Date(since.getTime() + ms) });
      }
      expect(await store().countOrders({ since })).toEqual([{ status: 'fulfilled', count: 2 }]);
      expect(await store().countOrders({ since: new Date('2041-01-01T00:00:00.000Z') })).toEqual([]);
    });
  });

  verb('deleteOrders', () => {
    it('takes back orders of this transaction, as if they had never been', async () => {
      const [kept, gone] = inKeyOrder([anOrder(), anOrder()]);
      await store().transaction(async (tx) => {
        const rows = await storedOrders(tx, [the(kept), the(gone)]);
        await tx.deleteOrders({ ids: [the(rows[1]).id] });
      });
      expect(await store().findOrder(the(gone))).toBeNull();
      expect(await store().findOrder(the(kept))).not.toBeNull();
      await store().insertOrders({ orders: [the(gone)] });
      expect(await store().findOrder(the(gone))).not.toBeNull();
    });
    it('takes back the purchases that they answered for, and no others', async () => {
      const [kept, gone] = [await storedOrder(store()), await storedOrder(store())];
      const rows = [kept, gone].map((order) => ({
        site: '',
        source: 'amelia' as const,
        purchaseId: unique('purchase'),
        orderId: order.id,
      }));
      await store().claimPurchases({ rows });
      await store().deleteOrders({ ids: [gone.id] });
      expect(await store().findPurchases({ keys: rows })).toEqual(rows.slice(0, 1));
    });
    it('does nothing for an empty list', async () => {
      const order = await storedOrder(store());
      await store().deleteOrders({ ids: [] });
      expect(await found(order)).toEqual(order);
    });
  });

  verb('findOrder', () => {
    it('gives null for an unknown booking', async () => {
      expect(await store().findOrder({ site: '', source: 'amelia', externalId: unique('x') })).toBeNull();
    });
    it('tells apart site, plugin and booking', async () => {
      const externalId = unique('booking');
      const orders = [
        anOrder({ externalId }),
        anOrder({ externalId, site: 'second-shop' }),
        anOrder({ externalId, source: 'bookly' }),
      ];
      const rows = await storedOrders(store(), orders);
      expect(new Set(ids(rows)).size).toBe(3);
      for (const [nth, order] of orders.entries()) expect((await found(order)).id).toBe(the(rows[nth]).id);
    });
    it('tells apart bookings whose ids differ in one byte', async () => {
      const orders = lookAlikes(unique('booking')).map((externalId) => anOrder({ externalId }));
      const rows = await storedOrders(store(), orders);
      expect(new Set(ids(rows)).size).toBe(orders.length);
      for (const order of orders) expect((await found(order)).externalId).toBe(order.externalId);
    });
  });

  verb('findOrders', () => {
    it('gives exactly the asked bookings, never a mix of one and another', async () => {
      const [one, two] = [unique('booking'), unique('booking')];
      await storedOrders(store(), [
        anOrder({ site: '', externalId: one }),
        anOrder({ site: '', externalId: two }),
        anOrder({ site: 'second-shop', externalId: one }),
        anOrder({ site: 'second-shop', externalId: two }),
      ]);
      const keys = [
        { site: '', source: 'amelia', externalId: one },
        { site: 'second-shop', source: 'amelia', externalId: two },
        { site: '', source: 'amelia', externalId: unique('unknown') },
      ] as const;
      const rows = await store().findOrders({ keys: [...keys] });
      expect(rows.map(inWords).toSorted()).toEqual(keys.slice(0, 2).map(inWords).toSorted());
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findOrders({ keys: [] })).toEqual([]);
    });
  });

  verb('findOrdersById', () => {
    it('gives these orders', async () => {
      const orders = await storedOrders(store(), [anOrder(), anOrder(), anOrder()]);
      const rows = await store().findOrdersById({ ids: [...ids(orders.slice(1)), 2_000_000_000] });
      expect(rows.toSorted((a, b) => a.id - b.id)).toEqual(orders.slice(1).toSorted((a, b) => a.id - b.id));
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findOrdersById({ ids: [] })).toEqual([]);
    });
  });

  verb('findAlternates', () => {
    it("gives the order's other addresses", async () => {
      const [order, other] = await storedOrders(store(), [anOrder(), anOrder()]);
      const rows = ['b@example.test', 'ä@example.test', 'a@example.test'].map((email) => ({
        orderId: the(order).id,
        email,
      }));
      await store().insertAlternates({
        rows: [...rows, { orderId: the(other).id, email: 'c@example.test' }],
      });
      expect((await store().findAlternates({ orderId: the(order).id })).toSorted()).toEqual(
        rows.map((row) => row.email).toSorted(),
      );
    });
    it('gives nothing for an order without any', async () => {
      expect(await store().findAlternates({ orderId: (await storedOrder(store())).id })).toEqual([]);
    });
  });

  verb('findLines', () => {
    it('gives the lines of these orders and of no other', async () => {
      const [one, two, other] = await storedOrders(store(), [anOrder(), anOrder(), anOrder()]);
      const [a, b] = [await storedSku(store()), await storedSku(store())];
      const lines = [line(the(one), a, 2), line(the(one), b, 1)];
      await store().replaceLines({ orderIds: ids([the(one)]), lines });
      await store().replaceLines({ orderIds: ids([the(other)]), lines: [line(the(other), a, 9)] });
      expect(bySku(await linesOf(the(one), the(two)))).toEqual(lines);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findLines({ orderIds: [] })).toEqual([]);
    });
  });

  verb('insertAlternates', () => {
    it('does nothing for an address that is there, and keeps the new ones', async () => {
      const { id: orderId } = await storedOrder(store());
      await store().insertAlternates({ rows: [{ orderId, email: 'a@example.test' }] });
      const emails = ['a@example.test', 'ä@example.test', 'b@example.test'];
      await store().insertAlternates({ rows: emails.map((email) => ({ orderId, email })) });
      expect((await store().findAlternates({ orderId })).toSorted()).toEqual(emails.toSorted());
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertAlternates({ rows: [] })).resolves.toBeUndefined();
    });
  });

  verb('insertOrders', () => {
    it('keeps every fact', async () => {
      const full = anOrder({
        site: 'second-shop',
        source: 'bookly',
        externalId: unique('compound:ä😀'),
        status: 'attention',
        reason: 'unpaid_gateway',
        rev: 1_795_000_000_000,
        email: 'ädä@example.test',
        name: "Zoë “O'Hara” \\ 😀",
        coupon: 'SPRING 50 %',
        locale: 'de_CH_informal',
        itemKind: 'package',
        itemId: '7',
        itemName: 'Schach für Anfänger 😀',
        units: 50,
        createdAt: new Date(AT.getTime() + 1),
      });
      const bare = anOrder({
        rev: null,
        email: null,
        name: null,
        coupon: null,
        locale: null,
        units: 0,
        itemKind: null,
        itemId: null,
        itemName: null,
        status: 'ignored',
      });
      for (const order of [full, bare]) {
        await store().insertOrders({ orders: [order] });
        expect(await found(order)).toEqual({ ...order, id: expect.any(Number), updatedAt: order.createdAt });
      }
    });
    it('refuses no booking for a sign that a database cannot keep', async () => {
      const order = anOrder({ name: 'Ada\u0000 Lovelace', coupon: 'half a pair \ud83d', itemName: '\u0000' });
      await store().insertOrders({ orders: [order, anOrder({ externalId: `${unique('nul')}\u0000` })] });
      const row = await found(order);
      expect(row.name).toMatch(/^Ada. Lovelace$/s);
      await store().updateOrders({ orders: [changed(row, { name: 'Grace\u0000' })] });
      expect((await found(order)).name).toMatch(/^Grace.$/s);
    });
    it('takes every status, reason and plugin', async () => {
      const orders = [
        ...ORDER_STATUSES.map((status) => anOrder({ status })),
        ...ATTENTION_REASONS.map((reason) => anOrder({ status: 'attention', reason })),
        ...SOURCES.map((source) => anOrder({ source })),
      ];
      expect(await storedOrders(store(), orders)).toMatchObject(orders);
    });
    it('keeps the first row of a booking, and loses no new row beside it', async () => {
      const first = await storedOrder(store(), { email: 'first@example.test' });
      const batch = inKeyOrder([
        anOrder(),
        { ...anOrder({ email: 'second@example.test' }), externalId: first.externalId },
        anOrder(),
        anOrder({ site: 'second-shop', externalId: first.externalId }),
      ]);
      await store().insertOrders({ orders: batch });
      expect(await found(first)).toEqual(first);
      expect(await store().findOrders({ keys: batch })).toHaveLength(4);
    });
    it('keeps one row when a batch names a booking twice', async () => {
      const order = anOrder();
      await store().insertOrders({ orders: [order, { ...order, email: 'second@example.test' }] });
      expect((await found(order)).email).toBe(order.email);
    });
    it('makes the second of two transactions wait, and then shows it the winner', async () => {
      const order = anOrder();
      const mine = { ...order, firstDeliveryId: uuid() };
      const winner = await openTransaction(store(), (tx) => tx.insertOrders({ orders: [order] }));
      const loser = store().transaction(async (tx) => {
        await tx.insertOrders({ orders: [mine] });
        return tx.findOrder(mine);
      });
      await expectWaiting(loser, store());
      await winner.commit();
      expect((await loser)?.firstDeliveryId).toBe(order.firstDeliveryId);
    });
    it('lets the second insert when the first is rolled back', async () => {
      const order = anOrder();
      const mine = { ...order, firstDeliveryId: uuid() };
      const first = await openTransaction(store(), (tx) => tx.insertOrders({ orders: [order] }));
      const second = store().transaction(async (tx) => {
        await tx.insertOrders({ orders: [mine] });
        return tx.findOrder(mine);
      });
      await expectWaiting(second, store());
      await first.rollback();
      expect((await second)?.firstDeliveryId).toBe(mine.firstDeliveryId);
    });
    it(`survives ${RACES} races of two sorted, overlapping batches: no deadlock, no row lost, one owner a row`, async () => {
      for (let race = 0; race < RACES; race++) {
        const start = unique('race');
        const batch = (from: number, to: number) => {
          const deliveryId = uuid();
          const orders = Array.from({ length: to - from }, (_, nth) =>
            anOrder({
              externalId: `${start}-${String(from + nth).padStart(3, '0')}`,
              firstDeliveryId: deliveryId,
            }),
          );
          return { deliveryId, orders: inKeyOrder(orders) };
        };
        const batches = [batch(0, 40), batch(20, 60)];
        const seen = await Promise.all(
          batches.map(({ orders }) =>
            store().transaction(async (tx) => {
              await tx.insertOrders({ orders });
              return tx.findOrders({ keys: orders });
            }),
          ),
        );
        expect(seen.map((rows) => rows.length)).toEqual([40, 40]);
        const owners = new Map(seen.flat().map((row) => [row.externalId, row.firstDeliveryId]));
        expect(owners.size).toBe(60);
        for (const row of seen.flat()) expect(row.firstDeliveryId).toBe(owners.get(row.externalId));
      }
    });
    it('takes 2,000 orders in one call, and finds, changes and locks them in one call each', async () => {
      const orders = Array.from({ length: 2000 }, () => anOrder());
      await store().insertOrders({ orders: inKeyOrder(orders) });
      const rows = await store().findOrders({ keys: orders });
      expect(rows).toHaveLength(2000);
      await store().updateOrders({ orders: rows.map((row) => changed(row, { name: `Buyer ${row.id}` })) });
      const locked = await store().transaction((tx) => tx.lockOrders({ ids: ids(rows).toReversed() }));
      expect(ids(locked)).toEqual(ids(rows).toSorted((a, b) => a - b));
      expect(locked.every((row) => row.name === `Buyer ${row.id}`)).toBe(true);
    });
    it('says nothing of the orders when the database refuses one', async () => {
      const planted = unique('PLANTED-LICENSE-KEY');
      const refused: NewOrder[] = JSON.parse(
        JSON.stringify([{ ...anOrder({ coupon: planted }), status: null }]),
      );
      const dated = refused.map((order) => ({ ...order, createdAt: AT }));
      await expectStoreError(store().insertOrders({ orders: dated }), 'store.fault', [
        planted,
        'ada@example.test',
      ]);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertOrders({ orders: [] })).resolves.toBeUndefined();
    });
  });

  verb('replaceLines', () => {
    it('replaces all lines of the named orders, and leaves the other orders theirs', async () => {
      const [one, two, other] = await storedOrders(store(), [anOrder(), anOrder(), anOrder()]);
      const [a, b] = [await storedSku(store()), await storedSku(store())];
      for (const order of [the(one), the(two), the(other)]) {
        await store().replaceLines({ orderIds: [order.id], lines: [line(order, a, 1)] });
      }
      await store().replaceLines({ orderIds: ids([the(one), the(two)]), lines: [line(the(one), b, 3)] });
      expect(await linesOf(the(one))).toEqual([line(the(one), b, 3)]);
      expect(await linesOf(the(two))).toEqual([]);
      expect(await linesOf(the(other))).toEqual([line(the(other), a, 1)]);
    });
    it('does nothing for an empty list', async () => {
      const order = await waitingOrder(store(), await storedSku(store()));
      await store().replaceLines({ orderIds: [], lines: [] });
      expect(await linesOf(order)).toHaveLength(1);
    });
  });

  verb('lockOrders', () => {
    it('gives the orders in the order of their ids', async () => {
      const orders = await storedOrders(store(), [anOrder(), anOrder(), anOrder()]);
      const rows = await store().transaction((tx) => tx.lockOrders({ ids: ids(orders).toReversed() }));
      expect(rows).toEqual(orders.toSorted((a, b) => a.id - b.id));
    });
    it('waits for another holder, and then gives what that one wrote', async () => {
      const order = await storedOrder(store());
      const ended: string[] = [];
      const first = await openTransaction(store(), async (tx) => {
        const [row] = await tx.lockOrders({ ids: [order.id] });
        await tx.updateOrders({ orders: [changed(the(row), { status: 'fulfilled' })] });
      });
      const second = store()
        .transaction((tx) => tx.lockOrders({ ids: [order.id] }))
        .finally(() => ended.push('second'));
      await expectWaiting(second, store());
      ended.push('first commits');
      await first.commit();
      expect((await second).map((row) => row.status)).toEqual(['fulfilled']);
      expect(ended).toEqual(['first commits', 'second']);
    });
    it('does not make readers wait', async () => {
      const order = await storedOrder(store());
      await openTransaction(store(), (tx) => tx.lockOrders({ ids: [order.id] }));
      expect(await found(order)).toEqual(order);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().transaction((tx) => tx.lockOrders({ ids: [] }))).toEqual([]);
    });
  });

  verb('lockFreeOrders', () => {
    it('gives those that are still in the status', async () => {
      const orders = await storedOrders(store(), [anOrder(), anOrder({ status: 'cancelled' }), anOrder()]);
      const rows = await store().transaction((tx) =>
        tx.lockFreeOrders({ ids: ids(orders), status: 'waiting' }),
      );
      const waiting = ids(orders.filter((order) => order.status === 'waiting'));
      expect(ids(rows).toSorted((a, b) => a - b)).toEqual(waiting.toSorted((a, b) => a - b));
    });
    it('gives those of every status when none is named', async () => {
      const orders = await storedOrders(store(), [anOrder(), anOrder({ status: 'cancelled' })]);
      const rows = await store().transaction((tx) => tx.lockFreeOrders({ ids: ids(orders), status: null }));
      expect(ids(rows)).toEqual(ids(orders).toSorted((a, b) => a - b));
    });
    it('skips those that another transaction holds, and locks what it gives', async () => {
      const [held, free] = await storedOrders(store(), [anOrder(), anOrder()]);
      const lock = { ids: [the(held).id, the(free).id], status: 'waiting' as const };
      await openTransaction(store(), (tx) => tx.lockOrders({ ids: [the(held).id] }));
      const mine = await openTransaction(store(), (tx) => tx.lockFreeOrders(lock));
      expect(ids(mine.value)).toEqual([the(free).id]);
      expect(await store().transaction((tx) => tx.lockFreeOrders(lock))).toEqual([]);
    });
    it('gives nothing for an empty list', async () => {
      const rows = await store().transaction((tx) => tx.lockFreeOrders({ ids: [], status: 'waiting' }));
      expect(rows).toEqual([]);
    });
  });

  verb('listAttention', () => {
    it('gives the orders that wait for a person for this reason, oldest first, page by page', async () => {
      const afterId = (await storedOrder(store())).id;
      const orders: OrderRow[] = [];
      for (const reason of ['unmapped', 'no_email', 'unmapped', 'unmapped'] as const) {
        orders.push(await storedOrder(store(), { status: 'attention', reason }));
      }
      await storedOrder(store(), { status: 'fulfilled' });
      const unmapped = orders.filter((order) => order.reason === 'unmapped');
      const list = (after: number, limit: number) =>
        store().listAttention({ reason: 'unmapped', afterId: after, limit });
      expect(await list(afterId, 2)).toEqual(unmapped.slice(0, 2));
      expect(await list(the(unmapped[1]).id, 2)).toEqual(unmapped.slice(2));
      expect(await list(the(unmapped[2]).id, 2)).toEqual([]);
    });
  });

  verb('listOrders', () => {
    it('gives the orders in a status, oldest first, page by page', async () => {
      const before = await storedOrder(store(), { status: 'held' });
      const held = [];
      for (let nth = 0; nth < 3; nth++) {
        held.push(await storedOrder(store(), { status: 'held' }));
        await storedOrder(store(), { status: 'cancelled' });
      }
      const list = (afterId: number, limit: number) => store().listOrders({ status: 'held', afterId, limit });
      expect(await list(before.id, 9)).toEqual(held);
      expect(await list(before.id, 2)).toEqual(held.slice(0, 2));
      expect(await list(the(held[1]).id, 2)).toEqual(held.slice(2));
      expect(await list(the(held[2]).id, 2)).toEqual([]);
    });
  });

  verb('listWaiting', () => {
    it('gives the waiting orders that want the product, oldest first, page by page', async () => {
      const [sku, other] = [await storedSku(store()), await storedSku(store())];
      const waiting: OrderRow[] = [];
      for (let nth = 0; nth < 3; nth++) waiting.push(await waitingOrder(store(), sku, nth + 1));
      await waitingOrder(store(), other);
      await waitingOrder(store(), sku, 1, { status: 'fulfilled' });
      const list = (afterId: number, limit: number) => store().listWaiting({ sku, afterId, limit });
      expect(await list(0, 2)).toEqual(ids(waiting.slice(0, 2)));
      expect(await list(the(waiting[1]).id, 2)).toEqual(ids(waiting.slice(2)));
    });
  });

  verb('skusWaiting', () => {
    it('gives those of the asked products that a waiting order wants, once each', async () => {
      const skus = [await storedSku(store()), await storedSku(store()), await storedSku(store())];
      const [wanted, served, unasked] = skus.map((sku) => sku);
      for (let nth = 0; nth < 2; nth++) await waitingOrder(store(), the(wanted));
      await waitingOrder(store(), the(served), 1, { status: 'fulfilled' });
      await waitingOrder(store(), the(unasked));
      expect(await store().skusWaiting({ skus: [the(wanted), the(served)] })).toEqual([wanted]);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().skusWaiting({ skus: [] })).toEqual([]);
    });
  });

  verb('updateOrders', () => {
    it('writes all facts of each order, and touches no other', async () => {
      const [one, two, other] = await storedOrders(store(), [
        anOrder({ coupon: 'OLD' }),
        anOrder(),
        anOrder(),
      ]);
      const full = changed(the(one), {
        status: 'attention',
        reason: 'quantity',
        rev: 9,
        email: 'grace@example.test',
        name: "Grace 'Ω' 😀",
        coupon: null,
        locale: 'el',
        itemKind: 'event',
        itemId: '9',
        itemName: 'Σκάκι',
        units: 51,
        stopped: true,
        calledOff: true,
        granted: true,
        lastDeliveryId: uuid(),
        updatedAt: new Date(AT.getTime() + 12_345),
      });
      const bare = changed(the(two), {
        status: 'cancelled',
        rev: null,
        email: null,
        name: null,
        locale: null,
        units: 0,
        itemKind: null,
        itemId: null,
        itemName: null,
      });
      await store().updateOrders({ orders: [full, bare] });
      expect(await found(the(one))).toEqual({ ...the(one), ...full });
      expect(await found(the(two))).toEqual({ ...the(two), ...bare });
      expect(await found(the(other))).toEqual(the(other));
    });
    it("does not wait for a stranger's locked order", async () => {
      const [mine, theirs] = await storedOrders(store(), [anOrder(), anOrder()]);
      await openTransaction(store(), (tx) => tx.lockOrders({ ids: [the(theirs).id] }));
      await store().updateOrders({ orders: [changed(the(mine), { status: 'fulfilled' })] });
      expect((await found(the(mine))).status).toBe('fulfilled');
    });
    it('makes a changed name and address findable', async () => {
      const order = await storedOrder(store());
      const [name, email] = [unique('Renamed'), `${unique('moved')}@example.test`];
      await store().updateOrders({ orders: [changed(order, { name, email })] });
      const page = { beforeId: order.id + 1, limit: 9 };
      const nothing = { emails: [], coupons: [], names: [] };
      expect(ids(await store().lookupByWords({ ...nothing, names: [name.toUpperCase()], ...page }))).toEqual([
        order.id,
      ]);
      expect(ids(await store().lookupByWords({ ...nothing, emails: [email], ...page }))).toEqual([order.id]);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().updateOrders({ orders: [] })).resolves.toBeUndefined();
    });
  });
}
