import { expect, it } from 'vitest';
import { isTransient } from '../../../server/store/store-error.ts';
import type { Verbs } from '../../../server/store/store.ts';
import { deferred } from './deferred.ts';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { openTransaction } from './open-transaction.ts';
import {
  AT,
  aDelivery,
  anOrder,
  changed,
  freeKey,
  freeKeys,
  ids,
  storedOrder,
  storedOrders,
  the,
  unique,
} from './world.ts';

export function exerciseLifecycle({ verb, store, opened }: Exercise): void {
  verb('transaction', () => {
    it('gives what the work gave, and keeps what it wrote', async () => {
      const order = anOrder();
      const id = await store().transaction(async (tx) => (await storedOrders(tx, [order]))[0]?.id);
      expect((await store().findOrder(order))?.id).toBe(id);
    });
    it('knows every verb of the store', async () => {
      const { transaction, ping, close, engine, version, ...verbs } = store();
      expect([typeof transaction, typeof ping, typeof close]).toEqual(['function', 'function', 'function']);
      expect(version).toMatch(/^(MySQL|MariaDB|PostgreSQL) \d+\.\d+/);
      expect(['mysql', 'mariadb', 'postgres']).toContain(engine);
      const inside = await store().transaction(async (tx) => Object.keys(tx));
      expect(inside).toEqual(expect.arrayContaining(Object.keys(verbs)));
    });
    it('leaves nothing of a work that throws, and throws the very same error', async () => {
      const [order, key] = [anOrder(), await freeKey(store())];
      const delivery = aDelivery();
      const fault = new Error('the work failed');
      const work = store().transaction(async (tx) => {
        await tx.insertDeliveries({ deliveries: [delivery] });
        await storedOrders(tx, [order]);
        await tx.revokeKeys({ keyIds: [key.id] });
        throw fault;
      });
      expect(await work.catch((error: unknown) => error)).toBe(fault);
      expect(await store().findOrder(order)).toBeNull();
      expect(await store().findDelivery({ id: delivery.id })).toBeNull();
      expect(await store().findKey({ id: key.id })).toMatchObject({ status: 'available' });
    });
    it('shows nobody else what is not committed', async () => {
      const order = anOrder();
      const open = await openTransaction(store(), (tx) => tx.insertOrders({ orders: [order] }));
      expect(await store().findOrder(order)).toBeNull();
      expect(await open.tx.findOrder(order)).not.toBeNull();
      await open.commit();
      expect(await store().findOrder(order)).not.toBeNull();
    });
    it('runs in READ COMMITTED: a second reading sees what others have committed since the first', async () => {
      const order = await storedOrder(store());
      const reader = await openTransaction(store(), (tx) => tx.findOrder(order));
      await store().updateOrders({ orders: [changed(order, { status: 'fulfilled' })] });
      expect(reader.value?.status).toBe('waiting');
      expect((await reader.tx.findOrder(order))?.status).toBe('fulfilled');
    });
    it('tells one of two that deadlock to try again, and lets the other through', async () => {
      const [one, two] = await storedOrders(store(), [anOrder(), anOrder()]);
      const holds = [deferred<null>(), deferred<null>()];
      const crossing = (mine: number, other: number, at: 0 | 1) =>
        store().transaction(async (tx) => {
          await tx.lockOrders({ ids: [mine] });
          the(holds[at]).resolve(null);
          await Promise.all(holds.map((hold) => hold.promise));
          await tx.lockOrders({ ids: [other] });
        });
      const outcomes = await Promise.allSettled([
        crossing(the(one).id, the(two).id, 0),
        crossing(the(two).id, the(one).id, 1),
      ]);
      const faults = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(faults).toHaveLength(1);
      await expectStoreError(Promise.reject(faults[0]), 'store.transient');
      expect(isTransient(faults[0])).toBe(true);
    });
    it('gives the connection back after a failure, of the work or of the database', async () => {
      const narrow = await opened().again(1);
      const delivery = aDelivery();
      await narrow.insertDeliveries({ deliveries: [delivery] });
      for (let round = 0; round < 3; round++) {
        const failing = [
          (tx: Verbs) => tx.insertDeliveries({ deliveries: [delivery] }),
          () => Promise.reject(new Error('the work failed')),
        ];
        for (const work of failing) await expect(narrow.transaction(work)).rejects.toThrow();
      }
      expect(await narrow.transaction((tx) => tx.findOrder(anOrder()))).toBeNull();
    });
    it('makes callers queue when every connection is taken, and serves them all', async () => {
      const narrow = await opened().again(2);
      const order = await storedOrder(narrow);
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => narrow.transaction((tx) => tx.findOrder(order))),
      );
      expect(answers.every((row) => row?.id === order.id)).toBe(true);
    });
    it('keeps instants to the millisecond, whatever time zone the process is in', async () => {
      const instants = [
        '1970-01-02T00:00:00.001Z',
        '2026-03-08T07:30:00.250Z', // New York skips 02:00 to 03:00 on this day …
        '2026-11-01T05:30:00.500Z', // … and lives through 01:30 twice on this one.
        '2026-11-01T06:30:00.500Z',
        '2026-12-31T23:59:59.999Z',
        '2038-01-19T03:14:08.000Z',
      ].map((text) => new Date(text));
      const before = process.env['TZ'];
      try {
        for (const createdAt of instants) {
          process.env['TZ'] = 'America/New_York';
          const order = await storedOrder(store(), { createdAt });
          const key = await freeKey(store());
          await store().assignKeys({
            assignments: [
              { keyId: key.id, email: null, orderId: 'amelia:1', coupon: null, assignedAt: createdAt },
            ],
          });
          process.env['TZ'] = 'Asia/Kolkata';
          expect((await store().findOrder(order))?.createdAt.toISOString()).toBe(createdAt.toISOString());
          expect((await store().findKey({ id: key.id }))?.assignedAt?.toISOString()).toBe(
            createdAt.toISOString(),
          );
        }
      } finally {
        if (before === undefined) delete process.env['TZ'];
        else process.env['TZ'] = before;
      }
    });
    it('gives numbers as numbers and dates as dates, at the top level and inside', async () => {
      const { sku } = await freeKeys(store(), 1);
      const order = await storedOrder(store());
      for (const verbs of [store(), (await openTransaction(store(), async () => null)).tx]) {
        const row = the(await verbs.findOrder(order));
        expect([row.id, row.rev, row.units].map((value) => typeof value)).toEqual([
          'number',
          'number',
          'number',
        ]);
        expect(row.createdAt).toBeInstanceOf(Date);
        expect(row.createdAt).toEqual(AT);
        expect(await verbs.countAvailable({ skus: [sku] })).toEqual([{ sku, available: 1 }]);
      }
    });
    it('never says what was in a statement, deep inside a transaction too', async () => {
      const planted = unique('PLANTED-LICENSE-KEY');
      const delivery = aDelivery({ headers: { 'x-note': planted }, flag: planted });
      const work = store().transaction(async (tx) => {
        await tx.insertDeliveries({ deliveries: [delivery] });
        await tx.insertDeliveries({ deliveries: [delivery] });
      });
      const error = await expectStoreError(work, 'store.duplicate', [planted]);
      expect(error.message).toContain('insertDeliveries');
    });
  });

  verb('ping', () => {
    it('answers while the server is there', async () => {
      await expect(store().ping()).resolves.toBeUndefined();
    });
  });

  verb('close', () => {
    it('ends every connection, and later verbs fail in our words', async () => {
      const second = await opened().again(3);
      const order = await storedOrder(second);
      await second.close();
      await expectStoreError(second.findOrder(order), ['store.unavailable', 'store.lost', 'store.fault']);
      await expectStoreError(
        second.transaction(async () => null),
        ['store.unavailable', 'store.lost', 'store.fault'],
      );
      expect(ids([the(await store().findOrder(order))])).toEqual([order.id]);
    });
    it('may be called twice', async () => {
      const second = await opened().again(1);
      await second.close();
      await expect(second.close()).resolves.toBeUndefined();
    });
  });
}
