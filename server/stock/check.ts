import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { StockLevel } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

/** Products whose free keys are below their threshold; zero stock counts too, since every product is looked at. */
export function lowProducts(levels: StockLevel[], threshold: number): StockLevel[] {
  return levels.filter((level) => level.available < (level.lowStock ?? threshold));
}

/** The hourly look: every product under its threshold, in one mail to the admin. Answers the SKUs that are low. */
export async function checkStock(deps: {
  store: Store;
  clock: Clock;
  newId: NewId;
  log: Log;
  adminEmail: string;
  lowStock: number;
  onQueued(): void;
}): Promise<string[]> {
  const low = lowProducts(await deps.store.stockLevels(), deps.lowStock);
  if (low.length === 0) return [];
  await deps.store.insertMessages({
    messages: [
      {
        id: deps.newId(),
        kind: 'admin_low_stock',
        orderId: null,
        recipient: deps.adminEmail,
        priority: 0,
        createdAt: deps.clock.now(),
      },
    ],
  });
  deps.log.warn('stock.low', { products: low.map((level) => level.sku) });
  deps.onQueued();
  return low.map((level) => level.sku);
}
