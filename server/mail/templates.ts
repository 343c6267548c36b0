import { readFileSync } from 'node:fs';
import { defineTemplate } from './fill.ts';
import type { Slots, Template } from './fill.ts';

// Each mail: its placeholders, declared once, and held against both files when the server starts.

/** The page of an order on this server; none where it may not be linked. */
const LINK = { each: { url: 'console', linked: 'text' } } as const;

const KEY = {
  heading: 'text',
  greeting: 'text',
  intro: 'text',
  products: {
    each: {
      product: 'text',
      label: 'text',
      keys: { each: { key: 'exact' } },
      hints: { each: { hint: 'text' } },
      instructions: { each: { lines: { each: { line: 'text' } } } },
      button: { each: { url: 'link' } },
    },
  },
  keep: 'text',
  orderId: 'text',
  help: 'text',
} as const satisfies Slots;

const KEY_WAITING = {
  heading: 'text',
  greeting: 'text',
  intro: 'text',
  products: { each: { product: 'text', count: 'text' } },
  promise: 'text',
  orderId: 'text',
  help: 'text',
} as const satisfies Slots;

const URGENT = {
  heading: 'text',
  intro: 'text',
  products: {
    each: {
      product: 'text',
      owed: 'text',
      free: 'text',
      sku: 'text',
      orders: { each: { order: 'text', waits: 'text', link: LINK } },
      more: { each: { rest: 'text' } },
    },
  },
  others: { each: { rest: 'text' } },
  footer: 'text',
} as const satisfies Slots;

const ATTENTION = {
  heading: 'text',
  intro: 'text',
  groups: {
    each: {
      title: 'text',
      advice: 'text',
      commands: { each: { command: 'text' } },
      rows: { each: { detail: 'text', link: LINK, orders: { each: { orderIds: 'text' } } } },
      more: { each: { rest: 'text' } },
    },
  },
  footer: 'text',
} as const satisfies Slots;

const MAIL_FAILING = {
  heading: 'text',
  intro: 'text',
  failures: {
    each: {
      order: 'text',
      what: 'text',
      link: LINK,
      person: 'text',
      detail: 'text',
      advice: 'text',
      word: 'text',
      option: 'text',
    },
  },
  more: { each: { rest: 'text' } },
  footer: 'text',
} as const satisfies Slots;

/** A name and its figure, in the one of these blocks that says how it stands. */
const FIGURE = { each: { name: 'text', figure: 'text' } } as const;

const LOW_STOCK = {
  heading: 'text',
  intro: 'text',
  sku: 'text',
  products: { each: { warn: FIGURE, danger: FIGURE, detail: 'text' } },
  more: { each: { rest: 'text' } },
  footer: 'text',
} as const satisfies Slots;

const DIGEST = {
  heading: 'text',
  period: 'text',
  bookings: 'text',
  mails: 'text',
  open: 'text',
  sections: {
    each: {
      title: 'text',
      rows: {
        each: {
          calm: FIGURE,
          warn: FIGURE,
          danger: FIGURE,
          details: { each: { detail: 'text' } },
        },
      },
      more: { each: { rest: 'text' } },
    },
  },
  footer: 'text',
} as const satisfies Slots;

/** What every mail shows, and what only its HTML part does: the title, the inbox preview, the logo's words. */
const SHARED = { brand: 'text' } as const;
const HEAD = { subject: 'text', preheader: 'text', logoAlt: 'text' } as const;

/** The two parts of one mail. */
export interface MailTemplate<S extends Slots> {
  slots: S;
  html: Template<Slots>;
  text: Template<Slots>;
}

const read = (path: string): string =>
  readFileSync(new URL(`../../templates/${path}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n');

function load<const S extends Slots>(name: string, slots: S): MailTemplate<S> {
  const html = { ...slots, ...SHARED, ...HEAD };
  return {
    slots,
    html: defineTemplate(`${name}.html`, 'html', read(`compiled/${name}.html`), html),
    text: defineTemplate(`${name}.txt`, 'text', read(`${name}.txt`), { ...slots, ...SHARED }),
  };
}

export const templates = {
  key: load('key', KEY),
  keyReplaced: load('key-replaced', { ...KEY, former: 'text' }),
  keyWaiting: load('key-waiting', KEY_WAITING),
  urgent: load('admin-urgent', URGENT),
  attention: load('admin-attention', ATTENTION),
  mailFailing: load('admin-mail-failing', MAIL_FAILING),
  lowStock: load('admin-low-stock', LOW_STOCK),
  digest: load('admin-digest', DIGEST),
};
