import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSilence } from '../../server/drift/check-silence.ts';
import type { BookingList } from '../../server/drift/reconcile.ts';
import { renderAdminAttention } from '../../server/mail/render.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { createMetrics } from '../../server/metrics.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, type World } from '../support/world.ts';
import { HOUR, MINUTE, openLists, REV, type Named } from './lists.ts';

describe.each(engines())('reconciling on %s', (engine) => {
  let site: Awaited<ReturnType<typeof openLists>>;
  let world: World;

  beforeAll(async () => {
    site = await openLists(engine);
    world = site.world;
  });
  afterAll(() => site.close());

  /** Booking 1 is on every first page: it is older than the plugin. */
  const list = (ids: Named[], about: Partial<BookingList> = {}) =>
    site.list([...(about.after === undefined ? [['1', 0] satisfies Named] : []), ...ids], about);

  // One story, told in order: each test finds the site as the one before left it.
  test('a first list takes what raw senders brought before as known, when it names it without a revision', async () => {
    await site.sold('1', HOUR, { rev: null });
    expect(await list([])).toEqual({ lacking: [], unknown: 0 });
    expect(await site.alerts('unknown_order')).toEqual([]);
    expect(await site.state()).toMatchObject({
      listed: 1,
      lacking: 0,
      unknown: 0,
      plugin: '0.1.0',
      isSilent: false,
    });
  });

  test('what was sold and listed is no drift, at the same or a lower revision', async () => {
    await site.sold('2');
    expect(await list(['2'])).toEqual({ lacking: [], unknown: 0 });
    expect(await list([['2', REV - 5]])).toEqual({ lacking: [], unknown: 0 });
  });

  test('an order that WordPress does not list is told once, and has it in its timeline', async () => {
    await site.sold('66');
    expect(await list(['2'])).toEqual({ lacking: [], unknown: 1 });
    expect(await list(['2'])).toEqual({ lacking: [], unknown: 1 });
    expect(await site.alerts('unknown_order')).toMatchObject([
      { orderId: 'amelia:66', detail: 'fulfilled here, but WordPress does not list the booking' },
    ]);
    expect(await site.trail('66')).toEqual(['drift.unknown']);
    expect(site.alarms()).toBe(1);
    expect(await site.state()).toMatchObject({ listed: 2, lacking: 0, unknown: 1 });
    const page = await (await openDesk(world).as('viewer')).orders.get({ orderId: 'amelia:66' });
    expect(page.timeline.find((entry) => entry.what === 'drift.unknown')).toMatchObject({
      who: 'reconcile',
      why: 'WordPress does not list this booking',
    });
  });

  test('the mail says what, where to look and what to do', async () => {
    const mail = renderAdminAttention({
      brand: loadBrand(),
      publicUrl: 'https://keys.example.test',
      alerts: await site.alerts('unknown_order'),
    });
    for (const words of [
      'amelia:66',
      'forged',
      'backup',
      'orders show',
      'revoke its key',
      'KEYBANK_WEBHOOK_TOKEN',
    ])
      expect(mail.text.replace(/\s+/g, ' ')).toContain(words);
  });

  test('a booking that WordPress lists after all is told once more: its number may have been forged before', async () => {
    expect(await list(['2', '66'])).toEqual({ lacking: [], unknown: 0 });
    expect(await site.trail('66')).toEqual(['drift.unknown', 'drift.known']);
    expect((await site.alerts('unknown_order')).map(({ orderId, detail }) => [orderId, detail])).toEqual([
      ['amelia:66', expect.stringMatching(/^fulfilled here, but/)],
      ['amelia:66', expect.stringMatching(/did not list .* before, and lists it now\. Compare the buyer/)],
    ]);
    expect(site.alarms()).toBe(2);
    expect(site.logged.at(-1)).toEqual({ event: 'drift.known', fields: { count: 1, orders: ['amelia:66'] } });
  });

  test('what comes and goes has it in its timeline, and is mailed no third time', async () => {
    expect(await list(['2'])).toMatchObject({ unknown: 1 });
    expect(await list(['2'])).toMatchObject({ unknown: 1 });
    expect(await site.trail('66')).toEqual(['drift.unknown', 'drift.known', 'drift.unknown']);
    expect(await list(['2', '66'])).toMatchObject({ unknown: 0 });
    expect(await list(['2', '66'])).toMatchObject({ unknown: 0 });
    expect(await site.trail('66')).toHaveLength(4);
    expect(await site.alerts('unknown_order')).toHaveLength(2);
    expect(site.alarms()).toBe(2);
  });

  test('eight lists at once tell a forgery once', async () => {
    await site.sold('67');
    await Promise.all(Array.from({ length: 8 }, () => list(['2', '66'])));
    const told = async () =>
      (await site.alerts('unknown_order')).filter((alert) => alert.orderId === 'amelia:67');
    expect(await told()).toHaveLength(1);
    expect(await site.trail('67')).toEqual(['drift.unknown']);
    await Promise.all(Array.from({ length: 8 }, () => list(['2', '66', '67'])));
    expect(await told()).toHaveLength(2);
    expect(await site.trail('67')).toEqual(['drift.unknown', 'drift.known']);
  });

  test('only orders between ten minutes and 48 hours of age, of this site and plugin, are judged', async () => {
    await site.sold('70', 5 * MINUTE);
    await site.sold('71', 49 * HOUR);
    expect(await list(['2', '66', '67'])).toEqual({ lacking: [], unknown: 0 });
    expect(await list([], { site: 'second', source: 'amelia' })).toEqual({ lacking: [], unknown: 0 });
    expect(await list([], { source: 'bookly' })).toEqual({ lacking: [], unknown: 0 });
  });

  test('a page covers ids in (after, upto]; what is no number belongs to the first page', async () => {
    for (const id of ['9', '10', '100', 'package:7', 'compound:abc']) await site.sold(id);
    const rest = ['2', '66', '67'];
    expect(await list([...rest, 'package:7'], { upto: 9 })).toMatchObject({ unknown: 2 });
    expect(await list([...rest, '9', 'package:7', 'compound:abc'], { upto: 9 })).toMatchObject({
      unknown: 0,
    });
    expect(await list(['10', '66', '67'], { after: 9, upto: 99 })).toMatchObject({ unknown: 0 });
    expect(await list([], { after: 99 })).toMatchObject({ unknown: 1 });
    expect(await site.state()).toMatchObject({ listed: 10, unknown: 1 });
    expect(await list(['100'], { after: 99 })).toMatchObject({ unknown: 0 });
  });

  const ALL = ['2', '66', '67', '9', '10', '100', 'package:7', 'compound:abc'];
  const STRANGE = ['zz9', '1234567890123456', '012'];

  test('ids that no plugin makes are unknown on the first page', async () => {
    for (const id of STRANGE) await site.sold(id);
    expect(await list(['100'], { after: 99 })).toMatchObject({ unknown: 0 });
    expect(await list(ALL)).toMatchObject({ unknown: STRANGE.length });
    const told = (await site.alerts('unknown_order')).map(({ orderId }) => orderId);
    expect(told.slice(-STRANGE.length).sort()).toEqual(STRANGE.map((id) => `amelia:${id}`).sort());
    await site.age('orders', 'created_at', 72, `external_id IN ('${STRANGE.join("', '")}')`);
    expect(await list(ALL)).toMatchObject({ unknown: 0 });
  });

  test('an absent booking and an older revision are lacking, and mailed when they still are ten minutes later', async () => {
    const listed: Named[] = [...ALL, '300', ['2', REV + 60]];
    expect(await list(listed)).toEqual({ lacking: ['300', '2'], unknown: 0 });
    expect(await list(listed)).toEqual({ lacking: ['300', '2'], unknown: 0 });
    expect(await site.alerts('lacking_booking')).toEqual([]);
    await site.age('booking_drift', 'since', 1);
    expect(await list(listed)).toMatchObject({ lacking: ['300', '2'] });
    expect(await list(listed)).toMatchObject({ lacking: ['300', '2'] });
    expect((await site.alerts('lacking_booking')).map((alert) => alert.orderId).sort()).toEqual([
      'amelia:2',
      'amelia:300',
    ]);
    expect(await site.state()).toMatchObject({ lacking: 2 });
  });

  test('a lacking booking that came in between is forgotten, and its next absence starts anew', async () => {
    await world.send(booking({ externalId: '300', rev: REV }));
    await world.send(booking({ externalId: '2', rev: REV + 60 }));
    expect(await list([...ALL, '300', ['2', REV + 60]])).toEqual({ lacking: [], unknown: 0 });
    expect(await list([...ALL, '301'])).toMatchObject({ lacking: ['301'] });
    await world.send(booking({ externalId: '301', rev: REV }));
    expect(await list([...ALL, '301'])).toMatchObject({ lacking: [] });
    await site.age('booking_drift', 'since', 1);
    expect(await list([...ALL, ['301', REV + 1]])).toMatchObject({ lacking: ['301'] });
    expect((await site.alerts('lacking_booking')).map((alert) => alert.orderId)).not.toContain('amelia:301');
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

  test('two thousand forged orders are counted in one list, and told in one alert', async () => {
    const externalIds = Array.from({ length: 2000 }, (_, nth) => String(10_000 + nth));
    const before = (await site.alerts('unknown_order')).map(({ id }) => id);
    const since = async () => (await site.alerts('unknown_order')).filter(({ id }) => !before.includes(id));
    world.clock.ahead(-HOUR);
    await Promise.all(externalIds.map((externalId) => world.send(booking({ externalId, rev: REV }))));
    world.clock.ahead(HOUR);
    expect(await list(ALL)).toMatchObject({ unknown: 2000 });
    expect(await since()).toMatchObject([
      { orderId: null, detail: expect.stringMatching(/^the main site, amelia: 2000 orders .*from a backup/) },
    ]);
    expect(site.logged.at(-1)).toMatchObject({ event: 'drift.unknown', fields: { count: 2000 } });
    expect(site.logged.at(-1)?.fields['orders']).toHaveLength(50);
    for (const id of ['10000', '11999']) expect(await site.trail(id)).toEqual(['drift.unknown']);
    expect(await list(externalIds.slice(0, 1000), { after: 9999, upto: 10_999 })).toMatchObject({
      unknown: 0,
    });
    expect((await since()).slice(1)).toMatchObject([
      { orderId: null, detail: expect.stringMatching(/: 1000 orders .*Compare their buyers/) },
    ]);
    for (const { detail } of await since()) expect(detail.length).toBeLessThan(300);
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

  test('twelve scrapes at once give the true figures', async () => {
    const { registry } = createMetrics(world.store);
    const texts = await Promise.all(Array.from({ length: 12 }, () => registry.metrics()));
    for (const text of texts) {
      expect(text).toContain('keybank_drift_bookings{source="amelia",kind="lacking"} 1\n');
      expect(text).toContain('keybank_drift_bookings{source="amelia",kind="unknown"} 2000\n');
      expect(text).toContain('keybank_drift_silent_sites 0\n');
    }
  });

  test('a site that falls silent is shown after three hours, and mailed once after a day', async () => {
    const look = () => checkSilence(site.deps);
    await site.age('reconciles', 'last_at', 4);
    expect(await site.state()).toMatchObject({ isSilent: true });
    expect(await look()).toBe(0);
    await site.age('reconciles', 'last_at', 21);
    expect(await look()).toBe(3);
    expect(await look()).toBe(0);
    const told = await site.alerts('silent_site');
    expect(told.map((alert) => alert.detail.split(':')[0])).toEqual([
      'the main site, amelia',
      'the main site, bookly',
      'second, amelia',
    ]);
    for (const { detail } of told)
      expect(detail).toMatch(/the last list came \d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC$/);
    await list(ALL);
    expect(await site.state()).toMatchObject({ isSilent: false });
    await site.age('reconciles', 'last_at', 25);
    expect(await look()).toBe(1);
  });
});
