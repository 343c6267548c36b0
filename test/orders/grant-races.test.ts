import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Result } from '../../server/errors.ts';
import { revokeKey } from '../../server/keys/revoke.ts';
import { addKeys } from '../../server/orders/add-keys.ts';
import type { Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { openRaces } from '../support/races.ts';
import { openShop, type Course, type Shop } from '../support/shop.ts';
import { booking } from '../support/world.ts';

const said = (answer: Result<unknown>) => (answer.ok ? 'done' : answer.fault.code);

describe.each(engines())(
  'staff promise keys that are still to come, and another acts at once, on %s',
  (engine) => {
    let shop: Shop;
    beforeAll(async () => {
      shop = await openShop(engine);
    });
    afterAll(() => shop.close());

    const by = { reason: 'a story', actor: 'staff:7' };
    const promise = (desk: Desk, id: string, { sku }: Course, upTo: number) =>
      addKeys(desk.deps, { orderId: `amelia:${id}`, sku, upTo, wait: true, ...by });
    const elsewhere = (id: string, { item }: Course, about: Partial<Parameters<typeof booking>[0]>) =>
      shop.world.send(booking({ externalId: id, item, ...about }), { core: shop.otherCore });
    const refill = async ({ sku }: Course, count: number) => {
      await shop.world.stock(sku, count, 1000);
      await shop.world.core.restock.fill([sku]);
    };
    const { both, rounds } = openRaces(() => shop);

    test.each(['pending', 'approved'] as const)(
      'a served booking is told again, %s: the promise is kept',
      async (status) => {
        await rounds(1, async (course, round) => {
          const id = await shop.book(course, { rev: 1 });
          const [answer] = await both(
            round,
            () => promise(shop.desk, id, course, 3),
            () => elsewhere(id, course, { rev: 2, status }),
          );
          expect(said(answer)).toBe('done');
          expect(await shop.order(id)).toMatchObject({ status: 'waiting', granted: true, rev: 2 });
          await refill(course, 2);
          expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' });
          expect(await shop.keys(id)).toHaveLength(3);
        });
      },
    );

    test('a booking that a person had to look at is told again: the promise is kept', async () => {
      await rounds(0, async (course, round) => {
        const id = await shop.book(course, { rev: 1, quantity: 99 });
        const [answer] = await both(
          round,
          () => promise(shop.desk, id, course, 2),
          () => elsewhere(id, course, { rev: 2, quantity: 99 }),
        );
        expect(said(answer)).toBe('done');
        expect(await shop.order(id)).toMatchObject({ status: 'waiting', granted: true, rev: 2 });
        await refill(course, 3);
        expect(await shop.keys(id)).toHaveLength(2);
        expect(await shop.free(course.sku)).toBe(1);
      });
    });

    test('its booking is cancelled: who came last has the word, and nothing is lost', async () => {
      await rounds(1, async (course, round) => {
        const id = await shop.book(course, { rev: 1 });
        const [answer] = await both(
          round,
          () => promise(shop.desk, id, course, 2),
          () => elsewhere(id, course, { rev: 2, status: 'cancelled' }),
        );
        expect(said(answer)).toBe('done');
        const order = await shop.order(id);
        const last = (await shop.trail(id)).at(-1)?.toStatus;
        expect(order?.status).toBe(last);
        if (last === 'cancelled') expect(order).toMatchObject({ granted: false });
        // Cancelled first, the order had given its key back; it waits for both.
        else expect(order).toMatchObject({ granted: true, calledOff: true });
        await refill(course, 2);
        const keys = await shop.keys(id);
        expect(keys).toHaveLength(last === 'cancelled' ? 0 : 2);
        expect(keys.length + (await shop.free(course.sku))).toBe(3);
      });
    });

    test('another member promises the same: one debt, and the second is told that it waits', async () => {
      await rounds(0, async (course, round) => {
        const id = await shop.book(course, { rev: 1, quantity: 99 });
        const answers = await both(
          round,
          () => promise(shop.desk, id, course, 2),
          () => promise(shop.other, id, course, 2),
        );
        expect(answers.map(said).sort()).toEqual(['done', 'order.waiting']);
        await refill(course, 3);
        expect(await shop.keys(id)).toHaveLength(2);
      });
    });

    test('a key is revoked while stock comes: one live key where two were promised, in either order', async () => {
      await rounds(1, async (course, round) => {
        const id = await shop.book(course);
        await promise(shop.desk, id, course, 2);
        const [key] = await shop.keys(id);
        await shop.world.stock(course.sku, 2, 1000);
        const [answer] = await both(
          round,
          () => revokeKey(shop.desk.deps, { keyId: key?.id ?? 0, ...by }),
          () => shop.otherCore.restock.fill([course.sku]),
        );
        expect(said(answer)).toBe('done');
        await shop.world.core.restock.fill([course.sku]);
        expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' });
        expect(await shop.keys(id)).toHaveLength(1);
        expect(await shop.free(course.sku)).toBe(1);
      });
    });
  },
);
