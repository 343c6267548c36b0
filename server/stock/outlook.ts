import type { Clock } from '../clock.ts';
import type { StockLevel } from '../store/rows.ts';
import type { StockVerbs } from '../store/store.ts';
import { forecast, NEWEST, type Forecast } from './forecast.ts';

/** Looks at once: a shop may have a thousand products, and its vends wait for connections of the same pool. */
const AT_ONCE = 4;

/** The levels given, each with its forecast. One look at the database per product that has sold, a few at a time. */
export async function withForecast<L extends Pick<StockLevel, 'sku' | 'available' | 'assigned'>>(
  deps: { store: Pick<StockVerbs, 'recentAssignments'>; clock: Clock },
  levels: readonly L[],
): Promise<(L & Forecast)[]> {
  const now = deps.clock.now();
  const sold = levels.filter(({ assigned }) => assigned > 0);
  const times = new Map<string, Date[]>();
  for (let from = 0; from < sold.length; from += AT_ONCE)
    await Promise.all(
      sold.slice(from, from + AT_ONCE).map(async ({ sku }) => {
        times.set(sku, await deps.store.recentAssignments({ sku, limit: NEWEST }));
      }),
    );
  return levels.map((level) => {
    const { sku, available } = level;
    return { ...level, ...forecast({ assignedAt: times.get(sku) ?? [], available, now }) };
  });
}
