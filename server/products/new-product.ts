import type { ProductRow } from '../store/rows.ts';

/** A product as it begins when an import or a mapping names its SKU for the first time. */
export function newProduct(sku: string): ProductRow {
  return {
    sku,
    name: sku,
    lowStock: null,
    onCancel: 'keep',
    // An hour: long enough to pay, short enough that abandoned checkouts do not empty the stock.
    holdMinutes: 60,
    activationUrl: null,
    instructions: null,
    tellWaiting: true,
  };
}
