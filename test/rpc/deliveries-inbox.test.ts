import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { mergeByTime } from '../../server/orders/delivery-filter.ts';
import type { DeliveryRow } from '../../server/store/rows.ts';
import { StoreError } from '../../server/store/store-error.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

const START = Date.parse('2026-11-22T20:00:00.000Z');
const at = (second: number) => new Date(START + second * 1000);

/** A booking of service 1 as it was kept; `second` says when it came, after eight o'clock. */
function kept(
  number: number,
  about: Partial<DeliveryRow> & { second: number; status?: string },
): DeliveryRow {
  const { second, status = 'approved', ...row } = about;
  const body = { id: String(number), email: `kept-${number}@example.test`, serviceId: 1, status };
  return {
    id: newUuid(),
    receivedAt: at(second),
    site: '',
    source: 'amelia',
    hook: null,
    contentType: 'application/json',
    body: new TextEncoder().encode(JSON.stringify(body)),
    headers: {},
    verdict: 'attention',
    flag: 'kept for a person',
    orders: [],
    replayOf: null,
    ...row,
  };
}

test('lists of several verdicts become one, in either direction, ids deciding at the same moment', () => {
  const row = (id: string, second: number) => ({ id, receivedAt: at(second) });
  const lists = [[row('a', 1), row('d', 3)], [row('c', 2), row('b', 2)], []];
  const ids = (direction: 'newest first' | 'oldest first') =>
    mergeByTime(lists, direction).map(({ id }) => id);
  expect(ids('oldest first')).toEqual(['a', 'b', 'c', 'd']);
  expect(ids('newest first')).toEqual(['d', 'c', 'b', 'a']);
});

describe.each(engines())('the inbox of deliveries on %s', (engine) => {
  let world: World;
  let desk: Desk;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    const rows = Array.from({ length: 60 }, (_, index) =>
      // Two at each moment, so that the ids decide between them.
      kept(index, { second: Math.floor(index / 2), verdict: index % 3 === 0 ? 'waiting' : 'fulfilled' }),
    );
    const other = [
      kept(100, { second: 100, source: 'bookly', verdict: 'duplicate' }),
      kept(101, { second: 101, site: 'second-shop' }),
      kept(102, { second: 102, verdict: 'duplicate', replayOf: rows[0]?.id ?? '' }),
    ];
    await world.store.insertDeliveries({ deliveries: [...rows, ...other] });
  });
  afterAll(() => world.close());

  test('lists newest first, page by page, each delivery once and no replays', async () => {
    const viewer = await desk.as('viewer');
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await viewer.deliveries.list({ ...(cursor !== undefined && { cursor }) });
      sizes.push(page.deliveries.length);
      seen.push(...page.deliveries.map((one) => `${one.receivedAt} ${one.deliveryId}`));
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(sizes).toEqual([25, 25, 12]);
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
  });

  test('narrows by verdict, source, site, period and replays', async () => {
    const viewer = await desk.as('viewer');
    const count = async (input: Parameters<typeof viewer.deliveries.list>[0]) =>
      (await viewer.deliveries.list(input)).deliveries.length;
    expect(await count({ verdict: 'waiting' })).toBe(20);
    expect(await count({ verdict: ['attention', 'duplicate'] })).toBe(2);
    expect(await count({ verdict: ['duplicate'], replays: true })).toBe(2);
    expect(await count({ source: 'bookly' })).toBe(1);
    expect(await count({ site: 'second-shop' })).toBe(1);
    // The end is not part of a period, its beginning is.
    expect(await count({ since: '2026-11-22T20:00:03Z', until: '2026-11-22T21:00:05+01:00' })).toBe(4);
    expect(await count({ since: '2026-11-23' })).toBe(0);
  });

  test('shows what a delivery came to, and neither its content nor its headers', async () => {
    const [one] = (await (await desk.as('viewer')).deliveries.list({ site: 'second-shop' })).deliveries;
    expect(one).toEqual({
      deliveryId: expect.any(String),
      receivedAt: at(101).toISOString(),
      site: 'second-shop',
      source: 'amelia',
      hook: null,
      contentType: 'application/json',
      verdict: 'attention',
      flag: 'kept for a person',
      orders: [],
      replayOf: null,
    });
  });

  test('is for staff; a forged page mark and a day that is none are refused', async () => {
    const viewer = await desk.as('viewer');
    await expect(desk.caller(undefined).deliveries.list({})).rejects.toThrow(/staff token/);
    for (const cursor of ['x', Buffer.from("before:1:' OR 1=1").toString('base64url')])
      await expect(viewer.deliveries.list({ cursor })).rejects.toThrow(/page mark/);
    for (const since of ['yesterday', '2026-02-30', '0001-01-01', '2026-11-22T20:00:00'])
      await expect(viewer.deliveries.list({ since })).rejects.toThrow(/A moment is a day/);
    await expect(viewer.deliveries.list({ site: '../x' })).rejects.toThrow(/slug/);
  });
});

describe.each(engines())('replaying many deliveries on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let next = 0;

  beforeAll(async () => {
    world = await openWorld(engine, { defaultSku: 'COURSE-A' });
    desk = openDesk(world);
    await world.stock('COURSE-A', 600);
  });
  afterAll(() => world.close());

  /** Each story has a site of its own: its deliveries are its set. */
  async function bring(
    count: number,
    about: Partial<DeliveryRow> = {},
  ): Promise<{ site: string; rows: DeliveryRow[] }> {
    const site = `shop-${(next += 1)}`;
    const rows = Array.from({ length: count }, (_, index) =>
      kept(index + 1, { second: index, site, ...about }),
    );
    await world.store.insertDeliveries({ deliveries: rows });
    return { site, rows };
  }
  const order = (site: string, number: number) =>
    world.store.findOrder({ site, source: 'amelia', externalId: String(number) });
  const trailOf = async (action: string, site: string) => {
    const lines = await world.store.listAudit({ afterId: 0, limit: 5000 });
    return lines.filter((line) => line.action === action && line.refs.site === site);
  };

  test('counts first, then serves all of it in pages, and again nothing moves', async () => {
    const { site } = await bring(230);
    await world.store.insertDeliveries({
      deliveries: [
        kept(900, { second: 1, site, verdict: 'ignored' }),
        kept(901, { second: 1, site, replayOf: newUuid() }),
      ],
    });
    const admin = await desk.as('admin');
    const counted = await admin.deliveries.countReplay({ filter: { verdict: 'attention', site } });
    expect(counted).toMatchObject({ count: 230, filter: { verdict: ['attention'], site } });
    const wish = { ...counted, reason: 'the mapping is mended' };
    const first = await admin.deliveries.replayMany(wish);
    expect(first).toMatchObject({ replayed: 200, outcomes: [{ status: 'fulfilled', count: 200 }] });
    const second = await admin.deliveries.replayMany({ ...wish, cursor: first.next });
    expect(second).toEqual({ replayed: 30, outcomes: [{ status: 'fulfilled', count: 30 }] });

    const again = await admin.deliveries.replayMany(wish);
    expect(again.outcomes).toEqual([{ status: 'duplicate', count: 200 }]);
    expect(await order(site, 900)).toBeNull();
    expect(await order(site, 901)).toBeNull();
    expect(await world.broken()).toEqual([]);
  });

  test('leaves a trail: what was counted, each page with its outcomes, and the reason on each replay', async () => {
    const { site, rows } = await bring(3);
    const admin = await desk.as('admin');
    const counted = await admin.deliveries.countReplay({ filter: { site } });
    await admin.deliveries.replayMany({ ...counted, reason: 'Ticket 12' });
    const [start] = await trailOf('replay.started', site);
    const [page] = await trailOf('replay.run', site);
    expect(start).toMatchObject({
      subject: expect.stringMatching(/^replay:[0-9a-f-]{36}$/),
      actor: expect.stringMatching(/^staff:\d+$/),
      reason: 'Ticket 12',
      refs: { counted: 3, site, until: counted.filter.until },
    });
    expect(page).toMatchObject({
      subject: start?.subject,
      reason: 'Ticket 12',
      refs: { site, replayed: 3, fulfilled: 3 },
    });
    const spoken = await world.store.findDeliveriesOfOrder({ orderId: (await order(site, 1))?.id ?? 0 });
    expect(spoken.at(-1)).toMatchObject({ replayOf: rows[0]?.id, headers: { reason: 'Ticket 12' } });
  });

  test('oldest first: an approval and the cancel after it end as cancelled', async () => {
    const { site } = await bring(0);
    const approved = Array.from({ length: 20 }, (_, index) => kept(index + 1, { second: index, site }));
    const cancelled = approved.map((_, index) =>
      kept(index + 1, { second: 100 + index, site, status: 'canceled', verdict: 'cancelled' }),
    );
    await world.store.insertDeliveries({ deliveries: [...cancelled, ...approved] });
    const admin = await desk.as('admin');
    const counted = await admin.deliveries.countReplay({ filter: { site } });
    const { outcomes } = await admin.deliveries.replayMany({ ...counted, reason: 'as it came' });
    expect(outcomes).toEqual([
      { status: 'fulfilled', count: 20 },
      { status: 'cancelled', count: 20 },
    ]);
    for (const number of [1, 20]) expect(await order(site, number)).toMatchObject({ status: 'cancelled' });
    expect(await world.broken()).toEqual([]);
  });

  test('an order that staff cancelled stays cancelled; only the replay of it alone sets it going again', async () => {
    const { site, rows } = await bring(2);
    const admin = await desk.as('admin');
    const counted = await admin.deliveries.countReplay({ filter: { site } });
    const wish = { ...counted, reason: 'x' };
    await admin.deliveries.replayMany(wish);
    await admin.orders.cancel({ orderId: `amelia@${site}:1`, reason: 'the buyer asked for it' });
    expect(await admin.deliveries.replayMany(wish)).toMatchObject({ replayed: 2 });
    expect(await order(site, 1)).toMatchObject({ status: 'cancelled' });
    await admin.deliveries.replay({ deliveryId: rows[0]?.id ?? '', reason: 'the buyer came back' });
    expect(await order(site, 1)).toMatchObject({ status: 'fulfilled' });
    expect(await world.broken()).toEqual([]);
  });

  test('a set that is not as it was counted is refused, and nothing is read again', async () => {
    const { site } = await bring(2);
    const admin = await desk.as('admin');
    const counted = await admin.deliveries.countReplay({ filter: { site } });
    // It was received before the count, and committed after it.
    await world.store.insertDeliveries({ deliveries: [kept(3, { second: 5, site })] });
    await expect(admin.deliveries.replayMany({ ...counted, reason: 'x' })).rejects.toThrow(
      '2 deliveries were counted, and now 3 fit',
    );
    expect(await order(site, 1)).toBeNull();
    expect(await trailOf('replay.started', site)).toEqual([]);
    // What comes after the count is not of the set.
    const anew = await admin.deliveries.countReplay({ filter: { site } });
    const later = new Date(Date.parse(anew.filter.until) + 1);
    await world.store.insertDeliveries({ deliveries: [kept(4, { second: 0, site, receivedAt: later })] });
    expect(await admin.deliveries.replayMany({ ...anew, reason: 'x' })).toMatchObject({ replayed: 3 });
    expect(await order(site, 4)).toBeNull();
  });

  test('more than 10,000 are refused, and a period narrows them', async () => {
    const { site } = await bring(0);
    const body = new Uint8Array();
    const many = Array.from({ length: 10_001 }, (_, index) => kept(1, { second: index, site, body }));
    for (let from = 0; from < many.length; from += 1000)
      await world.store.insertDeliveries({ deliveries: many.slice(from, from + 1000) });
    const admin = await desk.as('admin');
    await expect(admin.deliveries.countReplay({ filter: { site } })).rejects.toThrow(/More than 10000/);
    const until = at(10_000).toISOString();
    expect(await admin.deliveries.countReplay({ filter: { site, until } })).toMatchObject({
      count: 10_000,
      filter: { until },
    });
  });

  test('a page mark is good for the run and the person that it was made for', async () => {
    const { site } = await bring(201);
    const [one, two] = [await desk.as('admin'), await desk.as('admin')];
    const counted = await one.deliveries.countReplay({ filter: { site } });
    const wish = { ...counted, reason: 'x' };
    const { next: cursor } = await one.deliveries.replayMany(wish);
    await expect(two.deliveries.replayMany({ ...wish, cursor })).rejects.toThrow(/page mark/);
    const wider = { ...wish, filter: { ...wish.filter, site: '' } };
    await expect(one.deliveries.replayMany({ ...wider, cursor })).rejects.toThrow(/page mark/);
    const forged = Buffer.from(`run:${newUuid()}:1:${newUuid()}`).toString('base64url');
    await expect(one.deliveries.replayMany({ ...wish, cursor: forged })).rejects.toThrow(/page mark/);
    expect(await one.deliveries.replayMany({ ...wish, cursor })).toMatchObject({ replayed: 1 });
  });

  test('a database that goes away in the middle is told, and the page can be run again', async () => {
    const { site } = await bring(5);
    let calls = 0;
    const queue = {
      ...desk.deps.queue,
      submit: (arrival: Parameters<typeof desk.deps.queue.submit>[0]) =>
        (calls += 1) === 3
          ? Promise.reject(new StoreError('store.unavailable', 'vending', 'gone'))
          : world.core.queue.submit(arrival),
    };
    const broken = openDesk(world, { queue });
    const admin = await broken.as('admin');
    const counted = await admin.deliveries.countReplay({ filter: { site } });
    const wish = { ...counted, reason: 'x' };
    await expect(admin.deliveries.replayMany(wish)).rejects.toThrow('after 4 of 5 deliveries');
    expect(await admin.deliveries.replayMany(wish)).toMatchObject({
      outcomes: [
        { status: 'fulfilled', count: 1 },
        { status: 'duplicate', count: 4 },
      ],
    });
    expect(await world.broken()).toEqual([]);
  });

  test('is for admins, and wants a reason', async () => {
    const { site } = await bring(1);
    const admin = await desk.as('admin');
    const counted = await admin.deliveries.countReplay({ filter: { site } });
    for (const role of ['viewer', 'support'] as const) {
      const other = await desk.as(role);
      await expect(other.deliveries.countReplay({ filter: { site } })).rejects.toThrow(/may not/);
      await expect(other.deliveries.replayMany({ ...counted, reason: 'x' })).rejects.toThrow(/may not/);
    }
    await expect(desk.caller('Bearer x').deliveries.countReplay({ filter: {} })).rejects.toThrow(/token/);
    await expect(admin.deliveries.replayMany({ ...counted, reason: ' \n' })).rejects.toThrow(/reason/);
    expect(await order(site, 1)).toBeNull();
  });
});
