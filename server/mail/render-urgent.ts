import { orderLinks } from './link.ts';
import { cut, fitMail, writeMail } from './rendered-mail.ts';
import { templates } from './templates.ts';
import { adminFooter, counted, inShell, listed, moment, productTitle } from './words.ts';
import type { Brand } from './brand.ts';
import type { RenderedMail } from './rendered-mail.ts';

export interface AdminUrgentInput {
  brand: Brand;
  /** Which server says so; orders are linked when it is https, or http on this machine. */
  publicUrl: string;
  products: readonly {
    sku: string;
    name: string;
    available: number;
    keysOwed: number;
    /** Those that wait, oldest first; up to 20. */
    orders: readonly { orderId: string; keys: number; since: Date }[];
    /** Orders beyond those listed. */
    more: number;
  }[];
}

/** Products told in full, and orders over all of them; the rest is counted. */
const MAX_PRODUCTS = 10;
const MAX_ORDERS = 60;

/** Out of stock: what is owed, to whom since when, and the way out. */
export function renderAdminUrgent(input: AdminUrgentInput): RenderedMail {
  return fitMail(MAX_ORDERS, (maxOrders) => write(input, maxOrders));
}

function write({ brand, publicUrl, products }: AdminUrgentInput, maxOrders: number): RenderedMail {
  const owed = products.reduce((sum, product) => sum + product.keysOwed, 0);
  const names = products.length === 1 ? products.map(productTitle) : products.map(({ sku }) => sku);
  const told = products.slice(0, MAX_PRODUCTS);
  const rest = products.slice(MAX_PRODUCTS);
  const each = Math.ceil(maxOrders / Math.max(1, told.length));
  const body = {
    heading: `Out of stock: ${counted(owed, 'key')} owed`,
    intro:
      'No checkout was held up. Import keys, and the waiting orders are served by themselves, oldest first.',
    products: told.map((product) => {
      const orders = product.orders.slice(0, each);
      const more = product.more + product.orders.length - orders.length;
      return {
        product: cut(productTitle(product), 150),
        owed: `${counted(product.keysOwed, 'key')} owed`,
        free: inStock(product),
        sku: inShell(product.sku, 'SKU'),
        orders: orders.map(({ orderId, keys, since }) => ({
          order: orderId,
          waits: `${counted(keys, 'key')}, since ${moment(since)}`,
          link: orderLinks(publicUrl, orderId),
        })),
        more: more > 0 ? [{ rest: `And ${counted(more, 'more order')}.` }] : [],
      };
    }),
    others:
      rest.length > 0
        ? [
            {
              rest: `Also out of stock: ${listed(
                rest.map(({ sku, keysOwed }) => `${sku} (${keysOwed} owed)`),
                100,
              )}.`,
            },
          ]
        : [],
    footer: adminFooter(brand, publicUrl),
  };
  const subject = `Out of stock: ${listed(names, 5)}, ${counted(owed, 'key')} owed`;
  return writeMail(templates.urgent, { brand, subject, preheader: body.intro }, body);
}

/** Stock may have come since: the orders are still named, so that nobody is forgotten. */
function inStock({ available, keysOwed }: { available: number; keysOwed: number }): string {
  if (available === 0) return 'None in stock.';
  return available < keysOwed
    ? `${available} in stock, which is too few for those that wait.`
    : `${available} in stock by now: the waiting orders are being served.`;
}
