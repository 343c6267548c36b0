import { z } from 'zod';
import { exportAudit } from '../audit/export-audit.ts';
import { listAudit } from '../audit/list-audit.ts';
import { valueOf } from '../errors.ts';
import { cursorInput, momentInput, orderIdInput } from './shapes.ts';
import { router, staffProcedure } from './trpc.ts';

/** Subjects, actors and actions are plain words, e.g. `import:…`, `staff:2`, `order.fulfilled`. */
const word = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,200}$/, 'a word of up to 200 letters, digits and signs, without blanks');

const wanted = z
  .object({
    orderId: orderIdInput.optional(),
    subject: word.optional(),
    actor: word.optional(),
    action: word.optional(),
    since: momentInput.optional(),
    until: momentInput.optional(),
    cursor: cursorInput,
  })
  .refine(({ orderId, subject }) => orderId === undefined || subject === undefined, {
    message: 'name the order or the subject, not both',
    path: ['subject'],
  });

const line = z.object({
  id: z.number(),
  at: z.iso.datetime(),
  subject: z.string(),
  orderId: z.string().nullable(),
  actor: z.string(),
  actorName: z.string().nullable(),
  action: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  reason: z.string(),
  refs: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.number())])),
});

export const auditRouter = router({
  list: staffProcedure
    .input(wanted.default({}))
    .output(z.object({ lines: z.array(line), next: z.string().optional() }))
    .query(async ({ ctx, input }) => valueOf(await listAudit(ctx.deps, input))),

  /** The same as CSV, up to 1,000 lines a page; pages put one behind the other are one file. */
  export: staffProcedure
    .input(wanted.default({}))
    .output(z.object({ csv: z.string(), next: z.string().optional() }))
    .query(async ({ ctx, input }) => valueOf(await exportAudit(ctx.deps, input))),
});
