import { z } from 'zod';
import { SOURCES } from '../../shared/booking-event.ts';
import { KEY_STATUSES, MESSAGE_STATUSES, ORDER_STATUSES } from '../../shared/statuses.ts';
import { skuSchema } from '../../shared/sku.ts';
import { MAX_INSTRUCTIONS } from '../../shared/instructions.ts';

// What procedures take and give, where more than one does. Use-cases check what people type; these check shapes and sizes.

export const orderIdInput = z.string().trim().min(1).max(200);
export const reasonInput = z.string().max(1000);
export const keyIdInput = z.number().int().positive();
export const cursorInput = z.string().max(500).optional();
/** Read by server/staff/read-period.ts. */
export const momentInput = z.string().max(40);
/** '' is the main site. */
export const siteInput = z.string().regex(/^[a-z0-9-]{0,40}$/, 'a site is named by its slug');

export const orderSummary = z.object({
  orderId: z.string(),
  status: z.enum(ORDER_STATUSES),
  reason: z.string().nullable(),
  email: z.string().nullable(),
  name: z.string().nullable(),
  coupon: z.string().nullable(),
  sku: z.string().nullable(),
  quantity: z.number(),
  keysMasked: z.array(z.string()),
  createdAt: z.iso.datetime(),
});

const key = z.object({
  keyId: z.number(),
  masked: z.string(),
  sku: z.string(),
  status: z.enum(KEY_STATUSES),
  assignedAt: z.iso.datetime().nullable(),
});

const message = z.object({
  messageId: z.string(),
  kind: z.string(),
  recipient: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  attempts: z.number(),
  lastCode: z.string().nullable(),
  lastError: z.string().nullable(),
  createdAt: z.iso.datetime(),
  acceptedAt: z.iso.datetime().nullable(),
});

const timelineEntry = z.object({
  at: z.iso.datetime(),
  kind: z.enum(['delivery', 'audit', 'message']),
  who: z.string(),
  whoName: z.string().nullable(),
  what: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  why: z.string(),
  id: z.string().nullable(),
  emailAt: z.string().nullable(),
  couponAt: z.string().nullable(),
  refs: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.number())])),
});

export const orderPage = orderSummary.extend({
  site: z.string(),
  source: z.string(),
  rev: z.number().nullable(),
  alternates: z.array(z.string()),
  locale: z.string().nullable(),
  item: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }).nullable(),
  units: z.number(),
  updatedAt: z.iso.datetime(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.number() })),
  keys: z.array(key),
  messages: z.array(message),
  suppressed: z
    .object({ reason: z.enum(['bounced', 'complained']), since: z.iso.datetime(), detail: z.string() })
    .nullable(),
  timeline: z.array(timelineEntry),
});

/** One line; what a terminal would obey, or a database refuse, is no part of a name. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}*$/u, 'without control characters');

export const itemRef = z.object({
  site: siteInput.default(''),
  source: z.enum(SOURCES),
  kind: z.enum(['service', 'event', 'package']),
  itemId: line(80),
});

export const mappingInput = itemRef.extend({
  /** Null: this course sells no key. */
  sku: skuSchema.nullable(),
  quantity: z.number().int().min(1).max(50).default(1),
  per: z.enum(['booking', 'purchase']).default('booking'),
});

export const mappingRow = z.object({
  site: z.string(),
  source: z.enum(SOURCES),
  kind: z.enum(['service', 'event', 'package']),
  itemId: z.string(),
  sku: z.string().nullable(),
  quantity: z.number(),
  per: z.enum(['booking', 'purchase']),
});

export const productRow = z.object({
  sku: z.string(),
  name: z.string(),
  lowStock: z.number().nullable(),
  onCancel: z.enum(['keep', 'revoke']),
  holdMinutes: z.number(),
  activationUrl: z.string().nullable(),
  instructions: z.string().nullable(),
  tellWaiting: z.boolean(),
});

export const productInput = z.object({
  sku: skuSchema,
  name: line(200).optional(),
  lowStock: z.number().int().min(0).max(1_000_000).nullable().optional(),
  onCancel: z.enum(['keep', 'revoke']).optional(),
  holdMinutes: z.number().int().min(0).max(525_600).optional(),
  // Mails link to https alone: another address would silently be left out of them.
  activationUrl: z
    .url({ protocol: /^https$/ })
    .max(2000)
    .nullable()
    .optional(),
  instructions: z
    .string()
    .max(MAX_INSTRUCTIONS)
    .regex(/^[^\p{Cc}]*(?:[\t\r\n][^\p{Cc}]*)*$/u, 'without control characters but line ends')
    .nullable()
    .optional(),
  tellWaiting: z.boolean().optional(),
});
