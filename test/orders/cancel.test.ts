import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrivalOf, booking } from '../support/world.ts';
import { engines } from '../support/engines.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { cancelOrder } from '../../server/orders/cancel.ts';
import { revealKey } from '../../server/keys/reveal.ts';
import { valueOf } from '../../server/errors.ts';
import { openDesk } from '../support/desk.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';

describe.each(engines())('an order that staff cancel, on %s', (engine) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(engine);
  });
  afterAll(() => shop.close());

  const cancel = async (id: string, reason = 'buyer changed his mind') =>
    cancelOrder(shop.desk.deps, { orderId: `amelia:${id}`, reason, actor: 'staff:7' });
  const alertsOf = async (id: string) => {
    const kinds = ['conflict', 'cancelled_seen'] as const;
    const all = await Promise.all(
      kinds.map((kind) => shop.world.store.listOpenAlerts({ kind, beforeId: 1e9, limit: 500 })),
    );
    return all.flat().filter(({ orderId }) => orderId === `amelia:${id}`);
  };

  test('gives a key back that no mail was tried with, and the next in line gets it', async () => {
    const course = await shop.course(1);
    const id = await shop.book(course);
    const waiting = await shop.book(course);
    expect(valueOf(await cancel(id))).toEqual({ status: 'cancelled' });
    expect(await shop.order(id)).toMatchObject({ status: 'cancelled', stopped: true });
    expect(await shop.order(waiting)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.keyMails(id)).toMatchObject([{ status: 'withdrawn' }]);
    expect((await shop.trail(id)).at(-1)).toMatchObject({
      actor: 'staff:7',
      action: 'order.cancelled',
      fromStatus: 'fulfilled',
      reason: 'buyer changed his mind',
      refs: { released: [expect.any(Number)] },
    });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('keeps a key that the buyer may have seen, and a person is told; by the product’s setting it is revoked', async () => {
    const course = await shop.course(2);
    const [id, harsh] = [await shop.book(course), await shop.book(course)];
    await Promise.all([shop.deliver(id), shop.deliver(harsh)]);
    await cancel(id);
    expect(await shop.keys(id)).toHaveLength(1);
    expect(await alertsOf(id)).toMatchObject([{ kind: 'cancelled_seen' }]);
    const [product] = await shop.world.store.findProducts({ skus: [course.sku] });
    if (product) await shop.world.store.saveProduct({ ...product, onCancel: 'revoke' });
    await cancel(harsh);
    expect(await shop.keys(harsh, 'revoked')).toHaveLength(1);
    expect(await shop.free(course.sku)).toBe(0);
    expect(await shop.world.broken()).toEqual([]);
  });

  test.each(['staff', 'its booking'])(
    'keeps a key that staff looked at, who may have read it out, when %s cancels',
    async (who) => {
      const course = await shop.course(1);
      const id = await shop.book(course, { rev: 1 });
      const [key] = await shop.keys(id);
      const look = { keyId: key?.id ?? 0, reason: 'buyer on the phone', actor: 'staff:7' };
      valueOf(await revealKey(shop.desk.deps, look));
      if (who === 'staff') await cancel(id);
      else await shop.world.send(booking({ externalId: id, item: course.item, rev: 2, status: 'cancelled' }));
      expect(await shop.order(id)).toMatchObject({ status: 'cancelled' });
      expect(await shop.keys(id)).toHaveLength(1);
      expect(await shop.free(course.sku)).toBe(0);
      expect(await shop.keyMails(id)).toMatchObject([{ status: 'withdrawn' }]);
      expect(await alertsOf(id)).toMatchObject([{ kind: 'cancelled_seen' }]);
      expect(await shop.world.broken()).toEqual([]);
    },
  );

  test('gives keys on hold back, and withdraws the notice of one that waited', async () => {
    const course = await shop.course(1);
    const held = await shop.book(course, { status: 'pending' });
    const waiting = await shop.book(course);
    expect(valueOf(await cancel(waiting)).status).toBe('cancelled');
    expect(await shop.world.mailsOf(waiting)).toMatchObject([{ kind: 'key_waiting', status: 'withdrawn' }]);
    await cancel(held);
    expect(await shop.free(course.sku)).toBe(1);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('stays cancelled when its booking is approved again: a person is told, once per revision', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course, { rev: 1 });
    await cancel(id);
    expect((await shop.world.send(booking({ externalId: id, item: course.item, rev: 2 }))).status).toBe(
      'attention',
    );
    expect((await shop.world.send(booking({ externalId: id, item: course.item, rev: 2 }))).status).toBe(
      'duplicate',
    );
    expect(await shop.order(id)).toMatchObject({ status: 'cancelled', stopped: true, rev: 2 });
    expect(await alertsOf(id)).toMatchObject([
      { kind: 'conflict', detail: 'approved in WordPress after staff cancelled it; nothing was moved' },
    ]);
    await shop.world.send(booking({ externalId: id, item: course.item, rev: 3, status: 'pending' }));
    expect(await alertsOf(id)).toHaveLength(2);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('that its booking cancelled first is a duplicate, and stopped from then on', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course, { rev: 1 });
    await shop.world.send(booking({ externalId: id, item: course.item, rev: 2, status: 'cancelled' }));
    expect(valueOf(await cancel(id, 'chargeback'))).toEqual({ status: 'duplicate' });
    expect((await shop.trail(id)).at(-1)).toMatchObject({ action: 'order.stopped', reason: 'chargeback' });
    const lines = (await shop.trail(id)).length;
    expect(valueOf(await cancel(id, 'chargeback'))).toEqual({ status: 'duplicate' });
    expect(await shop.trail(id)).toHaveLength(lines);
    await shop.world.send(booking({ externalId: id, item: course.item, rev: 3 }));
    expect(await shop.order(id)).toMatchObject({ status: 'cancelled', stopped: true });
  });

  /** The desk replays a stored body; a story of events needs the same event under the id of the replay. */
  const replay = (
    id: string,
    of: string,
    about: { revives: boolean | string; rev?: number | null; item: Parameters<typeof booking>[0]['item'] },
  ) => {
    const arrival = arrivalOf(booking({ externalId: id, rev: about.rev ?? null, item: about.item ?? null }));
    return shop.world.core.queue.submit({
      ...arrival,
      actor: 'staff:7',
      revives: about.revives,
      delivery: { ...arrival.delivery, replayOf: of },
    });
  };

  test('goes again when staff read it again, even without revisions, and then follows its booking as ever', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course);
    await cancel(id);
    const first = (await shop.order(id))?.lastDeliveryId ?? '';
    expect((await replay(id, first, { revives: false, item: course.item })).status).toBe('duplicate');
    expect((await replay(id, first, { revives: 'amelia:999', item: course.item })).status).toBe('duplicate');
    expect(await shop.order(id)).toMatchObject({ status: 'cancelled', stopped: true });
    expect((await replay(id, first, { revives: `amelia:${id}`, item: course.item })).status).toBe(
      'fulfilled',
    );
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled', stopped: false });
    expect(await shop.keys(id)).toHaveLength(1);
    await shop.world.send(booking({ externalId: id, item: course.item, status: 'cancelled' }));
    expect(await shop.order(id)).toMatchObject({ status: 'cancelled', stopped: false });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('is refused when its key covers a whole purchase, and for what is no order or no reason', async () => {
    const course = await shop.course(1);
    await shop.world.store.saveMapping({
      site: '',
      source: 'amelia',
      kind: 'service',
      itemId: course.item.id,
      sku: course.sku,
      quantity: 1,
      per: 'purchase',
    });
    const id = await shop.book(course, { purchase: { id: 'amelia-payment:9', lead: true } });
    const before = await shop.trail(id);
    expect(await cancel(id)).toMatchObject({ ok: false, fault: { code: 'order.covers_purchase' } });
    expect(await shop.trail(id)).toEqual(before);
    expect(await cancel('404')).toMatchObject({ fault: { code: 'order.unknown', status: 'NOT_FOUND' } });
    expect(await cancel(id, ' ')).toMatchObject({ fault: { code: 'reason.missing' } });
  });

  test('whose COMMIT answer was lost is told as cancelled, once', async () => {
    const course = await shop.course(1);
    const id = await shop.book(course);
    const { deps } = openDesk(shop.world, { store: loseFirstAnswer(shop.world.store) });
    const answer = await cancelOrder(deps, { orderId: `amelia:${id}`, reason: 'x', actor: 'cli' });
    expect(valueOf(answer)).toEqual({ status: 'cancelled' });
    expect((await shop.trail(id)).filter(({ action }) => action === 'order.cancelled')).toHaveLength(1);
    expect(await shop.free(course.sku)).toBe(1);
  });
});
