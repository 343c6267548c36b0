import { fill, oneLine } from './fill.ts';
import { groupAlerts } from './group-alerts.ts';
import { isMailLink } from './link.ts';
import { keyTemplate, lowStockTemplate, urgentTemplate } from './templates.ts';
import type { Brand } from './brand.ts';
import type { AlertRow, StockLevel } from '../store/rows.ts';

// Pure: facts in, a mail out. Every value is escaped by the fill; subjects are one line without control characters.

export interface RenderedMail {
  subject: string;
  html: string;
  text: string;
}

export interface KeyMailInput {
  brand: Brand;
  /** `orderId` in words, e.g. `amelia:13`. */
  order: { orderId: string; name: string | null; email: string };
  products: readonly {
    name: string;
    keys: readonly string[];
    activationUrl: string | null;
    instructions: string | null;
  }[];
  /** True when the buyer was sent these keys before. */
  copy: boolean;
}

export function renderKeyMail({ brand, order, products, copy }: KeyMailInput): RenderedMail {
  const count = products.reduce((sum, product) => sum + product.keys.length, 0);
  if (count === 0) throw new Error('a key mail needs a key');
  const what = count === 1 ? 'license key' : `${count} license keys`;
  const verb = count === 1 ? 'is' : 'are';
  const names = products.map((product) => oneLine(product.name)).join(', ');
  const subject = subjectLine(copy ? `A copy of your ${what}: ${names}` : `Your ${what}: ${names}`);
  const name = oneLine(order.name ?? '').slice(0, 80);
  const body = {
    brand: brand.name,
    heading: copy ? `A copy of your ${what}` : `Your ${what}`,
    greeting: name ? `Hello ${name},` : 'Hello,',
    intro: copy
      ? `Here ${verb} your ${what} once more. Nothing has changed, so you can ignore any earlier copy.`
      : `Thank you for your booking. Here ${verb} your ${what}.`,
    products: products.map((product) => ({
      product: product.name,
      label: product.keys.length === 1 ? 'LICENSE KEY' : `${product.keys.length} LICENSE KEYS`,
      keys: product.keys.map((key) => ({ key })),
      // In some fonts the two look alike.
      hints: product.keys.some((key) => /[0O]/.test(key)) ? [{ hint: '0 is zero, O is the letter' }] : [],
      instructions: (product.instructions ?? '')
        .split(/\r\n|\r|\n/)
        .map(oneLine)
        .filter((line) => line !== '')
        .map((line) => ({ line })),
      // A faulty address must not hold up a key: the mail goes out without its button.
      button: links(product.activationUrl ?? brand.activationUrl),
    })),
    keep: `Keep this e-mail: the ${count === 1 ? 'key' : 'keys'} ${verb} yours alone.`,
    orderId: order.orderId,
    help: brand.supportEmail
      ? `Questions? Write to ${brand.supportEmail} and name your booking.`
      : 'Questions? Just reply to this e-mail.',
  };
  const preheader = `For ${names}. ${copy ? 'The same as before.' : 'Ready to activate.'}`;
  return {
    subject,
    html: fill(keyTemplate.html, { ...body, subject, preheader }),
    text: fill(keyTemplate.text, body),
  };
}

interface UrgentInput {
  brand: Brand;
  alerts: readonly Pick<AlertRow, 'kind' | 'orderId' | 'sku' | 'detail'>[];
  /** Which server says so; a shop may have two. */
  publicUrl: string;
}

export function renderAdminUrgent({ brand, alerts, publicUrl }: UrgentInput): RenderedMail {
  const groups = groupAlerts(alerts);
  const titles = groups.map((group) => group.title).join(', ');
  const subject = subjectLine(`${brand.name}: ${titles}`);
  const total = alerts.length === 1 ? 'One thing needs' : `${alerts.length} things need`;
  const body = {
    brand: brand.name,
    heading: `${total} your attention`,
    intro: 'No checkout was held up. Every order named here is kept safe and waits for you.',
    groups,
    footer: adminFooter(publicUrl),
  };
  return {
    subject,
    html: fill(urgentTemplate.html, { ...body, subject, preheader: alerts[0]?.detail ?? titles }),
    text: fill(urgentTemplate.text, body),
  };
}

interface LowStockInput {
  brand: Brand;
  /** Each with the threshold it fell under. */
  products: readonly (Pick<StockLevel, 'sku' | 'name' | 'available' | 'waiting'> & { threshold: number })[];
  publicUrl: string;
}

export function renderLowStock({ brand, products, publicUrl }: LowStockInput): RenderedMail {
  const few = products.length === 1 ? 'One product is' : `${products.length} products are`;
  const subject = subjectLine(
    `${brand.name}: low on keys for ${products.map((p) => `${p.sku} (${p.available})`).join(', ')}`,
  );
  const body = {
    brand: brand.name,
    heading: `${few} low on keys`,
    intro:
      'Import more keys before these run out: npx keybank keys import FILE --sku SKU. ' +
      'Orders that find none wait, and are served first.',
    products: products.map((p) => ({
      product: p.name === p.sku ? p.sku : `${p.name} (${p.sku})`,
      available: `${p.available} left`,
      detail:
        `Warns below ${p.threshold}.` +
        (p.waiting > 0 ? ` Waiting orders are owed ${p.waiting} ${p.waiting === 1 ? 'key' : 'keys'}.` : ''),
    })),
    footer: adminFooter(publicUrl),
  };
  return {
    subject,
    html: fill(lowStockTemplate.html, { ...body, subject, preheader: body.intro }),
    text: fill(lowStockTemplate.text, body),
  };
}

const links = (url: string): { url: string }[] => (isMailLink(url) ? [{ url }] : []);
const adminFooter = (publicUrl: string): string =>
  `Sent by the Key Bank server at ${publicUrl} to its administrator. Commands are run on that server, in its folder.`;

/** One line of at most 120 characters, cut between code points. */
function subjectLine(text: string): string {
  const characters = [...oneLine(text)];
  return characters.length <= 120 ? characters.join('') : `${characters.slice(0, 119).join('').trimEnd()}…`;
}
