import { cut, fitMail, writeMail } from './rendered-mail.ts';
import { templates } from './templates.ts';
import { adminFooter, forecast, inShell, listed, owedToWaiting, productTitle, skuLeft } from './words.ts';
import type { StockLevel } from '../store/rows.ts';
import type { Brand } from './brand.ts';
import type { RenderedMail } from './rendered-mail.ts';

export interface LowStockInput {
  brand: Brand;
  /** Which server says so. */
  publicUrl: string;
  products: readonly (Pick<StockLevel, 'sku' | 'name' | 'available' | 'waiting'> & {
    /** The product warns below this. */
    threshold: number;
    /** Keys that go out a day, lately. */
    perDay: number;
    /** Null when none goes out. */
    daysLeft: number | null;
  })[];
}

/** Told in full; the rest is named in one line. */
const MAX_PRODUCTS = 60;

/** Products that fell under their threshold, and how long what is left may last. */
export function renderLowStock(input: LowStockInput): RenderedMail {
  return fitMail(MAX_PRODUCTS, (maxProducts) => write(input, maxProducts));
}

function write({ brand, publicUrl, products }: LowStockInput, maxProducts: number): RenderedMail {
  const told = products.slice(0, maxProducts);
  const rest = products.slice(maxProducts);
  const sku = products.length === 1 ? inShell(products[0]?.sku ?? '', 'SKU') : 'SKU';
  const heading =
    products.length === 1 ? 'One product is low on keys' : `${products.length} products are low on keys`;
  const body = {
    heading,
    intro:
      'Import more keys before they run out. Orders that find none wait, and are served first when keys come.',
    sku,
    products: told.map((product) => {
      const { available, waiting, threshold } = product;
      const figure = {
        name: cut(productTitle(product), 150),
        figure: available > 0 ? `${available} left` : 'None left',
      };
      const isOut = available === 0 || waiting > 0;
      return {
        warn: isOut ? [] : [figure],
        danger: isOut ? [figure] : [],
        detail: `${forecast(product)} Warns below ${threshold}.${owedToWaiting(waiting)}`,
      };
    }),
    more: rest.length > 0 ? [{ rest: `Low as well: ${listed(rest.map(skuLeft), 100)}.` }] : [],
    footer: adminFooter(brand, publicUrl),
  };
  const subject = `Low on keys: ${listed(products.map(skuLeft), 6)}`;
  return writeMail(
    templates.lowStock,
    { brand, subject, preheader: told[0] ? forecast(told[0]) : heading },
    body,
  );
}
