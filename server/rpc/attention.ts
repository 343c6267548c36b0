import { z } from 'zod';
import { MESSAGE_STATUSES, ORDER_STATUSES } from '../../shared/statuses.ts';
import { ATTENTION_KINDS, attentionList } from '../alerts/attention.ts';
import { reopenAlerts, settleAlerts } from '../alerts/settle-alerts.ts';
import { valueOf } from '../errors.ts';
import { ALERT_KINDS } from '../store/rows.ts';
import { itemRef, reasonInput } from './shapes.ts';
import { router, staffProcedure } from './trpc.ts';

const kind = z.enum(ALERT_KINDS);

const fix = z.discriminatedUnion('do', [
  z.object({ do: z.literal('map'), item: itemRef }),
  z.object({ do: z.literal('correct-address'), orderId: z.string() }),
  z.object({ do: z.literal('retry-mail'), messageId: z.string() }),
  z.object({ do: z.literal('replay'), orderId: z.string().nullable(), deliveryId: z.string().nullable() }),
  z.object({ do: z.literal('revoke-key'), keyId: z.number(), masked: z.string() }),
  z.object({ do: z.literal('settle') }),
]);

const item = z.object({
  alertId: z.number(),
  kind,
  orderId: z.string().nullable(),
  sku: z.string().nullable(),
  detail: z.string(),
  since: z.iso.datetime(),
  order: z
    .object({
      status: z.enum(ORDER_STATUSES),
      reason: z.string().nullable(),
      email: z.string().nullable(),
      item: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }).nullable(),
    })
    .nullable(),
  message: z
    .object({
      messageId: z.string(),
      recipient: z.string(),
      status: z.enum(MESSAGE_STATUSES),
      lastCode: z.string().nullable(),
      lastError: z.string().nullable(),
    })
    .nullable(),
  deliveryId: z.string().nullable(),
  fixes: z.array(fix),
});

const page = z.object({
  items: z.array(item),
  next: z.string().optional(),
  counts: z.array(z.object({ kind, count: z.number(), isMore: z.boolean() })).optional(),
});

const some = z.object({
  alertIds: z.array(z.number().int().positive()).min(1).max(100),
  reason: reasonInput,
});

export const attentionRouter = router({
  /** What a person must see; orders that wait for stock are in `orders.waiting`. */
  list: staffProcedure
    .input(
      z
        .object({
          kinds: z.array(z.enum(ATTENTION_KINDS)).min(1).max(20).optional(),
          cursor: z.string().max(100).optional(),
        })
        .default({}),
    )
    .output(page)
    .query(async ({ ctx, input }) => valueOf(await attentionList(ctx.deps, input))),

  settle: staffProcedure
    .input(some)
    .output(z.object({ settled: z.array(z.number()) }))
    .mutation(async ({ ctx, input }) =>
      valueOf(await settleAlerts(ctx.deps, { ...input, actor: ctx.actor })),
    ),

  reopen: staffProcedure
    .input(some)
    .output(z.object({ reopened: z.array(z.number()), over: z.array(z.number()) }))
    .mutation(async ({ ctx, input }) =>
      valueOf(await reopenAlerts(ctx.deps, { ...input, actor: ctx.actor })),
    ),
});
