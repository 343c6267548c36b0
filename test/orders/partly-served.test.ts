import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { replaceKey } from '../../server/keys/replace.ts';
import { revealKey } from '../../server/keys/reveal.ts';
import { revokeKey } from '../../server/keys/revoke.ts';
import { fitToSend } from '../../server/mail/fit-to-send.ts';
import { addKeys } from '../../server/orders/add-keys.ts';
import { cancelOrder } from '../../server/orders/cancel.ts';
import { correctOrder } from '../../server/orders/correct.ts';
import { resendOrder } from '../../server/orders/resend.ts';
import { arrivalOf, booking } from '../support/world.ts';
import { engines } from '../support/engines.ts';
import { openShop, type Course, type Shop } from '../support/shop.ts';

const HOUR_MS = 60 * 60_000;

describe.each(engines())('an order that has some of its keys and waits for others, on %s', (engine) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(engine);
  });
  afterAll(() => shop.close());

  const by = { reason: 'a story', actor: 'staff:7' };
  const add = async (id: string, { sku }: Course, upTo: number, wait = true) =>
    valueOf(await addKeys(shop.desk.deps, { orderId: `amelia:${id}`, sku, upTo, wait, ...by })).status;
  /** One key served, and one more promised. */
  const partlyServed = async () => {
    const course = await shop.course(1);
    const id = await shop.book(course);
    return { course, id };
  };
  const mails = async (id: string) =>
    (await shop.world.mailsOf(id)).map(({ kind, status }) => `${kind} ${status}`);
  const keyId = async (id: string) => (await shop.keys(id))[0]?.id ?? 0;
  const refill = async ({ sku }: Course, count: number) => {
    await shop.world.stock(sku, count, 1000);
    await shop.world.core.restock.fill([sku]);
  };

  test('keeps the mail that brings what it has, and the mail fits while it waits', async () => {
    const { course, id } = await partlyServed();
    expect(await add(id, course, 2)).toBe('waiting');
    expect((await mails(id)).sort()).toEqual(['key queued', 'key_waiting queued']);
    const [mail] = await shop.keyMails(id);
    const order = await shop.order(id);
    if (!mail || !order) throw new Error('the story lost its mail');
    const keys = await shop.keys(id);
    expect(fitToSend(mail, order, keys)).toEqual({ order, keys });
    await refill(course, 1);
    // One mail that brings both, since the first had not left.
    expect((await mails(id)).sort()).toEqual(['key queued', 'key withdrawn', 'key_waiting withdrawn']);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('sends again what it has, and to a corrected address too', async () => {
    const { course, id } = await partlyServed();
    await add(id, course, 2);
    await shop.deliver(id);
    const resent = valueOf(await resendOrder(shop.desk.deps, { orderId: `amelia:${id}`, ...by }));
    expect((await shop.keyMails(id)).find((mail) => mail.id === resent.messageId)?.status).toBe('queued');
    const email = `right-${id}@example.test`;
    const moved = valueOf(await correctOrder(shop.desk.deps, { orderId: `amelia:${id}`, email, ...by }));
    expect(await shop.keyMails(id)).toContainEqual(
      expect.objectContaining({ id: moved.messageId, recipient: email, status: 'queued' }),
    );
    expect(await shop.keys(id)).toMatchObject([{ assignedToEmail: email }]);
    await refill(course, 1);
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('has a key replaced, and waits on for the rest', async () => {
    const { course, id } = await partlyServed();
    await add(id, course, 3);
    const old = await keyId(id);
    await shop.world.stock(course.sku, 1, 500);
    const replaced = valueOf(await replaceKey(shop.desk.deps, { keyId: old, ...by }));
    expect(await shop.keys(id)).toMatchObject([{ id: replaced.newKeyId }]);
    expect(await shop.keys(id, 'revoked')).toMatchObject([{ id: old }]);
    expect(await shop.order(id)).toMatchObject({ status: 'waiting' });
    expect(await mails(id)).toContain('key queued');
    await refill(course, 2);
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.keys(id)).toHaveLength(3);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('is owed one less when a key is revoked: it gets no other in its place', async () => {
    const { course, id } = await partlyServed();
    await add(id, course, 2);
    valueOf(await revokeKey(shop.desk.deps, { keyId: await keyId(id), ...by }));
    expect(await shop.order(id)).toMatchObject({ status: 'waiting' });
    await refill(course, 3);
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.keys(id)).toHaveLength(1);
    expect(await shop.free(course.sku)).toBe(2);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('waits for another product alone once its one key of this product is revoked', async () => {
    const { course, id } = await partlyServed();
    const manual = await shop.course(0);
    await add(id, manual, 1);
    valueOf(await revokeKey(shop.desk.deps, { keyId: await keyId(id), ...by }));
    const order = await shop.order(id);
    expect(await shop.world.store.findLines({ orderIds: [order?.id ?? 0] })).toMatchObject([
      { sku: manual.sku, quantity: 1 },
    ]);
    await refill(course, 1);
    expect(await shop.order(id)).toMatchObject({ status: 'waiting' });
    await refill(manual, 1);
    expect((await shop.keys(id)).map((key) => key.productSku)).toEqual([manual.sku]);
    expect(await shop.world.broken()).toEqual([]);
  });

  test.each(['staff', 'its booking'])(
    'is sent what it kept through a cancellation and no mail brought, when %s sets it going',
    async (who) => {
      const { course, id } = await partlyServed();
      valueOf(await revealKey(shop.desk.deps, { keyId: await keyId(id), ...by }));
      valueOf(await cancelOrder(shop.desk.deps, { orderId: `amelia:${id}`, ...by }));
      expect(await mails(id)).toEqual(['key withdrawn']);
      if (who === 'staff') await add(id, course, 2);
      else {
        const approved = booking({ externalId: id, item: course.item, quantity: 2 });
        await shop.world.core.queue.submit({ ...arrivalOf(approved), revives: true });
      }
      expect(await shop.order(id)).toMatchObject({ status: 'waiting' });
      expect((await mails(id)).sort()).toEqual(['key queued', 'key withdrawn', 'key_waiting queued']);
      expect(await shop.world.broken()).toEqual([]);
    },
  );

  test('given a second key within the minutes that clocks may differ, it keeps both when it is cancelled', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course);
    await shop.deliver(id);
    await add(id, course, 2, false);
    await shop.world.send(booking({ externalId: id, item: course.item, status: 'cancelled' }));
    expect(await shop.keys(id)).toHaveLength(2);
    expect((await mails(id)).sort()).toEqual(['key accepted', 'key withdrawn']);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('that is cancelled keeps the key that was mailed; the one that no mail brought goes back, and so does its mail', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course);
    const first = await keyId(id);
    await shop.deliver(id);
    shop.desk.ahead(HOUR_MS);
    await add(id, course, 2, false);
    expect((await mails(id)).sort()).toEqual(['key accepted', 'key queued']);
    valueOf(await cancelOrder(shop.desk.deps, { orderId: `amelia:${id}`, ...by }));
    expect(await shop.keys(id)).toMatchObject([{ id: first }]);
    expect(await shop.free(course.sku)).toBe(1);
    expect((await mails(id)).sort()).toEqual(['key accepted', 'key withdrawn']);
    expect(await shop.world.broken()).toEqual([]);
  });

  test.each(['its booking', 'staff'])(
    'that kept keys through a cancellation, and had its address corrected then, is mailed there when %s sets it going',
    async (who) => {
      const course = await shop.course(1);
      const id = await shop.book(course, { rev: 1 });
      await shop.deliver(id);
      const tell = (about: Parameters<typeof booking>[0]) => shop.world.send(booking(about));
      await tell({ externalId: id, item: course.item, rev: 2, status: 'cancelled' });
      const email = `right-${id}@example.test`;
      valueOf(await correctOrder(shop.desk.deps, { orderId: `amelia:${id}`, email, ...by }));
      if (who === 'staff') expect(await add(id, course, 2)).toBe('waiting');
      else await tell({ externalId: id, item: course.item, rev: 3 });
      expect(await shop.keyMails(id)).toContainEqual(
        expect.objectContaining({ recipient: email, status: 'queued' }),
      );
      expect(await shop.world.broken()).toEqual([]);
    },
  );

  test('whose key was revoked is owed no other, also when its booking is told or read again', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course, { rev: 1, quantity: 2 });
    await shop.deliver(id);
    const tell = (rev: number, about: object) =>
      shop.world.send(booking({ externalId: id, item: course.item, rev, ...about }));
    await tell(2, { quantity: 2, status: 'cancelled' });
    await tell(3, { quantity: 3 });
    expect(await shop.order(id)).toMatchObject({ status: 'waiting' });
    valueOf(await revokeKey(shop.desk.deps, { keyId: await keyId(id), ...by }));
    const { delivery, ...arrival } = arrivalOf(
      booking({ externalId: id, item: course.item, rev: 3, quantity: 3 }),
    );
    const replayOf = (await shop.order(id))?.lastDeliveryId ?? '';
    await shop.world.core.queue.submit({ ...arrival, delivery: { ...delivery, replayOf } });
    await tell(4, { quantity: 3, status: 'pending' });
    // Worth more than it is owed now: a person decides.
    expect((await tell(5, { quantity: 3 })).status).toBe('attention');
    await refill(course, 3);
    expect(await shop.keys(id)).toHaveLength(2);
    expect(await shop.free(course.sku)).toBe(2);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('holds up no sale and no hold of the product that it has, while it waits for another', async () => {
    const course = await shop.course(4);
    const manual = await shop.course(0);
    const id = await shop.book(course);
    await add(id, manual, 1);
    const next = await shop.book(course);
    expect((await shop.trail(next)).map(({ action }) => action)).toEqual(['order.fulfilled']);
    const pending = await shop.book(course, { status: 'pending' });
    expect(await shop.keys(pending)).toHaveLength(1);
    await shop.world.core.fillAll();
    expect((await shop.trail(id)).map(({ action }) => action)).toEqual(['order.fulfilled', 'order.waiting']);
    await refill(manual, 1);
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.world.broken()).toEqual([]);
  });
});
