import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { addKeys } from '../../server/orders/add-keys.ts';
import { cancelOrder } from '../../server/orders/cancel.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { deferred } from '../support/deferred.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { openShop, type Shop } from '../support/shop.ts';

describe.each(engines())('keys that staff add to an order, on %s', (engine) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(engine);
  });
  afterAll(() => shop.close());

  const add = (id: string, sku: string, upTo: number, about: { wait?: boolean; reason?: string } = {}) =>
    addKeys(shop.desk.deps, {
      orderId: `amelia:${id}`,
      sku,
      upTo,
      reason: 'one more person came',
      actor: 'staff:7',
      ...about,
    });

  test('bring it to a number, with one mail that has them all; asked for again, nothing is given', async () => {
    const course = await shop.course(3);
    const id = await shop.book(course);
    const added = valueOf(await add(id, course.sku, 3));
    expect(added).toMatchObject({ status: 'fulfilled', added: 2 });
    expect(await shop.keys(id)).toHaveLength(3);
    const mails = await shop.keyMails(id);
    expect(mails.find((mail) => mail.id === added.messageId)?.status).toBe('queued');
    expect(mails.filter(({ status }) => status === 'queued')).toHaveLength(1);
    expect((await shop.trail(id)).at(-1)).toMatchObject({
      actor: 'staff:7',
      action: 'order.keys_added',
      fromStatus: 'fulfilled',
      toStatus: 'fulfilled',
      reason: 'one more person came',
      refs: { sku: course.sku, upTo: 3, message: added.messageId },
    });
    const lines = (await shop.trail(id)).length;
    expect(await add(id, course.sku, 3)).toMatchObject({
      fault: { code: 'order.has_keys', status: 'CONFLICT' },
    });
    expect(await add(id, course.sku, 2)).toMatchObject({ fault: { code: 'order.has_keys' } });
    expect(await shop.trail(id)).toHaveLength(lines);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('may be of another product; keys that were revoked on purpose are not made up for', async () => {
    const [course, manual] = [await shop.course(4), await shop.course(1)];
    const id = await shop.book(course, { quantity: 2 });
    const [bad] = await shop.keys(id);
    await shop.world.store.revokeKeys({ keyIds: [bad?.id ?? 0] });
    valueOf(await add(id, manual.sku, 1));
    expect((await shop.keys(id)).map((key) => key.productSku).sort()).toEqual(
      [course.sku, manual.sku].sort(),
    );
    const order = await shop.order(id);
    expect(await shop.world.store.findLines({ orderIds: [order?.id ?? 0] })).toMatchObject([
      { sku: course.sku, quantity: 1 },
      { sku: manual.sku, quantity: 1 },
    ]);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('set an order going that a person had to look at, that sells nothing, or that was cancelled', async () => {
    const course = await shop.course(5);
    const asked = await shop.book(course, { quantity: 99 });
    expect((await shop.order(asked))?.status).toBe('attention');
    const none = await shop.course(0);
    await shop.world.map(none.item.id, null);
    const ignored = await shop.book(none);
    const cancelled = await shop.book(course, { rev: 1 });
    await shop.deliver(cancelled);
    valueOf(await cancelOrder(shop.desk.deps, { orderId: `amelia:${cancelled}`, reason: 'x', actor: 'cli' }));
    for (const id of [asked, ignored, cancelled]) {
      expect(valueOf(await add(id, course.sku, 1)).status).toBe('fulfilled');
      expect(await shop.order(id)).toMatchObject({ status: 'fulfilled', reason: null, stopped: false });
      expect(await shop.keys(id)).toHaveLength(1);
    }
    // The buyer of the cancelled one had kept a key: it is the same.
    expect(await shop.free(course.sku)).toBe(2);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('are refused while the booking is pending or waits, without an address, and for an unknown product', async () => {
    const course = await shop.course(1);
    const held = await shop.book(course, { status: 'pending' });
    const waiting = await shop.book(course);
    const nobody = await shop.book(course, { email: null });
    expect(await add(held, course.sku, 1)).toMatchObject({ fault: { code: 'order.pending' } });
    expect(await add(waiting, course.sku, 1)).toMatchObject({ fault: { code: 'order.waiting' } });
    expect(await add(nobody, course.sku, 1)).toMatchObject({ fault: { code: 'order.no_email' } });
    expect(await add(held, 'NO-SUCH', 1)).toMatchObject({ fault: { code: 'product.unknown' } });
    expect(await add('404', course.sku, 1)).toMatchObject({ fault: { code: 'order.unknown' } });
    expect(await add(held, course.sku, 1, { reason: '' })).toMatchObject({
      fault: { code: 'reason.missing' },
    });
  });

  test('short of stock are refused with the numbers, or waited for', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course);
    await shop.deliver(id);
    const refused = await add(id, course.sku, 4);
    expect(refused).toMatchObject({
      fault: {
        code: 'stock.short',
        sentence: expect.stringContaining(`3 × ${course.sku} wanted, 1 in stock`),
      },
    });
    expect(await shop.keys(id)).toHaveLength(1);
    expect(await shop.free(course.sku)).toBe(1);

    expect(valueOf(await add(id, course.sku, 4, { wait: true }))).toEqual({ status: 'waiting', added: 0 });
    expect(await shop.order(id)).toMatchObject({ status: 'waiting' });
    expect((await shop.world.mailsOf(id)).map(({ kind, status }) => [kind, status])).toContainEqual([
      'key_waiting',
      'queued',
    ]);
    const open = await shop.world.store.listOpenAlerts({ kind: 'out_of_stock', beforeId: 1e9, limit: 50 });
    expect(open.map(({ orderId, detail }) => [orderId, detail])).toContainEqual([
      `amelia:${id}`,
      `amelia:${id} waits for 3 × ${course.sku}`,
    ]);
    await shop.world.stock(course.sku, 2, 100);
    await shop.world.core.restock.fill([course.sku]);
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.keys(id)).toHaveLength(4);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('that somebody else has locked just now are not called sold out', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course);
    const locked = deferred();
    const mayEnd = deferred();
    const stranger = shop.world.store.transaction(async (tx) => {
      await tx.claimKeys({ sku: course.sku, limit: 1, afterId: 0 });
      locked.resolve();
      await mayEnd.promise;
    });
    await locked.promise;
    expect(await add(id, course.sku, 2)).toMatchObject({ fault: { code: 'stock.busy' } });
    const late = add(id, course.sku, 2);
    mayEnd.resolve();
    await stranger;
    expect(valueOf(await late).added).toBe(1);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('whose COMMIT answer was lost are not given twice', async () => {
    const course = await shop.course(5);
    const id = await shop.book(course);
    const { deps } = openDesk(shop.world, { store: loseFirstAnswer(shop.world.store) });
    const wish = { orderId: `amelia:${id}`, sku: course.sku, upTo: 3, reason: 'x', actor: 'cli' };
    expect(valueOf(await addKeys(deps, wish))).toMatchObject({ status: 'fulfilled', added: 2 });
    expect(await shop.keys(id)).toHaveLength(3);
    const again = openDesk(shop.world, { store: loseFirstAnswer(shop.world.store) }).deps;
    expect(valueOf(await addKeys(again, { ...wish, upTo: 9, wait: true }))).toMatchObject({
      status: 'waiting',
    });
    expect((await shop.trail(id)).map(({ action }) => action)).toEqual([
      'order.fulfilled',
      'order.keys_added',
      'order.waiting',
    ]);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('are not given to an address that mail does not go to', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course);
    await shop.world.store.saveSuppression({
      address: `buyer-${id}@example.test`,
      reason: 'bounced',
      provider: 'postmark',
      messageId: 'm',
      since: new Date(),
      detail: '550',
    });
    expect(await add(id, course.sku, 2)).toMatchObject({ fault: { code: 'email.suppressed' } });
  });
});
