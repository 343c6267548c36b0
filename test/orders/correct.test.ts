import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { cancelOrder } from '../../server/orders/cancel.ts';
import { correctOrder } from '../../server/orders/correct.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { openShop, type Shop } from '../support/shop.ts';

const NO_EMAIL = readFileSync(
  new URL(
    '../fixtures/payloads/amelia-lite-2.4.3.appt_no_email.amelia_after_booking_added.json',
    import.meta.url,
  ),
  'utf8',
);

describe.each(engines())('the address of an order, corrected on %s', (engine) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(engine);
  });
  afterAll(() => shop.close());

  const correct = (id: string, email = 'right@example.test', deps = shop.desk.deps) =>
    correctOrder(deps, { orderId: `amelia:${id}`, email, reason: 'typing error', actor: 'staff:7' });

  test('of a fulfilled order gets its keys, as a resend would send them', async () => {
    const course = await shop.course(1);
    const id = await shop.book(course);
    const { status, messageId } = valueOf(await correct(id, ' Right@Example.test'));
    expect(status).toBe('fulfilled');
    expect(
      (await shop.keyMails(id)).map(({ id: mail, recipient, status: word }) => [
        mail === messageId,
        recipient,
        word,
      ]),
    ).toEqual(
      expect.arrayContaining([
        [true, 'right@example.test', 'queued'],
        [false, `buyer-${id}@example.test`, 'withdrawn'],
      ]),
    );
    expect((await shop.trail(id)).at(-1)).toMatchObject({
      action: 'order.resent_to_new_address',
      reason: 'typing error',
    });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('of a waiting order tells its buyer there', async () => {
    const course = await shop.course(0);
    const id = await shop.book(course);
    expect(valueOf(await correct(id))).toMatchObject({ status: 'waiting', messageId: expect.any(String) });
    await shop.world.stock(course.sku, 1);
    await shop.world.core.restock.fill([course.sku]);
    expect(await shop.keys(id)).toMatchObject([{ assignedToEmail: 'right@example.test' }]);
  });

  test('of an order without a mail to send changes, and its keys on hold follow', async () => {
    const course = await shop.course(3);
    const held = await shop.book(course, { status: 'pending' });
    const cancelled = await shop.book(course);
    valueOf(await cancelOrder(shop.desk.deps, { orderId: `amelia:${cancelled}`, reason: 'x', actor: 'cli' }));
    const revoked = await shop.book(course);
    await shop.world.store.revokeKeys({ keyIds: (await shop.keys(revoked)).map((key) => key.id) });
    for (const [id, status] of [
      [held, 'held'],
      [cancelled, 'cancelled'],
      [revoked, 'fulfilled'],
    ] as const) {
      expect(valueOf(await correct(id))).toEqual({ status });
      expect((await shop.order(id))?.email).toBe('right@example.test');
      expect((await shop.trail(id)).at(-1)).toMatchObject({
        actor: 'staff:7',
        action: 'order.address_corrected',
        fromStatus: status,
        toStatus: status,
        reason: 'typing error',
      });
    }
    expect(await shop.order(cancelled)).toMatchObject({ stopped: true });
    expect(await shop.keys(held)).toMatchObject([
      { assignedToEmail: 'right@example.test', assignedAt: null },
    ]);
    await shop.world.store.withdrawMessages({ ids: (await shop.keyMails(revoked)).map(({ id }) => id) });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('that a person was asked for is read again at once, and the order is served', async () => {
    const course = await shop.course(1);
    const body: unknown = JSON.parse(
      NO_EMAIL.replaceAll('"serviceId": 1,', `"serviceId": ${course.item.id},`),
    );
    expect((await shop.receive(body, { hook: 'amelia_after_booking_added' })).orders).toMatchObject([
      { orderId: 'amelia:11', status: 'attention' },
    ]);
    expect(await shop.order('11')).toMatchObject({ reason: 'no_email' });
    expect(valueOf(await correct('11'))).toEqual({ status: 'fulfilled' });
    expect(await shop.keyMails('11')).toMatchObject([{ recipient: 'right@example.test', status: 'queued' }]);
    expect((await shop.trail('11')).map(({ action, actor }) => [action, actor])).toEqual([
      ['order.attention', 'webhook'],
      ['order.address_corrected', 'staff:7'],
      ['order.fulfilled', 'staff:7'],
    ]);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('that is bad, the same, or of no order is refused', async () => {
    const course = await shop.course(1);
    const id = await shop.book(course);
    expect(await correct(id, 'a@b')).toMatchObject({ fault: { code: 'email.invalid' } });
    expect(await correct(id, `buyer-${id}@example.test`)).toMatchObject({
      fault: { code: 'email.unchanged' },
    });
    expect(await correct('404')).toMatchObject({ fault: { code: 'order.unknown' } });
    expect(
      await correctOrder(shop.desk.deps, {
        orderId: `amelia:${id}`,
        email: 'x@example.test',
        reason: '',
        actor: 'cli',
      }),
    ).toMatchObject({ fault: { code: 'reason.missing' } });
  });

  test('whose COMMIT answer was lost is corrected once', async () => {
    const course = await shop.course(2);
    const [id, held] = [await shop.book(course), await shop.book(course, { status: 'pending' })];
    for (const one of [id, held]) {
      const { deps } = openDesk(shop.world, { store: loseFirstAnswer(shop.world.store) });
      expect((await correct(one, 'right@example.test', deps)).ok).toBe(true);
      expect((await shop.trail(one)).filter(({ actor }) => actor === 'staff:7')).toHaveLength(1);
    }
    expect(await shop.keyMails(id)).toHaveLength(2);
  });
});
