import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import { AT, assign, freeKeys, inWords, storedOrder, storedSku, the, waitingOrder } from './world.ts';

export function exerciseStock({ verb, store }: Exercise): void {
  const levelOf = async (sku: string) =>
    the((await store().stockLevels()).find((level) => level.sku === sku));

  verb('recentAssignments', () => {
    const at = (minute: number) => new Date(AT.getTime() + minute * 60_000);

    it('gives when the newest assigned keys were assigned, as many as asked', async () => {
      const { sku, ids } = await freeKeys(store(), 8);
      const order = await storedOrder(store(), { status: 'fulfilled' });
      const facts = { email: null, orderId: inWords(order), coupon: null };
      await store().assignKeys({
        assignments: ids.slice(0, 6).map((keyId, nth) => ({ ...facts, keyId, assignedAt: at(nth) })),
      });
      // The newest of them goes on hold, and another is taken back.
      await store().assignKeys({ assignments: [{ ...facts, keyId: the(ids[5]), assignedAt: null }] });
      await store().revokeKeys({ keyIds: ids.slice(3, 4) });
      await assign(store(), (await freeKeys(store(), 1)).ids, order);
      expect(await store().recentAssignments({ sku, limit: 100 })).toEqual([at(4), at(2), at(1), at(0)]);
      expect(await store().recentAssignments({ sku, limit: 2 })).toEqual([at(4), at(2)]);
    });
    it('gives as many as asked, however many of the newest are on hold', async () => {
      const { sku, ids } = await freeKeys(store(), 12);
      const order = await storedOrder(store(), { status: 'fulfilled' });
      const facts = { email: null, orderId: inWords(order), coupon: null };
      await store().assignKeys({
        assignments: ids.map((keyId, nth) => ({
          ...facts,
          keyId,
          assignedAt: nth % 4 === 0 ? at(nth) : null,
        })),
      });
      expect(await store().recentAssignments({ sku, limit: 2 })).toEqual([at(8), at(4)]);
      expect(await store().recentAssignments({ sku, limit: 3 })).toEqual([at(8), at(4), at(0)]);
      expect(await store().recentAssignments({ sku, limit: 4 })).toEqual([at(8), at(4), at(0)]);
    });
    it('gives nothing where nothing was assigned', async () => {
      const { sku } = await freeKeys(store(), 2);
      expect(await store().recentAssignments({ sku, limit: 10 })).toEqual([]);
      expect(await store().recentAssignments({ sku: await storedSku(store()), limit: 10 })).toEqual([]);
    });
  });

  verb('stockLevels', () => {
    it('counts keys by state, and the keys that waiting orders are owed', async () => {
      const sku = await storedSku(store(), { name: 'Chess 😀', lowStock: 3 });
      const { ids } = await freeKeys(store(), 10, sku);
      await assign(store(), ids.slice(0, 4), await storedOrder(store(), { status: 'fulfilled' }));
      const held = await storedOrder(store(), { status: 'held' });
      const hold = { email: null, orderId: inWords(held), coupon: null, assignedAt: null };
      const heldIds = ids.slice(4, 6);
      await store().assignKeys({ assignments: heldIds.map((keyId) => ({ ...hold, keyId })) });
      await store().insertHolds({
        holds: heldIds.map((keyId) => ({ keyId, orderId: held.id, ttlMs: 60_000 })),
      });
      await store().revokeKeys({ keyIds: ids.slice(3, 4) });
      await waitingOrder(store(), sku, 2);
      await waitingOrder(store(), sku, 5);
      await waitingOrder(store(), sku, 9, { status: 'cancelled' });
      expect(await levelOf(sku)).toEqual({
        sku,
        name: 'Chess 😀',
        lowStock: 3,
        available: 4,
        assigned: 3,
        held: 2,
        revoked: 1,
        waiting: 7,
      });
    });
    it('counts what waiting orders lack: keys that they were given are not owed any more', async () => {
      const { sku, ids } = await freeKeys(store(), 2);
      await assign(store(), ids, await waitingOrder(store(), sku, 5));
      await waitingOrder(store(), sku, 1, { site: 'second-shop' });
      expect(await levelOf(sku)).toMatchObject({ assigned: 2, waiting: 4 });
    });
    it('shows a product without keys', async () => {
      const sku = await storedSku(store());
      expect(await levelOf(sku)).toMatchObject({
        available: 0,
        assigned: 0,
        held: 0,
        revoked: 0,
        waiting: 0,
      });
    });
  });

  verb('skusToFill', () => {
    it('gives products with a free key and a waiting order, once each', async () => {
      const both = await storedSku(store());
      const keyOnly = await storedSku(store());
      const orderOnly = await storedSku(store());
      const served = await storedSku(store());
      for (const sku of [both, keyOnly, served]) await freeKeys(store(), 2, sku);
      for (const sku of [both, both, orderOnly]) await waitingOrder(store(), sku);
      await waitingOrder(store(), served, 1, { status: 'fulfilled' });
      const mine = (await store().skusToFill()).filter((sku) =>
        [both, keyOnly, orderOnly, served].includes(sku),
      );
      expect(mine).toEqual([both]);
    });
  });
}
