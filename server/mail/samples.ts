import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { MESSAGE_STATUSES, ORDER_STATUSES } from '../../shared/statuses.ts';
import { ALERT_KINDS } from '../store/rows.ts';
import {
  renderAdminAttention,
  renderAdminUrgent,
  renderDigest,
  renderKeyMail,
  renderKeyWaiting,
  renderLowStock,
  renderMailFailing,
} from './render.ts';
import type { Brand } from './brand.ts';
import type { RenderedMail } from './rendered-mail.ts';

// The facts of each sample, as its render function takes them; dates are ISO text in the files.

const at = z.coerce.date();
const text = z.string();
const order = z.strictObject({ orderId: text, name: text.nullable() });
const stock = {
  sku: text,
  name: text,
  available: z.int(),
  waiting: z.int(),
  perDay: z.number(),
  daysLeft: z.number().nullable(),
};
const tally = <const T extends readonly string[]>(words: T) =>
  z.array(z.strictObject({ status: z.enum(words), count: z.int() }));

const keyMail = z.strictObject({
  order,
  products: z.array(
    z.strictObject({
      name: text,
      keys: z.array(text.startsWith('SAMPLE-')),
      activationUrl: text.nullable(),
      instructions: text.nullable(),
    }),
  ),
  copy: z.boolean(),
  formerKeys: z.array(text),
});
const keyWaiting = z.strictObject({
  order,
  products: z.array(z.strictObject({ name: text, quantity: z.int() })),
});
const urgent = z.strictObject({
  products: z.array(
    z.strictObject({
      ...{ sku: text, name: text, available: z.int(), keysOwed: z.int(), more: z.int() },
      orders: z.array(z.strictObject({ orderId: text, keys: z.int(), since: at })),
    }),
  ),
});
const attention = z.strictObject({
  alerts: z.array(
    z.strictObject({
      kind: z.enum(ALERT_KINDS),
      orderId: text.nullable(),
      sku: text.nullable(),
      detail: text,
    }),
  ),
});
const mailFailing = z.strictObject({
  failures: z.array(
    z.strictObject({
      kind: z.enum(['mail_failed', 'mail_bounced', 'mail_complained']),
      ...{ orderId: text.nullable(), email: text.nullable(), name: text.nullable(), detail: text, at },
      isWaiting: z.boolean(),
      isStopped: z.boolean(),
    }),
  ),
  more: z.int(),
});
const lowStock = z.strictObject({ products: z.array(z.strictObject({ ...stock, threshold: z.int() })) });
const digest = z.strictObject({
  from: at,
  to: at,
  newOrders: tally(ORDER_STATUSES),
  openOrders: tally(ORDER_STATUSES),
  mails: tally(MESSAGE_STATUSES),
  stock: z.array(z.strictObject({ ...stock, isLow: z.boolean() })),
});

/** One mail of the gallery: `template` as in templates/, e.g. `key-waiting`. */
export interface SampleMail {
  template: string;
  title: string;
  mail: RenderedMail;
}

/** Every mail with its samples, templates/NAME.sample.json, through the real render functions. Throws for one that does not fit. */
export function sampleMails(brand: Brand, publicUrl: string): SampleMail[] {
  const given = { brand, publicUrl };
  return [
    ...read('key', keyMail, (facts) => renderKeyMail({ ...given, ...facts })),
    ...read('key-replaced', keyMail, (facts) => renderKeyMail({ ...given, ...facts })),
    ...read('key-waiting', keyWaiting, (facts) => renderKeyWaiting({ ...given, ...facts })),
    ...read('admin-urgent', urgent, (facts) => renderAdminUrgent({ ...given, ...facts })),
    ...read('admin-attention', attention, (facts) => renderAdminAttention({ ...given, ...facts })),
    ...read('admin-mail-failing', mailFailing, (facts) => renderMailFailing({ ...given, ...facts })),
    ...read('admin-low-stock', lowStock, (facts) => renderLowStock({ ...given, ...facts })),
    ...read('admin-digest', digest, (facts) => renderDigest({ ...given, ...facts })),
  ];
}

function read<Facts>(
  template: string,
  facts: z.ZodType<Facts>,
  render: (facts: Facts) => RenderedMail,
): SampleMail[] {
  const name = `templates/${template}.sample.json`;
  const json: unknown = JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
  const samples = z
    .array(z.strictObject({ title: z.string(), facts }))
    .min(1)
    .safeParse(json);
  if (!samples.success) throw new Error(`${name}: ${z.prettifyError(samples.error)}`);
  return samples.data.map((sample) => ({ template, title: sample.title, mail: render(sample.facts) }));
}
