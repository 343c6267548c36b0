import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import type { AlertKind } from '../../server/store/rows.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { openEventsWorld, postmark, type EventsWorld } from '../mail/events-world.ts';
import { booking, openWorld, type World } from '../support/world.ts';

const course = (id: string) => ({ kind: 'service' as const, id, name: 'A course' });

describe.each(engines())('the attention list on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let support: Awaited<ReturnType<Desk['as']>>;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    support = await desk.as('support');
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 20);
  });
  afterAll(() => world.close());
  beforeEach(settleAll);

  async function settleAll(): Promise<void> {
    for (;;) {
      const { items } = await support.attention.list();
      if (items.length === 0) return;
      await support.attention.settle({ alertIds: items.map(({ alertId }) => alertId), reason: 'next test' });
    }
  }

  const raise = async (kind: AlertKind, orderId: string | null = null, detail = `a ${kind}`) => {
    await world.store.insertAlerts({
      alerts: [{ kind, orderId, sku: null, detail, createdAt: new Date() }],
    });
    const [alert] = await world.store.listOpenAlerts({ kind, beforeId: Number.MAX_SAFE_INTEGER, limit: 1 });
    return alert?.id ?? 0;
  };

  const trail = async (subject: string) =>
    (await world.store.findAudit({ subject })).filter(({ action }) => action.startsWith('alert.'));

  test('shows an order without a product with the course to map, and mapping it takes it off', async () => {
    await world.send(booking({ externalId: '1', item: course('77'), rev: 1 }));
    const { items, counts } = await (await desk.as('viewer')).attention.list();
    expect(items).toMatchObject([
      {
        kind: 'attention',
        orderId: 'amelia:1',
        order: {
          status: 'attention',
          reason: 'unmapped',
          email: 'buyer-1@example.test',
          item: { kind: 'service', id: '77', name: 'A course' },
        },
        message: null,
        deliveryId: null,
        fixes: [
          { do: 'map', item: { site: '', source: 'amelia', kind: 'service', itemId: '77' } },
          { do: 'replay', orderId: 'amelia:1', deliveryId: null },
          { do: 'settle' },
        ],
      },
    ]);
    expect(counts).toEqual([{ kind: 'attention', count: 1, isMore: false }]);
    await world.map('77', 'COURSE-A');
    await world.send(booking({ externalId: '1', item: course('77'), rev: 2 }));
    expect(await support.attention.list()).toEqual({ items: [], counts: [] });
    expect(await world.core.settleAlerts()).toBeGreaterThanOrEqual(1);
    const [alert] = await world.store.findAlerts({ ids: [items[0]?.alertId ?? 0] });
    expect(alert).toMatchObject({ settledBy: 'job', settledAt: expect.any(Date) });
    expect(await world.broken()).toEqual([]);
  });

  test('lists newest first over all kinds, a page at a time, without shortages and without what is over', async () => {
    await world.send(booking({ externalId: '2' }));
    const ids: number[] = [];
    for (let at = 0; at < 60; at += 1) {
      if (at % 2 === 0) ids.unshift(await raise(at % 3 === 0 ? 'conflict' : 'unreadable', null, `one ${at}`));
      // The order of these is served: they are over.
      else await raise('attention', 'amelia:2');
    }
    await raise('out_of_stock', 'amelia:never-seen');
    const first = await support.attention.list({});
    const second = await support.attention.list({ cursor: first.next });
    expect(second.next).toBeUndefined();
    expect(second.counts).toBeUndefined();
    expect([...first.items, ...second.items].map(({ alertId }) => alertId)).toEqual(ids);
    expect(first.items).toHaveLength(25);
    const conflicts = await support.attention.list({ kinds: ['conflict'] });
    expect(new Set(conflicts.items.map(({ kind }) => kind))).toEqual(new Set(['conflict']));
    expect(conflicts.items).toHaveLength(10);
    expect(first.counts).toEqual([
      { kind: 'conflict', count: 10, isMore: false },
      { kind: 'unreadable', count: 20, isMore: false },
    ]);
  });

  test('finds old alerts behind many that are over, and the job settles these', async () => {
    await world.send(booking({ externalId: '3' }));
    await world.core.settleAlerts();
    const old = await raise('attention', 'amelia:nowhere');
    await world.store.insertAlerts({
      alerts: Array.from({ length: 450 }, () => ({
        ...{ kind: 'attention' as const, orderId: 'amelia:3', sku: null, detail: 'x', createdAt: new Date() },
      })),
    });
    let page = await support.attention.list();
    for (let looks = 0; page.items.length === 0 && page.next !== undefined && looks < 5; looks += 1)
      page = await support.attention.list({ cursor: page.next });
    expect(page.items.map(({ alertId }) => alertId)).toEqual([old]);
    expect(await world.core.settleAlerts()).toBe(450);
    expect(await world.core.settleAlerts()).toBe(0);
    expect((await support.attention.list()).items.map(({ alertId }) => alertId)).toEqual([old]);
  });

  test('a person settles with a reason, on the trail of the order, and may put it back', async () => {
    await world.send(booking({ externalId: '4' }));
    const order = await world.order('4');
    const alertIds = [await raise('conflict', 'amelia:4'), await raise('unreadable', 'amelia:4')];
    const free = await raise('silent_site', null, 'nowhere, amelia: the last list came never');
    const settled = await support.attention.settle({ alertIds: [...alertIds, free], reason: ' seen\nto ' });
    expect(settled.settled.toSorted((a, b) => a - b)).toEqual([...alertIds, free]);
    expect((await support.attention.list()).items).toEqual([]);
    expect(await support.attention.settle({ alertIds, reason: 'again' })).toEqual({ settled: [] });
    expect(await trail(`order:${order?.id}`)).toMatchObject([
      { action: 'alert.settled', reason: 'seen to', actor: /^staff:/, refs: { alerts: alertIds } },
    ]);
    expect(await trail(`alert:${free}`)).toMatchObject([
      { action: 'alert.settled', refs: { alerts: [free] } },
    ]);

    const back = await support.attention.reopen({ alertIds: [...alertIds, free], reason: 'not yet' });
    expect(back).toEqual({ reopened: [...alertIds, free], over: [] });
    expect((await support.attention.list()).items).toHaveLength(3);
    expect((await trail(`order:${order?.id}`)).at(-1)).toMatchObject({ action: 'alert.reopened' });
    expect(await support.attention.reopen({ alertIds, reason: 'again' })).toEqual({ reopened: [], over: [] });
    const over = await raise('attention', 'amelia:4');
    await support.attention.settle({ alertIds: [over], reason: 'x' });
    expect(await support.attention.reopen({ alertIds: [over], reason: 'x' })).toEqual({
      reopened: [],
      over: [over],
    });
    expect(await world.broken()).toEqual([]);
  });

  test.each([
    [
      'an unmapped course',
      JSON.stringify({ id: '6', email: 'b@example.test', serviceId: 78, status: 'approved' }),
    ],
    ['no JSON', 'neither is this'],
  ])('what is read again and still cannot be is shown once, and seen to once: %s', async (_, body) => {
    const deliveryId = newUuid();
    await world.store.insertDeliveries({
      deliveries: [
        {
          ...{ id: deliveryId, receivedAt: new Date(), site: '', source: 'amelia', hook: null },
          ...{ contentType: 'application/json', body: new TextEncoder().encode(body), headers: {} },
          ...{ verdict: 'attention', flag: 'kept', orders: [], replayOf: null },
        },
      ],
    });
    const read = (reason: string) => support.deliveries.replay({ deliveryId, reason });
    await read('now it should');
    const page = await support.attention.list();
    expect(page.items).toHaveLength(1);
    await read('once more');
    await read('and again');
    const { items, counts } = await support.attention.list();
    expect(items).toEqual([{ ...page.items[0], alertId: expect.any(Number), since: expect.any(String) }]);
    expect(items[0]?.alertId).toBeGreaterThan(page.items[0]?.alertId ?? Infinity);
    expect(counts).toEqual(page.counts);
    const alertIds = items.map(({ alertId }) => alertId);
    const { settled } = await support.attention.settle({ alertIds, reason: 'we called them' });
    expect(settled).toHaveLength(3);
    expect((await support.attention.list()).items).toEqual([]);
    await support.attention.reopen({ alertIds: settled, reason: 'not yet' });
    expect((await support.attention.list()).items).toMatchObject([{ alertId: alertIds[0] }]);
    expect(await world.core.settleAlerts()).toBe(2);
    expect((await support.attention.list()).items).toMatchObject([{ alertId: alertIds[0] }]);
    expect(await world.broken()).toEqual([]);
  });

  test('settled by many at once, each alert is settled once and has one line', async () => {
    await world.send(booking({ externalId: '5' }));
    const order = await world.order('5');
    const alertIds = [
      await raise('conflict', 'amelia:5'),
      await raise('conflict', null, 'one'),
      await raise('conflict', null, 'two'),
    ];
    const crowd = await Promise.all(
      Array.from({ length: 6 }, async (_, at) => {
        const one = await desk.as('support');
        return one.attention.settle({ alertIds, reason: `by ${at}` });
      }),
    );
    expect(crowd.flatMap(({ settled }) => settled).toSorted((a, b) => a - b)).toEqual(alertIds);
    expect(await trail(`order:${order?.id}`)).toHaveLength(1);
    for (const id of alertIds.slice(1)) expect(await trail(`alert:${id}`)).toHaveLength(1);
    const again = await Promise.allSettled(
      Array.from({ length: 4 }, () => support.attention.reopen({ alertIds, reason: 'once more' })),
    );
    expect(again.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await support.attention.list()).items).toHaveLength(3);
    expect(await world.broken()).toEqual([]);
  });

  test('an alert that was settled before it was told is told to nobody', async () => {
    await world.core.tellAlerts();
    const alertId = await raise('conflict');
    await support.attention.settle({ alertIds: [alertId], reason: 'seen' });
    await world.core.tellAlerts();
    const [alert] = await world.store.findAlerts({ ids: [alertId] });
    expect(alert?.messageId).toBe('resolved');
  });

  test('keys that stayed with a cancelled order are masked, and it is over when they are revoked', async () => {
    await world.send(booking({ externalId: '6', rev: 1 }));
    const [mail] = await world.mailsOf('6');
    await world.store.leaseMessages({ ids: [mail?.id ?? ''], token: mail?.id ?? '', leaseMs: 60_000 });
    await world.send(booking({ externalId: '6', rev: 2, status: 'cancelled' }));
    const [key] = await world.keysOf('6');
    const page = await support.attention.list({ kinds: ['cancelled_seen'] });
    expect(page.items[0]?.fixes[0]).toMatchObject({ do: 'revoke-key', keyId: key?.id });
    expect(JSON.stringify(page)).not.toContain(key?.licenseKey);
    await world.store.revokeKeys({ keyIds: [key?.id ?? 0] });
    expect((await support.attention.list({ kinds: ['cancelled_seen'] })).items).toEqual([]);
  });

  test('a site that was silent and is heard again, and a booking that has come, take themselves off', async () => {
    const list = { site: '', source: 'amelia' as const, plugin: '1', listed: 1, lacking: 0, unknown: 0 };
    await world.store.saveReconcile({ ...list, isFirstPage: true });
    await world.store.noteSilence(list);
    await raise('silent_site', null, 'the main site, amelia: the last list came yesterday');
    const booked = { site: '', source: 'amelia' as const, externalId: '900' };
    await world.store.saveDrift({ keys: [booked], kind: 'lacking', state: 'told' });
    await raise('lacking_booking', 'amelia:900');
    const kinds = async () => (await support.attention.list()).items.map(({ kind }) => kind);
    expect(await kinds()).toEqual(['lacking_booking', 'silent_site']);
    await world.store.saveDrift({ keys: [booked], kind: 'lacking', state: 'over' });
    expect(await kinds()).toEqual(['silent_site']);
    await world.store.saveReconcile({ ...list, isFirstPage: true });
    expect(await kinds()).toEqual([]);
  });

  test('a delivery that was kept alone is named, to be read again', async () => {
    const id = '0193a8f2-0000-7000-8000-000000000001';
    await raise('unreadable', 'amelia:901', `delivery ${id}: the delivery could not be acted on (x)`);
    const { items } = await support.attention.list();
    expect(items[0]).toMatchObject({
      deliveryId: id,
      order: null,
      fixes: [{ do: 'replay', orderId: 'amelia:901', deliveryId: id }, { do: 'settle' }],
    });
  });

  test('viewers look and settle nothing, strangers see nothing, and what is wrong is named', async () => {
    const alertId = await raise('conflict');
    const viewer = await desk.as('viewer');
    const wish = { alertIds: [alertId], reason: 'x' };
    await expect(viewer.attention.settle(wish)).rejects.toThrow(/role viewer/);
    await expect(viewer.attention.reopen(wish)).rejects.toThrow(/role viewer/);
    const stranger = desk.caller('Bearer kb_staff_guessed');
    await expect(stranger.attention.list()).rejects.toThrow(/staff token is missing/);
    await expect(stranger.attention.settle(wish)).rejects.toThrow(/staff token is missing/);
    for (const act of [support.attention.settle, support.attention.reopen]) {
      await expect(act({ ...wish, reason: ' ' })).rejects.toThrow(/reason is required/);
      await expect(act({ ...wish, alertIds: [alertId, 999_999_999] })).rejects.toThrow(/no alert 999999999/);
      await expect(act({ ...wish, alertIds: [] })).rejects.toThrow();
      await expect(
        act({ ...wish, alertIds: Array.from({ length: 101 }, (_, at) => at + 1) }),
      ).rejects.toThrow();
    }
    const mark = Buffer.from('after:3').toString('base64url');
    for (const cursor of ['made up', mark])
      await expect(viewer.attention.list({ cursor })).rejects.toThrow(/page mark is not one/);
    expect((await viewer.attention.list()).items.map((item) => item.alertId)).toEqual([alertId]);
    expect(await trail(`alert:${alertId}`)).toEqual([]);
  });
});

describe.each(engines())('mails in trouble on the attention list on %s', (engine) => {
  let world: EventsWorld;
  let desk: Desk;

  beforeAll(async () => {
    world = await openEventsWorld(engine);
    desk = openDesk(world);
  });
  afterAll(() => world.close());

  test('a bounce shows with its mail, and a corrected address takes it off', async () => {
    const messageId = await world.mailed('21');
    await world.tell(postmark(messageId));
    const support = await desk.as('support');
    const { items } = await support.attention.list();
    expect(items).toMatchObject([
      {
        kind: 'mail_bounced',
        orderId: 'amelia:21',
        message: { messageId, recipient: 'buyer-21@example.test', status: 'bounced' },
        fixes: [{ do: 'correct-address', orderId: 'amelia:21' }, { do: 'settle' }],
      },
    ]);
    await support.orders.resend({
      orderId: 'amelia:21',
      reason: 'typing error',
      email: 'right@example.test',
    });
    expect((await support.attention.list()).items).toEqual([]);
    expect(await world.broken()).toEqual([]);
  });

  test('a mail that failed shows until it is queued again', async () => {
    const failed = {
      status: 'failed' as const,
      lastCode: 'smtp_550',
      lastError: 'no (550)',
      acceptedAt: null,
    };
    const messageId = await world.mailed('22', failed);
    await world.store.insertAlerts({
      alerts: [
        { kind: 'mail_failed', orderId: 'amelia:22', sku: null, detail: 'Refused.', createdAt: new Date() },
      ],
    });
    const support = await desk.as('support');
    const { items } = await support.attention.list();
    expect(items[0]).toMatchObject({
      message: { messageId },
      fixes: [{ do: 'retry-mail', messageId }, {}, {}],
    });
    await support.mail.retry({ messageIds: [messageId], reason: 'their server is back' });
    expect((await support.attention.list()).items).toEqual([]);
  });
});
