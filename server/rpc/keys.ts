import { z } from 'zod';
import { skuSchema } from '../../shared/sku.ts';
import { KEY_STATUSES, ORDER_STATUSES } from '../../shared/statuses.ts';
import { valueOf } from '../errors.ts';
import { findKeys } from '../keys/find-keys.ts';
import { giveWithoutOrder } from '../keys/give.ts';
import type { ImportReport } from '../keys/import-report.ts';
import { importKeys } from '../keys/import.ts';
import { listImports } from '../keys/list-imports.ts';
import { replaceKey } from '../keys/replace.ts';
import { revealKey } from '../keys/reveal.ts';
import { revokeKey } from '../keys/revoke.ts';
import { undoImport } from '../keys/undo-import.ts';
import { MAX_GIVEN } from '../orders/add-keys.ts';
import { mayDo } from '../staff/rights.ts';
import { cursorInput, keyIdInput, reasonInput } from './shapes.ts';
import { router, staffProcedure } from './trpc.ts';

/** Characters of one paste or upload; a bigger file goes through `keybank keys import`. */
const MAX_IMPORT_LENGTH = 32 * 1024 * 1024;

const importInput = z.object({
  /** Checked by the import, which also takes it from the command line. */
  sku: z.string().max(200),
  text: z.string().max(MAX_IMPORT_LENGTH),
  dryRun: z.boolean().default(false),
  column: z.string().max(200).optional(),
  origin: z.string().max(255).default('paste'),
  /** Left out, the trail says where the keys come from. */
  reason: reasonInput.optional(),
});

const importOutput = z.object({
  importId: z.string().optional(),
  newProduct: z.boolean(),
  added: z.number(),
  /** Lines, the first 1,000; `duplicateDetails` says of what. */
  duplicates: z.array(z.number()),
  duplicateTotal: z.number(),
  duplicateDetails: z.array(
    z.object({
      line: z.number(),
      of: z.enum(['file', 'stock']),
      firstLine: z.number().optional(),
      sku: z.string().optional(),
    }),
  ),
  invalid: z.array(z.object({ line: z.number(), why: z.string() })),
  invalidTotal: z.number(),
  /** How the text was read: which column, which separator. */
  format: z
    .object({
      kind: z.enum(['lines', 'table']),
      header: z.boolean(),
      delimiter: z.string().optional(),
      column: z.number().optional(),
    })
    .nullable(),
});

const importRow = z.object({
  importId: z.string(),
  sku: z.string(),
  actor: z.string(),
  origin: z.string(),
  added: z.number(),
  removed: z.number(),
  createdAt: z.iso.datetime(),
  undoneAt: z.iso.datetime().nullable(),
  /** Null when it has too many keys to be counted in a list. */
  now: z
    .object({ available: z.number(), assigned: z.number(), held: z.number(), revoked: z.number() })
    .nullable(),
});

const undoneImport = z.object({
  importId: z.string(),
  sku: z.string(),
  /** For a dry run: how many would be. */
  removed: z.number(),
  kept: z.object({ assigned: z.number(), held: z.number(), revoked: z.number() }),
  /** Free, but locked by somebody at each look: call it once more. */
  left: z.number(),
});

const foundKey = z.object({
  keyId: z.number(),
  masked: z.string(),
  sku: z.string(),
  /** A key on hold is `assigned` too. */
  status: z.enum(KEY_STATUSES),
  /** Of a revoked key, the order that had it. */
  orderId: z.string().nullable(),
  importId: z.string().nullable(),
  importedAt: z.iso.datetime().nullable(),
});

const giveInput = z.object({
  sku: skuSchema,
  quantity: z.number().int().min(1).max(MAX_GIVEN).default(1),
  email: z.string().max(500),
  name: z.string().max(500).optional(),
  coupon: z.string().max(500).optional(),
  reason: reasonInput,
  requestId: z.uuid().optional(),
  wait: z.boolean().default(false),
});

export const keysRouter = router({
  import: staffProcedure
    .input(importInput)
    .output(importOutput)
    .mutation(async ({ ctx, input }) => {
      const { text, column, ...wish } = input;
      const asked = { ...wish, lines: text, column: column ?? null, actor: ctx.actor };
      return toOutput(valueOf(await importKeys(ctx.deps, asked)));
    }),

  imports: staffProcedure
    .input(z.object({ cursor: cursorInput }).default({}))
    .output(z.object({ imports: z.array(importRow), next: z.string().optional() }))
    .query(async ({ ctx, input }) => valueOf(await listImports(ctx.deps, input))),

  undoImport: staffProcedure
    .input(
      z.object({ importId: z.string().max(100), reason: reasonInput, dryRun: z.boolean().default(false) }),
    )
    .output(undoneImport)
    .mutation(async ({ ctx, input }) => valueOf(await undoImport(ctx.deps, { ...input, actor: ctx.actor }))),

  /** By whole text or last four characters; of keys in stock too. */
  find: staffProcedure
    .input(z.object({ query: z.string().max(500) }))
    .output(z.object({ keys: z.array(foundKey), isMore: z.boolean() }))
    .query(({ ctx, input }) => findKeys(ctx.deps, input)),

  give: staffProcedure
    .input(giveInput)
    .output(
      z.object({ orderId: z.string(), status: z.enum(ORDER_STATUSES), messageId: z.string().optional() }),
    )
    .mutation(async ({ ctx, input }) =>
      valueOf(await giveWithoutOrder(ctx.deps, { ...input, actor: ctx.actor })),
    ),

  replace: staffProcedure
    .input(z.object({ keyId: keyIdInput, reason: reasonInput }))
    .output(
      z.object({ oldKeyId: z.number(), newKeyId: z.number(), masked: z.string(), messageId: z.string() }),
    )
    .mutation(async ({ ctx, input }) => valueOf(await replaceKey(ctx.deps, { ...input, actor: ctx.actor }))),

  revoke: staffProcedure
    .input(z.object({ keyId: keyIdInput, reason: reasonInput, inStock: z.boolean().default(false) }))
    .output(z.object({ keyId: z.number(), status: z.literal('revoked'), orderId: z.string().nullable() }))
    .mutation(async ({ ctx, input }) => {
      const mayTakeStock = mayDo(ctx.member, 'import');
      return valueOf(await revokeKey(ctx.deps, { ...input, mayTakeStock, actor: ctx.actor }));
    }),

  reveal: staffProcedure
    .input(z.object({ keyId: keyIdInput, reason: reasonInput }))
    .output(
      z.object({
        keyId: z.number(),
        licenseKey: z.string(),
        sku: z.string(),
        status: z.enum(KEY_STATUSES),
        orderId: z.string().nullable(),
      }),
    )
    .mutation(async ({ ctx, input }) => valueOf(await revealKey(ctx.deps, { ...input, actor: ctx.actor }))),
});

function toOutput(report: ImportReport): z.input<typeof importOutput> {
  const { importId, newProduct, added, duplicates, duplicateTotal, invalid, invalidTotal, format } = report;
  return {
    ...(importId !== null && { importId }),
    newProduct,
    added,
    duplicates: duplicates.map(({ line }) => line),
    duplicateTotal,
    duplicateDetails: duplicates,
    invalid,
    invalidTotal,
    format,
  };
}
