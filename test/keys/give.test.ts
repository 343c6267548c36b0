import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { newUuid } from '../../server/ids.ts';
import { giveWithoutOrder, type GiveInput } from '../../server/keys/give.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { openShop, type Shop } from '../support/shop.ts';

describe.each(engines())('a key given without an order, on %s', (engine) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(engine);
  });
  afterAll(() => shop.close());

  const wish = (sku: string, about: Partial<GiveInput> = {}): GiveInput => ({
    sku,
    quantity: 1,
    email: 'Press@Example.test',
    name: 'Ida Press',
    coupon: 'PRESS',
    reason: 'a copy for the press',
    actor: 'staff:7',
    ...about,
  });
  const give = (sku: string, about: Partial<GiveInput> = {}) =>
    giveWithoutOrder(shop.desk.deps, wish(sku, about));

  test('makes an order of its own, with a key, a mail and a line about who gave it and why', async () => {
    const course = await shop.course(2);
    const given = valueOf(await give(course.sku));
    expect(given).toMatchObject({
      orderId: expect.stringMatching(/^staff:[0-9A-HJKMNP-TV-Z]{10}$/),
      status: 'fulfilled',
    });
    expect(await shop.order(given.orderId)).toMatchObject({
      source: 'staff',
      status: 'fulfilled',
      email: 'press@example.test',
      name: 'Ida Press',
      coupon: 'PRESS',
    });
    expect(await shop.keys(given.orderId)).toMatchObject([
      { assignedToEmail: 'press@example.test', assignedCouponCode: 'PRESS' },
    ]);
    expect(await shop.keyMails(given.orderId)).toMatchObject([{ id: given.messageId, status: 'queued' }]);
    expect(await shop.trail(given.orderId)).toMatchObject([
      {
        actor: 'staff:7',
        action: 'order.fulfilled',
        fromStatus: null,
        toStatus: 'fulfilled',
        reason: 'a copy for the press',
        refs: { sku: course.sku, quantity: 1 },
      },
    ]);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('asked for again with the same request id, is the same order; with other content it is refused', async () => {
    const course = await shop.course(5);
    const requestId = newUuid();
    const first = valueOf(await give(course.sku, { requestId }));
    expect(valueOf(await give(course.sku, { requestId: requestId.toUpperCase() }))).toEqual(first);
    for (const other of [{ quantity: 2 }, { email: 'else@example.test' }, { name: 'Else' }, { coupon: '' }])
      expect(await give(course.sku, { requestId, ...other })).toMatchObject({
        fault: { code: 'request.changed', status: 'CONFLICT' },
      });
    expect(await shop.free(course.sku)).toBe(4);
    expect(valueOf(await give(course.sku)).orderId).not.toBe(first.orderId);
  });

  test('short of stock leaves nothing behind, or waits', async () => {
    const course = await shop.course(1);
    const requestId = newUuid();
    const refused = await give(course.sku, { quantity: 2, requestId });
    expect(refused).toMatchObject({
      fault: {
        code: 'stock.short',
        sentence: expect.stringContaining(`2 × ${course.sku} wanted, 1 in stock`),
      },
    });
    expect(
      await shop.world.store.lookupByWords({
        emails: [],
        coupons: [],
        names: ['ida press'],
        beforeId: 1e9,
        limit: 50,
      }),
    ).not.toContainEqual(expect.objectContaining({ firstDeliveryId: requestId }));
    expect(await shop.free(course.sku)).toBe(1);
    const waiting = valueOf(await give(course.sku, { quantity: 2, requestId, wait: true }));
    expect(waiting).toMatchObject({ status: 'waiting' });
    expect(valueOf(await give(course.sku, { quantity: 2, requestId, wait: true }))).toEqual(waiting);
    await shop.world.stock(course.sku, 1, 100);
    await shop.world.core.restock.fill([course.sku]);
    expect(await shop.keys(waiting.orderId)).toHaveLength(2);
    expect(valueOf(await give(course.sku, { quantity: 2, requestId, wait: true })).status).toBe('fulfilled');
    expect(await shop.world.broken()).toEqual([]);
  });

  test('is refused for an unknown product, a bad address, no reason, and an address that mail does not go to', async () => {
    const course = await shop.course(1);
    expect(await give('NO-SUCH')).toMatchObject({ fault: { code: 'product.unknown' } });
    expect(await give(course.sku, { email: 'nobody' })).toMatchObject({ fault: { code: 'email.invalid' } });
    expect(await give(course.sku, { reason: ' ' })).toMatchObject({ fault: { code: 'reason.missing' } });
    await shop.world.store.saveSuppression({
      address: 'gone@example.test',
      reason: 'bounced',
      provider: 'postmark',
      messageId: 'm',
      since: new Date(),
      detail: '550',
    });
    expect(await give(course.sku, { email: 'gone@example.test' })).toMatchObject({
      fault: { code: 'email.blocked' },
    });
    expect(await shop.free(course.sku)).toBe(1);
  });

  test('cannot be replayed, since nothing was delivered', async () => {
    const course = await shop.course(1);
    const { orderId } = valueOf(await give(course.sku));
    expect(await shop.desk.deps.replay(orderId, 'x', 'staff:7')).toBeNull();
  });

  test('whose COMMIT answer was lost is given once', async () => {
    const course = await shop.course(3);
    const { deps } = openDesk(shop.world, { store: loseFirstAnswer(shop.world.store) });
    const given = valueOf(await giveWithoutOrder(deps, wish(course.sku)));
    expect(await shop.keys(given.orderId)).toHaveLength(1);
    expect(await shop.keyMails(given.orderId)).toMatchObject([{ id: given.messageId }]);
    expect(await shop.free(course.sku)).toBe(2);
  });
});
