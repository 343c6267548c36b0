import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecast, NEWEST } from '../../server/stock/forecast.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = new Date('2026-11-22T20:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const times = (count: number, ageMs: (at: number) => number) =>
  Array.from({ length: count }, (_, at) => ago(ageMs(at)));

describe('a forecast', () => {
  test('says nothing of a product that sold nothing lately', () => {
    const nothing = { perDay: 0, daysLeft: null, runsOutAt: null };
    expect(forecast({ assignedAt: [], available: 5, now })).toEqual(nothing);
    expect(forecast({ assignedAt: times(50, () => 8 * DAY), available: 5, now })).toEqual(nothing);
  });

  test('counts quiet days: 14 keys in the week are two a day, on whichever days they went', () => {
    const told = { perDay: 2, daysLeft: 10, runsOutAt: new Date('2026-12-02T20:00:00Z') };
    const longAgo = ago(30 * DAY);
    const [spread, once] = [times(14, (at) => at * 12 * HOUR), times(14, () => 6 * DAY)];
    expect(forecast({ assignedAt: [...spread, longAgo], available: 20, now })).toEqual(told);
    expect(forecast({ assignedAt: [...once, longAgo], available: 20, now })).toEqual(told);
  });

  test('counts a new product’s days from its first key, and its first day as a whole one', () => {
    expect(forecast({ assignedAt: times(8, (at) => at * 12 * HOUR), available: 20, now })).toMatchObject({
      perDay: 8 / 3.5,
    });
    expect(forecast({ assignedAt: times(3, (at) => at * 10 * MINUTE), available: 9, now })).toMatchObject({
      perDay: 3,
      daysLeft: 3,
    });
    expect(forecast({ assignedAt: times(60, (at) => at * 20 * MINUTE), available: 40, now }).daysLeft).toBe(
      40 / 60,
    );
  });

  test('takes a rush for what it is: ten keys or more within a day count as a day’s rate', () => {
    const quiet = [ago(8 * DAY), ago(30 * DAY)];
    const rush = (count: number) => [...times(count, (at) => at * MINUTE), ...quiet];
    expect(forecast({ assignedAt: rush(150), available: 100, now })).toMatchObject({ perDay: 150 });
    expect(forecast({ assignedAt: rush(9), available: 100, now })).toMatchObject({ perDay: 9 / 7 });
  });

  test('takes the newest keys over the time they span, when more went out than it looks at', () => {
    const assignedAt = times(NEWEST, (at) => (at + 1) * ((2 * DAY) / NEWEST));
    expect(forecast({ assignedAt, available: 50, now })).toMatchObject({ perDay: 100, daysLeft: 0.5 });
  });

  test('takes a burst within a minute for a day’s keys', () => {
    const assignedAt = times(NEWEST, (at) => (at * MINUTE) / NEWEST);
    expect(forecast({ assignedAt, available: 100, now })).toMatchObject({
      perDay: NEWEST,
      runsOutAt: new Date(now.getTime() + 12 * HOUR),
    });
  });

  test('of an empty stock is now', () => {
    expect(forecast({ assignedAt: [ago(HOUR)], available: 0, now })).toMatchObject({
      daysLeft: 0,
      runsOutAt: now,
    });
  });

  test('beyond ten years is none', () => {
    const told = forecast({ assignedAt: [ago(HOUR)], available: 1_000_000_000, now });
    expect(told).toEqual({ perDay: 1, daysLeft: null, runsOutAt: null });
  });

  test('is never negative and never endless, and more stock never ends sooner', () => {
    const ages = fc.array(fc.integer({ min: -DAY, max: 30 * DAY }), { maxLength: NEWEST });
    const stock = fc.integer({ min: 0, max: 2_000_000_000 });
    fc.assert(
      fc.property(ages, stock, stock, (agesMs, available, more) => {
        const assignedAt = agesMs.map(ago);
        const told = forecast({ assignedAt, available, now });
        expect(told.perDay).toBeGreaterThanOrEqual(0);
        expect(told.perDay).toBeLessThanOrEqual(NEWEST);
        if (told.daysLeft === null) {
          expect(told.runsOutAt).toBeNull();
          return;
        }
        expect(Number.isFinite(told.daysLeft) && told.daysLeft >= 0).toBe(true);
        expect(told.runsOutAt?.getTime()).toBeGreaterThanOrEqual(now.getTime());
        const later = forecast({ assignedAt, available: available + more, now });
        if (later.daysLeft !== null) expect(later.daysLeft).toBeGreaterThanOrEqual(told.daysLeft);
      }),
    );
  });
});
