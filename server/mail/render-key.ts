import { oneLine } from './fill.ts';
import { isMailLink } from './link.ts';
import { cut, writeMail } from './rendered-mail.ts';
import { templates } from './templates.ts';
import { greeting, help, listed } from './words.ts';
import type { Brand } from './brand.ts';
import type { RenderedMail } from './rendered-mail.ts';

export interface KeyMailInput {
  brand: Brand;
  /** `orderId` in words, e.g. `amelia:13`. */
  order: { orderId: string; name: string | null };
  products: readonly {
    name: string;
    keys: readonly string[];
    activationUrl: string | null;
    instructions: string | null;
  }[];
  /** True when the buyer was sent these keys before. */
  copy: boolean;
  /** Keys of this order that no longer work, masked, e.g. `····A1B2`. Not a copy and some: the mail says "replaced". */
  formerKeys: readonly string[];
}

/** The mail that brings the keys: the first one, a copy of it, or the one that says that keys were replaced. */
export function renderKeyMail({ brand, order, products, copy, formerKeys }: KeyMailInput): RenderedMail {
  const count = products.reduce((sum, product) => sum + product.keys.length, 0);
  if (count === 0) throw new Error('a key mail needs a key');
  const names = products.map((product) => cut(product.name, 100)).join(', ');
  const former = formerWords(formerKeys);
  const { heading, intro, news } = words(count, formerKeys, copy);
  const body = {
    heading,
    greeting: greeting(cut(order.name ?? '', 80)),
    intro,
    products: products.map((product) => ({
      product: cut(product.name, 200),
      label: product.keys.length === 1 ? 'LICENSE KEY' : `${product.keys.length} LICENSE KEYS`,
      keys: product.keys.map((key) => ({ key })),
      // In some fonts the two look alike.
      hints: product.keys.some((key) => /[0O]/.test(key)) ? [{ hint: '0 is zero, O is the letter' }] : [],
      instructions: paragraphs(product.instructions ?? ''),
      // A faulty address must not hold up a key: the mail goes out without its button.
      button: links(product.activationUrl ?? brand.activationUrl),
    })),
    keep: `Keep this e-mail: the ${count === 1 ? 'key is' : 'keys are'} yours alone.`,
    orderId: order.orderId,
    help: help(brand),
  };
  const head = { brand, subject: `${heading}: ${names}`, preheader: `For ${names}. ${news}` };
  return former && !copy
    ? writeMail(templates.keyReplaced, head, { ...body, former })
    : writeMail(templates.key, head, body);
}

/** The words of the three: a first mail, a copy, and the one about replaced keys. */
function words(count: number, formerKeys: readonly string[], copy: boolean) {
  const what = count === 1 ? 'license key' : `${count} license keys`;
  const here = `Here ${count === 1 ? 'is' : 'are'} your ${what}`;
  const gone = formerKeys.length === 1 ? 'The former key no longer works.' : 'Former keys no longer work.';
  const isNone = formerKeys.length === 0;
  if (copy)
    return {
      heading: `A copy of your ${what}`,
      intro: `${here} once more. ${formerWords(formerKeys) || 'Nothing has changed, so you can ignore any earlier copy.'}`,
      news: isNone ? 'The same as before.' : gone,
    };
  if (isNone)
    return {
      heading: `Your ${what}`,
      intro: `Thank you for your booking. ${here}.`,
      news: 'Ready to activate.',
    };
  if (count === 1)
    return {
      heading: 'Your new license key',
      intro: 'Your license key was replaced. From now on, please use this one.',
      news: gone,
    };
  return {
    heading: 'Your license keys have changed',
    // All of them, or one of them twice: their number does not say.
    intro: 'License keys of your booking were replaced. These are the ones that work now.',
    news: gone,
  };
}

/** Nothing while every key works. */
function formerWords(keys: readonly string[]): string {
  if (keys.length === 0) return '';
  return keys.length === 1
    ? `The former key ${listed(keys, 12)} no longer works.`
    : `The former keys ${listed(keys, 12)} no longer work.`;
}

/** The lines of a text; nothing when all are empty. */
function paragraphs(text: string): { lines: { line: string }[] }[] {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map(oneLine)
    .filter((line) => line !== '')
    .map((line) => ({ line }));
  return lines.length > 0 ? [{ lines }] : [];
}

const links = (url: string): { url: string }[] => (isMailLink(url) ? [{ url }] : []);
