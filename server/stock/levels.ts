import type { StockLevel } from '../store/rows.ts';
import type { StockVerbs } from '../store/store.ts';

export interface StockLine {
  sku: string;
  name: string;
  available: number;
  assigned: number;
  held: number;
  revoked: number;
  /** Keys owed to orders that wait. */
  waiting: number;
}

/** The stock of every product, those without keys too, by SKU. */
export async function stockLevels(deps: {
  store: Pick<StockVerbs, 'stockLevels'>;
}): Promise<{ products: StockLine[] }> {
  const levels = await deps.store.stockLevels();
  return { products: levels.map(stockLine).toSorted((a, b) => (a.sku < b.sku ? -1 : 1)) };
}

function stockLine({ sku, name, available, assigned, held, revoked, waiting }: StockLevel): StockLine {
  return { sku, name, available, assigned, held, revoked, waiting };
}
