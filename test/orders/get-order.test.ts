import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { getOrder } from '../../server/orders/get-order.ts';
import { timeline } from '../../server/orders/timeline.ts';
import type { DeliveryRow } from '../../server/store/rows.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

describe.each(engines())('the page of an order on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
    await world.map('1', 'COURSE-A', 2);
    await world.stock('COURSE-A', 5);
  });
  afterAll(() => world.close());

  test('tells what came, what was given, what was mailed, and in which order', async () => {
    const coupon = { value: 'KEY10', where: 'args.couponCode' };
    await world.send(booking({ externalId: '13', coupon }));
    await world.send(booking({ externalId: '13', coupon }));
    const page = valueOf(await getOrder(world, { orderId: 'amelia:13' }));
    expect(page).toMatchObject({
      orderId: 'amelia:13',
      status: 'fulfilled',
      item: { kind: 'service', id: '1', name: 'Key Workshop' },
      units: 1,
      lines: [{ sku: 'COURSE-A', quantity: 2 }],
      keysMasked: ['••••-0001', '••••-0002'],
      keys: [
        { masked: '••••-0001', sku: 'COURSE-A', status: 'assigned' },
        { masked: '••••-0002', sku: 'COURSE-A', status: 'assigned' },
      ],
      messages: [{ kind: 'key', status: 'queued', recipient: 'buyer-13@example.test', attempts: 0 }],
    });
    expect(page.timeline.map((entry) => [entry.kind, entry.what])).toEqual(
      expect.arrayContaining([
        ['delivery', 'fulfilled'],
        ['audit', 'order.fulfilled'],
        ['message', 'queued'],
        ['delivery', 'duplicate'],
      ]),
    );
    expect(page.timeline.find((entry) => entry.what === 'fulfilled')).toMatchObject({
      emailAt: 'booking.customer.email',
      couponAt: 'args.couponCode',
    });
    const times = page.timeline.map((entry) => entry.at);
    expect(times).toEqual(times.toSorted());
    expect(JSON.stringify(page)).not.toContain('COURSE-A-000001');
  });

  test('of an order that is not there is refused, with the way out', async () => {
    for (const orderId of ['amelia:404', 'nonsense', ''])
      expect(await getOrder(world, { orderId })).toMatchObject({
        ok: false,
        fault: { code: 'order.unknown' },
      });
  });
});

test('of what happened at the same moment, the delivery comes first, then the act, then the mail', () => {
  const at = new Date('2026-11-22T20:06:46.000Z');
  const delivery: DeliveryRow = {
    id: 'd1',
    receivedAt: at,
    site: '',
    source: 'amelia',
    hook: 'amelia_after_booking_added',
    contentType: null,
    body: new Uint8Array(),
    headers: {},
    verdict: 'fulfilled',
    flag: 'the e-mails differ',
    orders: [
      { orderId: 'amelia:12', status: 'duplicate' },
      { orderId: 'amelia:13', status: 'fulfilled', note: 'two persons' },
    ],
    replayOf: null,
  };
  const order = {
    id: 1,
    site: '',
    source: 'amelia' as const,
    externalId: '13',
    status: 'fulfilled' as const,
    reason: null,
    rev: null,
    email: null,
    name: null,
    coupon: null,
    locale: null,
    itemKind: null,
    itemId: null,
    itemName: null,
    units: 1,
    stopped: false,
    calledOff: false,
    granted: false,
    firstDeliveryId: 'd1',
    lastDeliveryId: 'd1',
    createdAt: at,
    updatedAt: at,
  };
  const audit = {
    id: 1,
    subject: 'order:1',
    seq: 1,
    at,
    actor: 'webhook',
    action: 'order.fulfilled',
    fromStatus: null,
    toStatus: 'fulfilled',
    reason: 'approved',
    refs: {},
    previousHash: '',
    hash: '',
  };
  const message = {
    id: 'm1',
    kind: 'key' as const,
    orderId: 1,
    recipient: 'a@example.test',
    priority: 1 as const,
    createdAt: at,
    status: 'accepted' as const,
    attempts: 1,
    dueAt: null,
    leaseToken: null,
    lastCode: null,
    lastError: null,
    acceptedAt: at,
  };
  const sent = { ...audit, action: 'mail.accepted', actor: 'mail', reason: '', refs: { message: 'm1' } };
  const nameOf = () => null;
  const told = timeline({ order, deliveries: [], audit: [sent], messages: [message], nameOf });
  expect(told.map((entry) => [entry.kind, entry.what])).toEqual([
    ['audit', 'mail.accepted'],
    ['message', 'queued'],
  ]);
  const repeated = { ...delivery, flag: 'two persons; the e-mails differ' };
  const entries = timeline({ order, deliveries: [repeated], audit: [audit], messages: [message], nameOf });
  expect(entries.map((entry) => [entry.kind, entry.what, entry.why])).toEqual([
    ['delivery', 'fulfilled', 'amelia_after_booking_added; two persons; the e-mails differ'],
    ['audit', 'order.fulfilled', 'approved'],
    ['message', 'queued', 'to a@example.test'],
    ['message', 'accepted', ''],
  ]);
});
