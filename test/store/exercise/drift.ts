import { expect, it } from 'vitest';
import type { BookingKey } from '../../../server/store/rows.ts';
import type { Exercise } from './exercise.ts';
import { anOrder, AT, lookAlikes, storedOrders, the, unique } from './world.ts';

const HOUR = 3_600_000;
const EVER = { sinceMs: 1_000_000 * HOUR, untilMs: -1_000_000 * HOUR, limit: 1000 };

export function exerciseDrift({ verb, store, opened }: Exercise): void {
  const aKey = (facts: Partial<BookingKey> = {}): BookingKey => ({
    site: unique('site'),
    source: 'amelia',
    externalId: '13',
    ...facts,
  });
  const found = (keys: BookingKey[], minAgeMs = 0) => store().findDrift({ keys, minAgeMs });
  const reconcile = (site: string, facts: { listed?: number; isFirstPage?: boolean; plugin?: string } = {}) =>
    store().saveReconcile({
      site,
      source: 'amelia',
      plugin: '0.1.0',
      listed: 3,
      lacking: 2,
      unknown: 1,
      isFirstPage: true,
      ...facts,
    });
  const reconciled = async (site: string, silentAfterMs = HOUR) =>
    the((await store().listReconciles({ silentAfterMs })).find((row) => row.site === site));

  verb('saveDrift', () => {
    it('keeps each kind of a booking by itself, in its last state', async () => {
      const key = aKey();
      await store().saveDrift({ keys: [key], kind: 'lacking', state: 'noted' });
      await store().saveDrift({ keys: [key], kind: 'unknown', state: 'told' });
      await store().saveDrift({ keys: [key], kind: 'lacking', state: 'over' });
      expect((await found([key])).toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
        { ...key, kind: 'lacking', state: 'over' },
        { ...key, kind: 'unknown', state: 'told' },
      ]);
    });
    it('takes more bookings than one statement, and none', async () => {
      const site = unique('site');
      const keys = Array.from({ length: 2500 }, (_, nth) => aKey({ site, externalId: String(nth) }));
      await store().saveDrift({ keys, kind: 'lacking', state: 'noted' });
      expect(await found(keys)).toHaveLength(2500);
      await store().saveDrift({ keys: [], kind: 'lacking', state: 'noted' });
    });
    it('refuses a state that nobody knows', async () => {
      const lost = JSON.parse('"lost"');
      await expect(store().saveDrift({ keys: [aKey()], kind: 'lacking', state: lost })).rejects.toThrow();
    });
  });

  verb('findDrift', () => {
    it('gives what has been so for long enough, and nothing of other bookings', async () => {
      const key = aKey();
      await store().saveDrift({ keys: [key], kind: 'lacking', state: 'noted' });
      expect(await found([key], HOUR)).toEqual([]);
      expect(await found([key])).toHaveLength(1);
      expect(await found([{ ...key, source: 'bookly' }, { ...key, site: unique('site') }, aKey()])).toEqual(
        [],
      );
      expect(await found([])).toEqual([]);
    });
    it('tells ids apart byte by byte', async () => {
      const site = unique('site');
      const keys = lookAlikes('').map((externalId) => aKey({ site, externalId }));
      await store().saveDrift({ keys: keys.slice(0, 1), kind: 'unknown', state: 'told' });
      expect(await found(keys)).toHaveLength(1);
    });
  });

  verb('savePassed', () => {
    it('keeps every revision once', async () => {
      const key = aKey();
      const rows = [
        { ...key, rev: 1 },
        { ...key, rev: 1_795_404_307 },
      ];
      await store().savePassed({ rows });
      await store().savePassed({ rows });
      await store().savePassed({ rows: [] });
      const kept = await store().findPassed({ keys: [key] });
      expect(kept.toSorted((a, b) => a.rev - b.rev)).toEqual(rows);
    });
  });

  verb('findPassed', () => {
    it('gives nothing of other bookings', async () => {
      const key = aKey();
      await store().savePassed({ rows: [{ ...key, rev: 3 }] });
      expect(await store().findPassed({ keys: [{ ...key, externalId: '14' }, aKey()] })).toEqual([]);
      expect(await store().findPassed({ keys: [] })).toEqual([]);
    });
  });

  verb('saveReconcile', () => {
    it('keeps the last run: its first page replaces the counts, later ones add to them', async () => {
      const site = unique('site');
      await reconcile(site, { listed: 7 });
      const before = await reconciled(site);
      await reconcile(site, { listed: 10, plugin: '0.2.0' });
      await reconcile(site, { listed: 5, plugin: '0.2.0', isFirstPage: false });
      const after = await reconciled(site);
      expect(after).toMatchObject({ plugin: '0.2.0', listed: 15, lacking: 4, unknown: 2 });
      expect(after.lastAt.getTime()).toBeGreaterThanOrEqual(before.lastAt.getTime());
    });
    it('begins with any page, and loses none of eight at once', async () => {
      const site = unique('site');
      const page = () => reconcile(site, { listed: 1, isFirstPage: false });
      await Promise.all(Array.from({ length: 8 }, page));
      expect(await reconciled(site)).toMatchObject({ listed: 8 });
    });
  });

  verb('listReconciles', () => {
    it('says by the clock of the database who is silent, and gives times as they are', async () => {
      const site = unique('site');
      await reconcile(site);
      expect((await reconciled(site, HOUR)).isSilent).toBe(false);
      expect((await reconciled(site, -HOUR)).isSilent).toBe(true);
      const { lastAt } = await reconciled(site);
      const clock = store().engine === 'postgres' ? 'clock_timestamp()' : 'UTC_TIMESTAMP(3)';
      const [row] = await opened().peek(
        `SELECT COUNT(*) AS fresh FROM reconciles WHERE site = '${site}' AND last_at <= ${clock}`,
      );
      expect(Number(row?.['fresh'])).toBe(1);
      expect(Math.abs(lastAt.getTime() - Date.now())).toBeLessThan(HOUR);
    });
  });

  verb('noteSilence', () => {
    it('notes the silence of one site and plugin, until it is heard again', async () => {
      const [quiet, loud] = [unique('site'), unique('site')];
      for (const site of [quiet, loud]) await reconcile(site);
      await store().noteSilence({ site: quiet, source: 'bookly' });
      expect((await reconciled(quiet)).silenceToldAt).toBeNull();
      await store().noteSilence({ site: quiet, source: 'amelia' });
      expect((await reconciled(quiet)).silenceToldAt).toBeInstanceOf(Date);
      expect((await reconciled(loud)).silenceToldAt).toBeNull();
      await reconcile(quiet, { isFirstPage: false });
      expect((await reconciled(quiet)).silenceToldAt).toBeNull();
    });
  });

  verb('listRecentOrders', () => {
    it('gives the orders of one site and plugin, oldest first', async () => {
      const site = unique('site');
      const later = new Date(AT.getTime() + 1000);
      const [second, first] = await storedOrders(store(), [
        anOrder({ site, externalId: '2', createdAt: later }),
        anOrder({ site, externalId: '1' }),
        anOrder({ site, externalId: '3', source: 'bookly' }),
        anOrder({ site: unique('site'), externalId: '4' }),
      ]);
      const list = () => store().listRecentOrders({ ...EVER, site, source: 'amelia', after: 0, upto: null });
      expect(await list()).toEqual([
        { id: the(first).id, externalId: '1' },
        { id: the(second).id, externalId: '2' },
      ]);
    });
    it('looks at the time between two moments by the clock of the database, and at no more than the limit', async () => {
      const site = unique('site');
      const ages = [1, 2, 5].map((hours) => new Date(Date.now() - hours * HOUR));
      await storedOrders(
        store(),
        ages.map((createdAt, nth) => anOrder({ site, externalId: String(nth + 1), createdAt })),
      );
      const range = { site, source: 'amelia' as const, after: 0, upto: null };
      const between = { ...range, sinceMs: 4 * HOUR, untilMs: 1.5 * HOUR, limit: 10 };
      expect((await store().listRecentOrders(between)).map((row) => row.externalId)).toEqual(['2']);
      const two = await store().listRecentOrders({ ...range, ...EVER, limit: 2 });
      expect(two.map((row) => row.externalId)).toEqual(['3', '2']);
    });
    it('compares ids as numbers in (after, upto], and gives all others with the first numbers', async () => {
      const site = unique('site');
      const [most, more] = ['9'.repeat(15), '1'.padEnd(16, '0')];
      const others = ['package:7', 'compound:abc', 'zz9', '0', '012', '-5', '1.5', '7 ', '٣', more];
      const numbers = ['9', '10', '11', '99', '100', '101', '1000', most];
      const names = [...numbers, ...others];
      await storedOrders(
        store(),
        names.map((externalId) => anOrder({ site, externalId })),
      );
      const within = async (after: number, upto: number | null) => {
        const rows = await store().listRecentOrders({ ...EVER, site, source: 'amelia', after, upto });
        return rows.map((row) => row.externalId).toSorted();
      };
      expect(await within(9, 100)).toEqual(['10', '100', '11', '99']);
      expect(await within(10, 99)).toEqual(['11', '99']);
      expect(await within(99, 100)).toEqual(['100']);
      expect(await within(100, 101)).toEqual(['101']);
      expect(await within(100, null)).toEqual(['1000', '101', most]);
      expect(await within(1000, Number(most))).toEqual([most]);
      expect(await within(0, 10)).toEqual(['10', '9', ...others].toSorted());
      expect(await within(0, 9)).toEqual(['9', ...others].toSorted());
      expect(await within(0, null)).toEqual(names.toSorted());
    });
  });
}
