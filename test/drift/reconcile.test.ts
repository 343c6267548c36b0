import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSilence } from '../../server/drift/check-silence.ts';
import { reconcile, type BookingList } from '../../server/drift/reconcile.ts';
import { siteStates } from '../../server/drift/sites.ts';
import { silentLog } from '../../server/log.ts';
import { renderAdminUrgent } from '../../server/mail/render.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { createMetrics } from '../../server/metrics.ts';
import type { AlertRow } from '../../server/store/rows.ts';
import { systemTimers } from '../../server/timers.ts';
import { openRaw, type Raw } from '../store/raw.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REV = 1_795_404_307;

describe.each(engines())('reconciling on %s', (engine) => {
  let world: World;
  let raw: Raw;
  let alarms = 0;

  beforeAll(async () => {
    world = await openWorld(engine);
    raw = await openRaw(engine, world.url);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 100);
  });
  afterAll(async () => {
    await raw.end();
    await world.close();
  });

  const clock = { now: () => new Date() };
  const deps = () => ({
    store: world.store,
    clock,
    timers: systemTimers,
    random: Math.random,
    log: silentLog,
    onAlerts: () => void (alarms += 1),
  });
  /** Booking 1 is on every first page: it is older than the plugin. */
  const list = (ids: (string | [string, number])[], about: Partial<BookingList> = {}) =>
    listed([...(about.after === undefined ? [['1', 0] satisfies [string, number]] : []), ...ids], about);
  const listed = (ids: (string | [string, number])[], about: Partial<BookingList>) =>
    reconcile(deps(), {
      site: '',
      source: 'amelia',
      plugin: '0.1.0',
      after: 0,
      upto: null,
      bookings: ids.map((one) =>
        typeof one === 'string' ? { id: one, rev: REV } : { id: one[0], rev: one[1] },
      ),
      ...about,
    });
  /** An order that this side made so long ago. */
  async function sold(externalId: string, agoMs = HOUR, about: { rev?: number | null } = {}) {
    world.clock.ahead(-agoMs);
    await world.send(booking({ externalId, rev: REV, ...about }));
    world.clock.ahead(agoMs);
  }
  const alerts = async (kind: AlertRow['kind']) =>
    world.store.transaction(async (tx) => {
      const untold = await tx.lockUntoldAlerts({ limit: 10_000 });
      return untold.filter((alert) => alert.kind === kind);
    });
  const trail = async (externalId: string) => {
    const lines = await world.store.findAudit({ subject: `order:${(await world.order(externalId))?.id}` });
    return lines.filter((line) => line.actor === 'reconcile').map((line) => line.action);
  };
  const state = async () =>
    (await siteStates(world)).find((one) => one.site === '' && one.source === 'amelia');
  const age = (table: string, column: string, hours: number) =>
    raw.rows(
      engine === 'postgres'
        ? `UPDATE ${table} SET ${column} = ${column} - interval '${hours} hours'`
        : `UPDATE ${table} SET ${column} = ${column} - INTERVAL ${hours} HOUR`,
    );

  // One story, told in order: each test finds the site as the one before left it.
  test('a first list takes what raw senders brought before as known, when it names it without a revision', async () => {
    await sold('1', HOUR, { rev: null });
    expect(await list([])).toEqual({ lacking: [], unknown: 0 });
    expect(await alerts('unknown_order')).toEqual([]);
    expect(await state()).toMatchObject({
      listed: 1,
      lacking: 0,
      unknown: 0,
      plugin: '0.1.0',
      isSilent: false,
    });
  });

  test('what was sold and listed is no drift, at the same or a lower revision', async () => {
    await sold('2');
    expect(await list(['2'])).toEqual({ lacking: [], unknown: 0 });
    expect(await list([['2', REV - 5]])).toEqual({ lacking: [], unknown: 0 });
  });

  test('an order that WordPress does not list is told once, and has it in its timeline', async () => {
    await sold('66');
    expect(await list(['2'])).toEqual({ lacking: [], unknown: 1 });
    expect(await list(['2'])).toEqual({ lacking: [], unknown: 1 });
    expect(await alerts('unknown_order')).toMatchObject([
      { orderId: 'amelia:66', detail: 'fulfilled here, but WordPress does not list the booking' },
    ]);
    expect(await trail('66')).toEqual(['drift.unknown']);
    expect(alarms).toBe(1);
    expect(await state()).toMatchObject({ listed: 2, lacking: 0, unknown: 1 });
    const page = await (await openDesk(world).as('viewer')).orders.get({ orderId: 'amelia:66' });
    expect(page.timeline.find((entry) => entry.what === 'drift.unknown')).toMatchObject({
      who: 'reconcile',
      why: 'WordPress does not list this booking',
    });
  });

  test('the mail says what, where to look and what to do', async () => {
    const mail = renderAdminUrgent({
      brand: loadBrand(),
      publicUrl: 'https://keys.example.test',
      alerts: await alerts('unknown_order'),
    });
    for (const words of ['amelia:66', 'forged', 'backup', 'orders show', 'revoked', 'KEYBANK_WEBHOOK_TOKEN'])
      expect(mail.text.replace(/\s+/g, ' ')).toContain(words);
  });

  test('a booking that is listed again is noted as known, and never mailed a second time', async () => {
    expect(await list(['2', '66'])).toEqual({ lacking: [], unknown: 0 });
    expect(await trail('66')).toEqual(['drift.unknown', 'drift.known']);
    expect(await list(['2'])).toMatchObject({ unknown: 1 });
    expect(await trail('66')).toEqual(['drift.unknown', 'drift.known', 'drift.unknown']);
    expect(await alerts('unknown_order')).toHaveLength(1);
    expect(await list(['2', '66'])).toMatchObject({ unknown: 0 });
  });

  test('eight lists at once tell a forgery once', async () => {
    await sold('67');
    await Promise.all(Array.from({ length: 8 }, () => list(['2', '66'])));
    expect((await alerts('unknown_order')).filter((alert) => alert.orderId === 'amelia:67')).toHaveLength(1);
    expect(await trail('67')).toEqual(['drift.unknown']);
    expect(await list(['2', '66', '67'])).toMatchObject({ unknown: 0 });
  });

  test('only orders between ten minutes and 48 hours of age, of this site and plugin, are judged', async () => {
    await sold('70', 5 * MINUTE);
    await sold('71', 49 * HOUR);
    expect(await list(['2', '66', '67'])).toEqual({ lacking: [], unknown: 0 });
    expect(await list([], { site: 'second', source: 'amelia' })).toEqual({ lacking: [], unknown: 0 });
    expect(await list([], { source: 'bookly' })).toEqual({ lacking: [], unknown: 0 });
  });

  test('a page covers ids in (after, upto]; packages and groups belong to the first page', async () => {
    for (const id of ['9', '10', '100', 'package:7', 'compound:abc', 'form-13']) await sold(id);
    const rest = ['2', '66', '67'];
    expect(await list([...rest, 'package:7'], { upto: 9 })).toMatchObject({ unknown: 2 });
    expect(await list([...rest, '9', 'package:7', 'compound:abc'], { upto: 9 })).toMatchObject({
      unknown: 0,
    });
    expect(await list(['10', '66', '67'], { after: 9, upto: 99 })).toMatchObject({ unknown: 0 });
    expect(await list([], { after: 99 })).toMatchObject({ unknown: 1 });
    expect(await state()).toMatchObject({ listed: 10, unknown: 1 });
    expect(await list(['100'], { after: 99 })).toMatchObject({ unknown: 0 });
  });

  const ALL = ['2', '66', '67', '9', '10', '100', 'package:7', 'compound:abc'];

  test('an absent booking and an older revision are lacking, and mailed when they still are ten minutes later', async () => {
    const listed: (string | [string, number])[] = [...ALL, '300', ['2', REV + 60]];
    expect(await list(listed)).toEqual({ lacking: ['300', '2'], unknown: 0 });
    expect(await list(listed)).toEqual({ lacking: ['300', '2'], unknown: 0 });
    expect(await alerts('lacking_booking')).toEqual([]);
    await age('booking_drift', 'since', 1);
    expect(await list(listed)).toMatchObject({ lacking: ['300', '2'] });
    expect(await list(listed)).toMatchObject({ lacking: ['300', '2'] });
    expect((await alerts('lacking_booking')).map((alert) => alert.orderId).sort()).toEqual([
      'amelia:2',
      'amelia:300',
    ]);
    expect(await state()).toMatchObject({ lacking: 2 });
  });

  test('a lacking booking that came in between is forgotten, and its next absence starts anew', async () => {
    await world.send(booking({ externalId: '300', rev: REV }));
    await world.send(booking({ externalId: '2', rev: REV + 60 }));
    expect(await list([...ALL, '300', ['2', REV + 60]])).toEqual({ lacking: [], unknown: 0 });
    expect(await list([...ALL, '301'])).toMatchObject({ lacking: ['301'] });
    await world.send(booking({ externalId: '301', rev: REV }));
    expect(await list([...ALL, '301'])).toMatchObject({ lacking: [] });
    await age('booking_drift', 'since', 1);
    expect(await list([...ALL, ['301', REV + 1]])).toMatchObject({ lacking: ['301'] });
    expect((await alerts('lacking_booking')).map((alert) => alert.orderId)).not.toContain('amelia:301');
    await world.send(booking({ externalId: '301', rev: REV + 1 }));
  });

  test('a revision that was read and made no order is not lacking, a later one is', async () => {
    await world.send(booking({ externalId: '400', rev: REV, status: 'waitlisted' }));
    expect(await world.order('400')).toBeNull();
    expect(await list([...ALL, '400'])).toMatchObject({ lacking: [] });
    expect(await list([...ALL, ['400', REV + 1]])).toMatchObject({ lacking: ['400'] });
    await world.send(booking({ externalId: '400', rev: REV + 1, status: 'waitlisted' }));
    expect(await list([...ALL, ['400', REV + 1]])).toMatchObject({ lacking: [] });
  });

  test('a booking that only a raw sender told of lacks the snapshot, until it comes', async () => {
    await world.send(booking({ externalId: '500' }));
    expect(await list([...ALL, '500'])).toMatchObject({ lacking: ['500'] });
    await world.send(booking({ externalId: '500', rev: REV }));
    expect(await list([...ALL, '500'])).toMatchObject({ lacking: [] });
    expect(await world.mailsOf('500')).toHaveLength(1);
  });

  test('two thousand forged orders are counted and told in one list', async () => {
    const externalIds = Array.from({ length: 2000 }, (_, nth) => String(10_000 + nth));
    world.clock.ahead(-HOUR);
    await Promise.all(externalIds.map((externalId) => world.send(booking({ externalId, rev: REV }))));
    world.clock.ahead(HOUR);
    expect(await list(ALL)).toMatchObject({ unknown: 2000 });
    expect(await list(externalIds.slice(0, 1000), { after: 9999, upto: 10_999 })).toMatchObject({
      unknown: 0,
    });
    expect(await world.broken()).toEqual([]);
  });

  test('the figures are there for staff and for /metrics', async () => {
    await list([...ALL, '999']);
    const { sites } = await (await openDesk(world).as('viewer')).sites.list();
    const main = sites.find((site) => site.site === '' && site.source === 'amelia');
    expect(main).toMatchObject({ plugin: '0.1.0', isSilent: false, lacking: 1, unknown: 2000 });
    const text = await createMetrics(world.store).registry.metrics();
    expect(text).toContain('keybank_drift_bookings{source="amelia",kind="lacking"} 1');
    expect(text).toContain('keybank_drift_silent_sites 0');
  });

  test('a site that falls silent is shown after three hours, and mailed once after a day', async () => {
    const look = () => checkSilence({ ...deps() });
    await age('reconciles', 'last_at', 4);
    expect(await state()).toMatchObject({ isSilent: true });
    expect(await look()).toBe(0);
    await age('reconciles', 'last_at', 21);
    expect(await look()).toBe(3);
    expect(await look()).toBe(0);
    const told = await alerts('silent_site');
    expect(told.map((alert) => alert.detail.split(':')[0])).toEqual([
      'the main site, amelia',
      'the main site, bookly',
      'second, amelia',
    ]);
    await list(ALL);
    expect(await state()).toMatchObject({ isSilent: false });
    await age('reconciles', 'last_at', 25);
    expect(await look()).toBe(1);
  });
});
