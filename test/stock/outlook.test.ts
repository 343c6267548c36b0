import { expect, test } from 'vitest';
import { runsOut } from '../../server/cli/stock.ts';
import { withForecast } from '../../server/stock/outlook.ts';

const now = new Date('2026-11-22T20:00:00Z');
const clock = { now: () => now };

test('a thousand products ask for four connections at most, and each gets its own forecast', async () => {
  const levels = Array.from({ length: 1000 }, (_, at) => ({
    sku: `SKU-${at}`,
    available: 70,
    assigned: at % 3,
  }));
  const asked: string[] = [];
  let [open, most] = [0, 0];
  const store = {
    async recentAssignments({ sku }: { sku: string }): Promise<Date[]> {
      asked.push(sku);
      open += 1;
      most = Math.max(most, open);
      await Promise.resolve();
      open -= 1;
      const at = Number(sku.slice(4));
      return Array.from({ length: (at % 7) + 1 }, () => now);
    },
  };
  const told = await withForecast({ store, clock }, levels);
  expect(most).toBe(4);
  expect(asked).toEqual(levels.filter(({ assigned }) => assigned > 0).map(({ sku }) => sku));
  expect(told.map(({ sku }) => sku)).toEqual(levels.map(({ sku }) => sku));
  for (const [at, { perDay, assigned }] of told.entries())
    expect(perDay).toBe(assigned === 0 ? 0 : (at % 7) + 1);
});

test('the day when a stock runs out: a date, in many years, or never while none is sold', () => {
  expect(runsOut({ perDay: 2, runsOutAt: '2026-12-02T20:00:00.000Z' })).toBe('2026-12-02');
  expect(runsOut({ perDay: 1 / 7, runsOutAt: null })).toBe('10+ years');
  expect(runsOut({ perDay: 0, runsOutAt: null })).toBe('–');
});
