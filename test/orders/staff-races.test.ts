import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Result } from '../../server/errors.ts';
import { newUuid } from '../../server/ids.ts';
import { giveWithoutOrder } from '../../server/keys/give.ts';
import { replaceKey } from '../../server/keys/replace.ts';
import { revokeKey } from '../../server/keys/revoke.ts';
import { addKeys } from '../../server/orders/add-keys.ts';
import { cancelOrder } from '../../server/orders/cancel.ts';
import { correctOrder } from '../../server/orders/correct.ts';
import { resendOrder } from '../../server/orders/resend.ts';
import type { Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { openRaces } from '../support/races.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { booking } from '../support/world.ts';

/** `done`, or the code of the refusal. */
const said = (answer: Result<unknown>) => (answer.ok ? 'done' : answer.fault.code);

describe.each(engines())('two at once on one order, on %s', (engine) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(engine);
  });
  afterAll(() => shop.close());

  const by = { reason: 'a story', actor: 'staff:7' };
  const replace = (desk: Desk, keyId: number) => replaceKey(desk.deps, { keyId, ...by });
  const revoke = (desk: Desk, keyId: number) => revokeKey(desk.deps, { keyId, mayTakeStock: true, ...by });
  const cancel = (desk: Desk, id: string) => cancelOrder(desk.deps, { orderId: `amelia:${id}`, ...by });
  const add = (desk: Desk, id: string, sku: string, upTo: number) =>
    addKeys(desk.deps, { orderId: `amelia:${id}`, sku, upTo, ...by });
  const keyOf = async (id: string) => (await shop.keys(id))[0]?.id ?? 0;
  const elsewhere = (event: Parameters<typeof booking>[0]) =>
    shop.world.send(booking(event), { core: shop.otherCore });
  const openMails = async (id: string) =>
    (await shop.keyMails(id)).filter(({ status }) => status === 'queued').length;
  const actions = async (id: string) => (await shop.trail(id)).map(({ action }) => action);
  const count = (words: string[], word: string) => words.filter((one) => one === word).length;

  const { both, rounds } = openRaces(() => shop);

  test('replacing the same key: one does, the other is told that it is gone', async () => {
    await rounds(4, async (course, round) => {
      const id = await shop.book(course);
      const keyId = await keyOf(id);
      const answers = await both(
        round,
        () => replace(shop.desk, keyId),
        () => replace(shop.other, keyId),
      );
      expect(answers.map(said).sort()).toEqual(['done', 'key.not_live']);
      expect(await shop.keys(id)).toHaveLength(1);
      expect(await shop.keys(id, 'revoked')).toHaveLength(1);
      expect(await shop.free(course.sku)).toBe(2);
      expect(await openMails(id)).toBe(1);
      expect(count(await actions(id), 'order.key_replaced')).toBe(1);
    });
  });

  test('a replacement and a resend: both are done, and only the new key is mailed', async () => {
    await rounds(2, async (course, round) => {
      const id = await shop.book(course);
      const keyId = await keyOf(id);
      const answers = await both(
        round,
        () => replace(shop.desk, keyId),
        () => resendOrder(shop.other.deps, { orderId: `amelia:${id}`, ...by }),
      );
      expect(answers.map(said)).toEqual(['done', 'done']);
      expect(await shop.keys(id)).toHaveLength(1);
      expect(await shop.free(course.sku)).toBe(0);
      const told = await actions(id);
      expect(told.slice(1).sort()).toEqual(['order.key_replaced', 'order.resent']);
      // A resend that came first is overtaken by the mail of the replacement.
      expect(await openMails(id)).toBe(told.at(-1) === 'order.resent' ? 2 : 1);
    });
  });

  test.each(['the booking', 'staff'])(
    'a replacement and a cancellation by %s: the order ends cancelled',
    async (who) => {
      await rounds(3, async (course, round) => {
        const id = await shop.book(course, { rev: 1 });
        await shop.deliver(id);
        const keyId = await keyOf(id);
        const [answer] = await both(
          round,
          () => replace(shop.desk, keyId),
          () =>
            who === 'staff'
              ? cancel(shop.other, id).then(said)
              : elsewhere({ externalId: id, item: course.item, rev: 2, status: 'cancelled' }).then(
                  (one) => one.status,
                ),
        );
        expect(await shop.order(id)).toMatchObject({ status: 'cancelled', stopped: who === 'staff' });
        // Its key was mailed, so what it had last stays with it.
        expect(await shop.keys(id)).toHaveLength(1);
        expect(['done', 'key.order_not_fulfilled']).toContain(said(answer));
        expect(await shop.keys(id, 'revoked')).toHaveLength(answer.ok ? 1 : 0);
        expect(await shop.free(course.sku)).toBe(answer.ok ? 1 : 2);
        expect(count(await actions(id), 'order.cancelled')).toBe(1);
      });
    },
  );

  test('both want the order to have two keys: it has two, and the second is told so', async () => {
    await rounds(5, async (course, round) => {
      const id = await shop.book(course);
      const answers = await both(
        round,
        () => add(shop.desk, id, course.sku, 2),
        () => add(shop.other, id, course.sku, 2),
      );
      expect(answers.map(said).sort()).toEqual(['done', 'order.has_keys']);
      expect(await shop.keys(id)).toHaveLength(2);
      expect(await shop.free(course.sku)).toBe(3);
      expect(await openMails(id)).toBe(1);
      expect(await actions(id)).toEqual(['order.fulfilled', 'order.keys_added']);
    });
  });

  test('staff add a key while the booking is told again, or cancelled', async () => {
    await rounds(4, async (course, round) => {
      const id = await shop.book(course, { rev: 1 });
      await shop.deliver(id);
      const status = round % 4 < 2 ? 'approved' : 'cancelled';
      const [answer] = await both(
        round,
        () => add(shop.desk, id, course.sku, 2),
        () => elsewhere({ externalId: id, item: course.item, rev: 2, status }),
      );
      // A cancelled order that is given keys is set going; whichever came last has the word.
      expect(said(answer)).toBe('done');
      expect(await shop.keys(id)).toHaveLength(2);
      expect(await shop.free(course.sku)).toBe(2);
      const last = (await actions(id)).at(-1);
      const ends = last === 'order.cancelled' ? 'cancelled' : 'fulfilled';
      expect(await shop.order(id)).toMatchObject({ status: ends, rev: 2 });
      expect(count(await actions(id), 'order.keys_added')).toBe(1);
      expect(count(await actions(id), 'order.cancelled')).toBe(status === 'cancelled' ? 1 : 0);
    });
  });

  test('one request to give a key, on two replicas: one order, one key, one mail', async () => {
    await rounds(5, async (course) => {
      const wish = { sku: course.sku, quantity: 1, email: 'press@example.test', requestId: newUuid(), ...by };
      const answers = await Promise.all([
        giveWithoutOrder(shop.desk.deps, wish),
        giveWithoutOrder(shop.other.deps, wish),
        giveWithoutOrder(shop.desk.deps, wish),
      ]);
      const values = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
      expect(values).toHaveLength(3);
      expect(new Set(values.map((value) => JSON.stringify(value))).size).toBe(1);
      const id = values[0]?.orderId ?? '';
      expect(await shop.keys(id)).toHaveLength(1);
      expect(await shop.keyMails(id)).toHaveLength(1);
      expect(await actions(id)).toEqual(['order.fulfilled']);
      expect(await shop.free(course.sku)).toBe(4);
    });
  });

  test('one request to give the last key, and another: one is served, one refused, nothing is left behind', async () => {
    await rounds(1, async (course) => {
      const wish = () => ({
        sku: course.sku,
        quantity: 1,
        email: 'press@example.test',
        requestId: newUuid(),
        ...by,
      });
      const answers = await Promise.all([
        giveWithoutOrder(shop.desk.deps, wish()),
        giveWithoutOrder(shop.other.deps, wish()),
      ]);
      expect(answers.map(said).sort()).toEqual(['done', 'stock.short']);
      expect(await shop.free(course.sku)).toBe(0);
    });
  });

  test('both cancel: one does, for the other it is a duplicate, and the key goes back once', async () => {
    await rounds(1, async (course, round) => {
      const id = await shop.book(course);
      const answers = await both(
        round,
        () => cancel(shop.desk, id),
        () => cancel(shop.other, id),
      );
      expect(answers.map((answer) => (answer.ok ? answer.value.status : said(answer))).sort()).toEqual([
        'cancelled',
        'duplicate',
      ]);
      expect(await actions(id)).toEqual(['order.fulfilled', 'order.cancelled']);
      expect(await shop.order(id)).toMatchObject({ stopped: true });
      expect(await shop.free(course.sku)).toBe(1);
    });
  });

  test('staff cancel while a newer revision approves: never set going again, and a person is told if it came later', async () => {
    await rounds(2, async (course, round) => {
      const id = await shop.book(course, { rev: 1, ...(round % 4 < 2 && { status: 'pending' as const }) });
      const [, receipt] = await both(
        round,
        () => cancel(shop.desk, id),
        () => elsewhere({ externalId: id, item: course.item, rev: 2 }),
      );
      expect(await shop.order(id)).toMatchObject({ status: 'cancelled', stopped: true, rev: 2 });
      const conflicts = await shop.world.store.listOpenAlerts({
        kind: 'conflict',
        beforeId: 1e9,
        limit: 500,
      });
      const told = conflicts.filter(({ orderId }) => orderId === `amelia:${id}`).length;
      expect(told).toBe(receipt.status === 'attention' ? 1 : 0);
      expect(await shop.keys(id)).toHaveLength(0);
      expect(await shop.free(course.sku)).toBe(2);
      expect(count(await actions(id), 'order.cancelled')).toBe(1);
    });
  });

  test('staff cancel an order that a filler serves: it has no key in the end, and none is lost', async () => {
    await rounds(0, async (course, round) => {
      const [id, next] = [await shop.book(course), await shop.book(course)];
      await shop.world.stock(course.sku, 1);
      const [answer] = await both(
        round,
        () => cancel(shop.desk, id),
        () => shop.otherCore.restock.fill([course.sku]),
      );
      expect(said(answer)).toBe('done');
      expect(await shop.order(id)).toMatchObject({ status: 'cancelled', stopped: true });
      expect(await shop.keys(id)).toHaveLength(0);
      expect(await openMails(id)).toBe(0);
      await shop.world.core.fillAll();
      expect(await shop.order(next)).toMatchObject({ status: 'fulfilled' });
      expect(await shop.free(course.sku)).toBe(0);
    });
  });

  test('staff correct the address while the booking is sold: one key, and it goes to the corrected address', async () => {
    await rounds(2, async (course, round) => {
      const id = await shop.book(course, { rev: 1, status: 'pending' });
      const [answer] = await both(
        round,
        () => correctOrder(shop.desk.deps, { orderId: `amelia:${id}`, email: 'right@example.test', ...by }),
        () => elsewhere({ externalId: id, item: course.item, rev: 2 }),
      );
      expect(said(answer)).toBe('done');
      expect(await shop.order(id)).toMatchObject({ status: 'fulfilled', email: 'right@example.test' });
      expect(await shop.keys(id)).toMatchObject([{ assignedToEmail: 'right@example.test' }]);
      const open = (await shop.keyMails(id)).filter(({ status }) => status === 'queued');
      expect(open).toMatchObject([{ recipient: 'right@example.test' }]);
      expect(await shop.free(course.sku)).toBe(1);
    });
  });

  test('one revokes a key, one replaces it: the first does, the second is told', async () => {
    await rounds(2, async (course, round) => {
      const id = await shop.book(course);
      const keyId = await keyOf(id);
      const answers = await both(
        round,
        () => revoke(shop.desk, keyId),
        () => replace(shop.other, keyId),
      );
      expect(answers.map(said).sort()).toEqual(['done', 'key.not_live']);
      expect(await shop.keys(id)).toHaveLength(answers[1].ok ? 1 : 0);
      expect(await shop.free(course.sku)).toBe(answers[1].ok ? 0 : 1);
      expect((await actions(id)).slice(1)).toEqual([
        answers[1].ok ? 'order.key_replaced' : 'order.key_revoked',
      ]);
    });
  });

  test('a free key is revoked in a rush: out of stock for good, or sold and then taken from its buyer', async () => {
    await rounds(6, async (course, round) => {
      const bad = await shop.world.store.transaction((tx) =>
        tx.claimKeys({ sku: course.sku, limit: 3, afterId: 0 }),
      );
      const keyId = bad[round % 3]?.id ?? 0;
      const buyers = Array.from({ length: 6 }, () => newUuid());
      const [answer] = await Promise.all([
        revoke(shop.desk, keyId),
        ...buyers.map((externalId) => elsewhere({ externalId, item: course.item })),
      ]);
      expect(said(answer)).toBe('done');
      const key = await shop.world.store.findKey({ id: keyId });
      expect(key?.status).toBe('revoked');
      const live = await Promise.all(buyers.map((id) => shop.keys(id)));
      const all = live.flat().map(({ id }) => id);
      expect(new Set(all).size).toBe(5);
      expect(all).not.toContain(keyId);
      expect(await shop.free(course.sku)).toBe(0);
      const waiting = await Promise.all(
        buyers.map(async (id) => (await shop.order(id))?.status === 'waiting'),
      );
      // Who had bought the bad key is served still, and staff know who it was; else one buyer waits.
      expect(waiting.filter((yes) => yes)).toHaveLength(key?.assignedOrderId === null ? 1 : 0);
    });
  });

  test('the same delivery is read again by staff while it comes once more: a stopped order goes, with one key', async () => {
    await rounds(2, async (course, round) => {
      const externalId = `77${round}`;
      const body = {
        id: externalId,
        email: 'ada@example.test',
        serviceId: Number(course.item.id),
        status: 'approved',
      };
      expect((await shop.receive(body)).status).toBe('fulfilled');
      expect(said(await cancel(shop.desk, externalId))).toBe('done');
      const [replayed, arrived] = await both(
        round,
        () => shop.desk.deps.replay(`amelia:${externalId}`, 'bought again', 'staff:7'),
        () => shop.receive(body, { core: shop.otherCore }),
      );
      expect(replayed?.status).toBe('fulfilled');
      // Before it, the order was stopped, and a person is told; after it, there is nothing to do.
      expect(['attention', 'duplicate']).toContain(arrived.status);
      expect(await shop.order(externalId)).toMatchObject({ status: 'fulfilled', stopped: false });
      expect(await shop.keys(externalId)).toHaveLength(1);
      expect(await openMails(externalId)).toBe(1);
      expect(await shop.free(course.sku)).toBe(1);
    });
  });

  test('the last key is wanted for two orders: one is served, one refused, no key is lost', async () => {
    await rounds(3, async (course, round) => {
      const [a, b] = [await shop.book(course), await shop.book(course)];
      const [first, second] = [await keyOf(a), await keyOf(b)];
      const answers = await both(
        round,
        () => replace(shop.desk, first),
        () => replace(shop.other, second),
      );
      expect(answers.map(said).sort()).toEqual(['done', 'stock.short']);
      expect(await shop.keys(a)).toHaveLength(1);
      expect(await shop.keys(b)).toHaveLength(1);
      expect((await shop.keys(a, 'revoked')).length + (await shop.keys(b, 'revoked')).length).toBe(1);
      expect(await shop.free(course.sku)).toBe(0);
    });
  });
});
