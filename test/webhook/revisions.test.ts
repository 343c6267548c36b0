import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import type { Receipt } from '../../server/keys/arrival.ts';
import { understand } from '../../server/webhook/understand.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

/** The plugin's revisions begin at the time in seconds. */
const REV = 1_795_404_307;

describe.each(engines())('snapshots with the revisions of the plugin on %s', (engine) => {
  let world: World;
  let next = 40;
  beforeAll(async () => {
    world = await openWorld(engine);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 50);
    await world.store.saveMapping({
      site: '',
      source: 'amelia',
      kind: 'package',
      itemId: '5',
      sku: 'COURSE-A',
      quantity: 1,
      per: 'booking',
    });
  });
  afterAll(() => world.close());

  const snapshot = (id: number, differs: Record<string, unknown> = {}) => ({
    id,
    appointmentId: 12,
    customerId: 7,
    status: 'approved',
    persons: 1,
    customer: { id: 7, email: `buyer-${id}@example.test`, firstName: 'Ada', lastName: 'Lovelace' },
    item: { type: 'appointment', serviceId: 1, name: 'Key Workshop', status: 'approved' },
    payments: [{ id: 13, parentId: null, gateway: 'onSite', status: 'pending', transactionId: null }],
    ...differs,
  });
  const paid = (transactionId: string | null) => ({
    payments: [{ id: 13, parentId: null, gateway: 'stripe', status: 'paid', transactionId }],
  });

  /** From the bytes of an envelope through the vending queue, as a webhook goes. */
  function send(rev: number, hook: string, booking: Record<string, unknown>): Promise<Receipt> {
    const envelope = {
      v: 1,
      plugin: '0.1.0',
      source: 'amelia',
      site: 'https://shop.example',
      hook,
      rev,
      booking,
    };
    const raw = new TextEncoder().encode(JSON.stringify(envelope));
    const read = understand({ source: 'amelia', raw, contentType: 'application/json', hookHint: null });
    const delivery = {
      id: newUuid(),
      receivedAt: new Date(),
      site: '',
      source: 'amelia' as const,
      hook: read.hook,
      contentType: 'application/json',
      body: read.body,
      headers: {},
      replayOf: null,
    };
    return world.core.queue.submit({
      delivery,
      events: read.events,
      actor: 'webhook',
      revives: false,
      verdict: read.verdict,
    });
  }

  test('a revision of the size of a time is kept exactly', async () => {
    const id = (next += 1);
    for (const rev of [REV, 999_999_999_999_999]) {
      await send(rev, 'amelia_after_booking_added', snapshot(id));
      expect(await world.order(String(id))).toMatchObject({ rev, status: 'fulfilled' });
    }
    expect(await world.keysOf(String(id))).toHaveLength(1);
  });

  test('a waiting order whose payment was proven once stays owed when a later snapshot repeats no proof', async () => {
    const id = (next += 1);
    await world.store.saveMapping({
      ...{ site: '', source: 'amelia', kind: 'service', itemId: '9', sku: 'SOLD-OUT', quantity: 1 },
      per: 'booking',
    });
    const item = { type: 'appointment', serviceId: 9, name: 'Full Workshop', status: 'approved' };
    expect(
      await send(REV, 'amelia_after_booking_added', snapshot(id, { ...paid(null), item })),
    ).toMatchObject({
      status: 'waiting',
    });
    const later = await send(
      REV + 1,
      'amelia_after_booking_approved',
      snapshot(id, { ...paid(null), item, price: 9 }),
    );
    expect(later).toMatchObject({ status: 'duplicate' });
    expect(await world.order(String(id))).toMatchObject({ status: 'waiting', rev: REV + 1 });
  });

  test('the same and older revisions change nothing', async () => {
    const id = (next += 1);
    await send(REV, 'sweep', snapshot(id));
    for (const rev of [REV, REV - 1, 3])
      expect(await send(rev, 'sweep', snapshot(id, { status: 'canceled' }))).toMatchObject({
        status: 'duplicate',
      });
    expect(await world.order(String(id))).toMatchObject({ rev: REV, status: 'fulfilled' });
  });

  test('paid online without a transaction id: a sweep is for a person, and the hook that proves payment serves it', async () => {
    const id = (next += 1);
    expect(await send(REV, 'sweep', snapshot(id, paid(null)))).toMatchObject({ status: 'attention' });
    expect(await world.order(String(id))).toMatchObject({ status: 'attention', reason: 'unpaid_gateway' });
    expect(await world.keysOf(String(id))).toEqual([]);
    const served = await send(REV + 1, 'amelia_after_booking_added', snapshot(id, paid(null)));
    expect(served).toMatchObject({ status: 'fulfilled' });
    expect(await world.order(String(id))).toMatchObject({ status: 'fulfilled', reason: null, rev: REV + 1 });
    expect(await world.mailsOf(String(id))).toHaveLength(1);
    // A later sweep of the same row asks nothing of a served order.
    expect(await send(REV + 2, 'sweep', snapshot(id, paid(null)))).toMatchObject({ status: 'duplicate' });
    expect(await world.order(String(id))).toMatchObject({ status: 'fulfilled', rev: REV + 2 });
  });

  test('paid online with a transaction id is served by a sweep', async () => {
    const id = (next += 1);
    expect(await send(REV, 'sweep', snapshot(id, paid('ch_1')))).toMatchObject({ status: 'fulfilled' });
  });

  test('approve, cancel, approve ends fulfilled, in whatever order they arrive', async () => {
    const words = ['approved', 'canceled', 'approved'];
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 1, 0],
      [0, 2, 1],
    ]) {
      const id = (next += 1);
      for (const step of order) await send(REV + step, 'sweep', snapshot(id, { status: words[step] }));
      expect(await world.order(String(id))).toMatchObject({ status: 'fulfilled', rev: REV + 2 });
      expect(await world.keysOf(String(id))).toHaveLength(1);
    }
    expect(await world.broken()).toEqual([]);
  });

  test('approve, cancel, delete ends cancelled, and its key is free again', async () => {
    const id = (next += 1);
    await send(REV, 'amelia_after_booking_added', snapshot(id));
    await send(REV + 1, 'sweep', snapshot(id, { status: 'canceled' }));
    expect(await send(REV + 2, 'sweep', { id, deleted: true })).toMatchObject({ status: 'duplicate' });
    expect(await world.order(String(id))).toMatchObject({ status: 'cancelled', rev: REV + 2 });
    expect(await world.keysOf(String(id))).toEqual([]);
  });

  test('a package without dates is an order of its own', async () => {
    const bought = {
      packageCustomerId: 7,
      status: 'approved',
      couponCode: 'KEY10',
      customer: { id: 7, email: 'package@example.test', firstName: 'Ada', lastName: 'Lovelace' },
      item: { type: 'package', packageId: 5, name: 'Five lessons' },
      payments: [{ id: 20, parentId: null, gateway: 'onSite', status: 'pending', transactionId: null }],
    };
    const answer = await send(REV, 'amelia_after_booking_added', bought);
    expect(answer).toMatchObject({
      status: 'fulfilled',
      orders: [{ orderId: 'amelia:package:7', status: 'fulfilled' }],
    });
    expect(await world.order('package:7')).toMatchObject({ rev: REV, coupon: 'KEY10', itemKind: 'package' });
    expect(await send(REV + 1, 'sweep', { ...bought, status: 'canceled' })).toMatchObject({
      status: 'cancelled',
    });
    expect(await send(REV + 2, 'sweep', bought)).toMatchObject({ status: 'fulfilled' });
    expect(await world.keysOf('package:7')).toHaveLength(1);
  });
});
