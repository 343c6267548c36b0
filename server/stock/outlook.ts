import type { Clock } from '../clock.ts';
import type { StockLevel } from '../store/rows.ts';
import type { StockVerbs } from '../store/store.ts';
import { forecast, NEWEST, type Forecast } from './forecast.ts';

/** The levels given, each with its forecast. One look at the database per product that has sold. */
export async function withForecast<L extends Pick<StockLevel, 'sku' | 'available' | 'assigned'>>(
  deps: { store: Pick<StockVerbs, 'recentAssignments'>; clock: Clock },
  levels: readonly L[],
): Promise<(L & Forecast)[]> {
  const now = deps.clock.now();
  return Promise.all(
    levels.map(async (level) => {
      const { sku, available, assigned } = level;
      const assignedAt = assigned === 0 ? [] : await deps.store.recentAssignments({ sku, limit: NEWEST });
      return { ...level, ...forecast({ assignedAt, available, now }) };
    }),
  );
}
