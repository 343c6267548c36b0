import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import { assign, freeKeys, inWords, storedOrder, storedSku, the, waitingOrder } from './world.ts';

export function exerciseStock({ verb, store }: Exercise): void {
  const levelOf = async (sku: string) =>
    the((await store().stockLevels()).find((level) => level.sku === sku));

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
