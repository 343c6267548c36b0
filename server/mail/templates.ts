import { readFileSync } from 'node:fs';
import { defineTemplate } from './fill.ts';
import type { Slots } from './fill.ts';

// Each mail: its placeholders, declared once, and held against both files when the server starts.

const KEY_TEXT = {
  brand: 'text',
  heading: 'text',
  greeting: 'text',
  intro: 'text',
  products: {
    each: {
      product: 'text',
      label: 'text',
      keys: { each: { key: 'exact' } },
      hints: { each: { hint: 'text' } },
      instructions: { each: { line: 'text' } },
      button: { each: { url: 'link' } },
    },
  },
  keep: 'text',
  orderId: 'text',
  help: 'text',
} as const satisfies Slots;

const URGENT_TEXT = {
  brand: 'text',
  heading: 'text',
  intro: 'text',
  groups: {
    each: {
      title: 'text',
      advice: 'text',
      rows: { each: { detail: 'text', orders: { each: { orderIds: 'text' } } } },
      more: { each: { rest: 'text' } },
    },
  },
  footer: 'text',
} as const satisfies Slots;

const LOW_STOCK_TEXT = {
  brand: 'text',
  heading: 'text',
  intro: 'text',
  products: { each: { product: 'text', available: 'text', detail: 'text' } },
  footer: 'text',
} as const satisfies Slots;

/** What only the HTML part shows: the title and the inbox preview. */
const HEAD = { subject: 'text', preheader: 'text' } as const;

const read = (path: string): string =>
  readFileSync(new URL(`../../templates/${path}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
const html = <const S extends Slots>(name: string, slots: S) =>
  defineTemplate(`${name}.html`, 'html', read(`compiled/${name}.html`), { ...slots, ...HEAD });
const text = <const S extends Slots>(name: string, slots: S) =>
  defineTemplate(`${name}.txt`, 'text', read(`${name}.txt`), slots);

export const keyTemplate = { html: html('key', KEY_TEXT), text: text('key', KEY_TEXT) };
export const urgentTemplate = {
  html: html('admin-urgent', URGENT_TEXT),
  text: text('admin-urgent', URGENT_TEXT),
};
export const lowStockTemplate = {
  html: html('admin-low-stock', LOW_STOCK_TEXT),
  text: text('admin-low-stock', LOW_STOCK_TEXT),
};
