import type { Clock } from '../clock.ts';
import type { StockLevel } from '../store/rows.ts';
import type { StockVerbs } from '../store/store.ts';
import type { Forecast } from './forecast.ts';
import { withForecast } from './outlook.ts';

export interface StockLine {
  sku: string;
  name: string;
  available: number;
  assigned: number;
  held: number;
  revoked: number;
  /** Keys owed to orders that wait. */
  waiting: number;
  /** Keys that go out a day, lately. */
  perDay: number;
  /** ISO; null when nothing points to an end: none is sold, or the stock lasts for more than ten years. */
  runsOutAt: string | null;
}

/** The stock of every product, those without keys too, by SKU. */
export async function stockLevels(deps: {
  store: Pick<StockVerbs, 'recentAssignments' | 'stockLevels'>;
  clock: Clock;
}): Promise<{ products: StockLine[] }> {
  const levels = await withForecast(deps, await deps.store.stockLevels());
  return { products: levels.map(stockLine).toSorted((a, b) => (a.sku < b.sku ? -1 : 1)) };
}

function stockLine(level: StockLevel & Forecast): StockLine {
  const { sku, name, available, assigned, held, revoked, waiting, perDay, runsOutAt } = level;
  const ends = runsOutAt?.toISOString() ?? null;
  return { sku, name, available, assigned, held, revoked, waiting, perDay, runsOutAt: ends };
}
