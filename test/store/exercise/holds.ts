import { expect, it } from 'vitest';
import type { Verbs } from '../../../server/store/store.ts';
import type { Exercise } from './exercise.ts';
import { openTransaction } from './open-transaction.ts';
import { freeKeys, inWords, storedOrder, the } from './world.ts';

const MINUTE = 60_000;

/** An order with `count` keys on hold for `ttlMs`. */
async function heldOrder(store: Verbs, count: number, ttlMs: number) {
  const order = await storedOrder(store, { status: 'held' });
  const keys = await freeKeys(store, count);
  await store.assignKeys({
    assignments: keys.ids.map((keyId) => ({
      keyId,
      email: order.email,
      orderId: inWords(order),
      coupon: null,
      assignedAt: null,
    })),
  });
  await store.insertHolds({ holds: keys.ids.map((keyId) => ({ keyId, orderId: order.id, ttlMs })) });
  return { order, keyIds: keys.ids };
}

export function exerciseHolds({ verb, store }: Exercise): void {
  const heldKeys = async (orderId: number) =>
    (await store().findHoldsByOrder({ orderIds: [orderId] }))
      .map((hold) => hold.keyId)
      .toSorted((a, b) => a - b);

  verb('deleteHolds', () => {
    it('ends the holds of these keys and no others', async () => {
      const { order, keyIds } = await heldOrder(store(), 3, MINUTE);
      await store().deleteHolds({ keyIds: keyIds.slice(0, 2) });
      expect(await heldKeys(order.id)).toEqual(keyIds.slice(2));
    });
    it('does nothing for an empty list', async () => {
      const { order, keyIds } = await heldOrder(store(), 1, MINUTE);
      await store().deleteHolds({ keyIds: [] });
      expect(await heldKeys(order.id)).toEqual(keyIds);
    });
  });

  verb('findHoldsByOrder', () => {
    it('gives the holds of all the asked orders and of no other', async () => {
      const [one, two] = [await heldOrder(store(), 2, MINUTE), await heldOrder(store(), 1, MINUTE)];
      await heldOrder(store(), 1, MINUTE);
      const holds = await store().findHoldsByOrder({ orderIds: [one.order.id, two.order.id] });
      const pairs = holds
        .map(({ keyId, orderId }) => ({ keyId, orderId }))
        .toSorted((a, b) => a.keyId - b.keyId);
      expect(pairs).toEqual([
        ...one.keyIds.map((keyId) => ({ keyId, orderId: one.order.id })),
        ...two.keyIds.map((keyId) => ({ keyId, orderId: two.order.id })),
      ]);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findHoldsByOrder({ orderIds: [] })).toEqual([]);
    });
  });

  verb('insertHolds', () => {
    it("counts the time from the database's clock, in UTC", async () => {
      const { order } = await heldOrder(store(), 1, 90 * MINUTE);
      const [hold] = await store().findHoldsByOrder({ orderIds: [order.id] });
      // The servers of the tests share this machine's clock; a mistaken time zone would be off by half an hour or more.
      const off = the(hold).expiresAt.getTime() - (Date.now() + 90 * MINUTE);
      expect(Math.abs(off)).toBeLessThan(10 * MINUTE);
    });
    it('gives each hold its own time', async () => {
      const order = await storedOrder(store(), { status: 'held' });
      const [short, long] = (await freeKeys(store(), 2)).ids;
      const hold = (keyId: number, ttlMs: number) => ({ keyId, orderId: order.id, ttlMs });
      await store().insertHolds({ holds: [hold(the(short), MINUTE), hold(the(long), 3 * MINUTE)] });
      const times = new Map(
        (await store().findHoldsByOrder({ orderIds: [order.id] })).map((row) => [
          row.keyId,
          row.expiresAt.getTime(),
        ]),
      );
      expect(the(times.get(the(long))) - the(times.get(the(short)))).toBe(2 * MINUTE);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertHolds({ holds: [] })).resolves.toBeUndefined();
    });
  });

  verb('listExpiredHolds', () => {
    it('gives holds past their time, oldest first, and none that still run', async () => {
      const running = await heldOrder(store(), 1, MINUTE);
      const first = await heldOrder(store(), 1, 0);
      const second = await heldOrder(store(), 1, 0);
      const expired = (await store().listExpiredHolds({ limit: 10_000 })).map((hold) => hold.orderId);
      expect(expired).not.toContain(running.order.id);
      expect(expired.slice(-2)).toEqual([first.order.id, second.order.id]);
    });
    it('gives as many as asked', async () => {
      await heldOrder(store(), 3, 0);
      expect(await store().listExpiredHolds({ limit: 2 })).toHaveLength(2);
    });
    it('locks nothing', async () => {
      const { order, keyIds } = await heldOrder(store(), 1, 0);
      await openTransaction(store(), (tx) => tx.listExpiredHolds({ limit: 10_000 }));
      await store().deleteHolds({ keyIds });
      expect(await heldKeys(order.id)).toEqual([]);
    });
  });
}
