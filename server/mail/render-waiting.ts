import { cut, writeMail } from './rendered-mail.ts';
import { templates } from './templates.ts';
import { counted, greeting, help } from './words.ts';
import type { Brand } from './brand.ts';
import type { RenderedMail } from './rendered-mail.ts';

export interface KeyWaitingInput {
  brand: Brand;
  /** `orderId` in words, e.g. `amelia:13`. */
  order: { orderId: string; name: string | null };
  /** What the order lacks, each with the keys owed. */
  products: readonly { name: string; quantity: number }[];
}

/** Tells a buyer that the key is not in stock yet. It promises no time: nobody knows one. */
export function renderKeyWaiting({ brand, order, products }: KeyWaitingInput): RenderedMail {
  const count = products.reduce((sum, product) => sum + product.quantity, 0);
  if (count === 0) throw new Error('a waiting notice needs a key that is owed');
  const names = products.map((product) => cut(product.name, 100)).join(', ');
  const isOne = count === 1;
  const heading = isOne ? 'Your license key is on its way' : `Your ${count} license keys are on their way`;
  const body = {
    heading,
    greeting: greeting(cut(order.name ?? '', 80)),
    intro:
      'Thank you for your booking. We are out of keys at the moment, so yours will follow in a second e-mail.',
    products: products.map((product) => ({
      product: cut(product.name, 200),
      count: counted(product.quantity, 'license key'),
    })),
    promise:
      'Your place is kept: keys go out in the order of booking. ' +
      `As soon as ${isOne ? 'yours is here, it comes' : 'yours are here, they come'} to you by e-mail. You need not do anything.`,
    orderId: order.orderId,
    help: help(brand),
  };
  return writeMail(
    templates.keyWaiting,
    {
      brand,
      subject: `${heading}: ${names}`,
      preheader: `For ${names}. Your place is kept, you need not do anything.`,
    },
    body,
  );
}
