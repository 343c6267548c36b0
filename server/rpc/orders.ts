import { z } from 'zod';
import { skuSchema } from '../../shared/sku.ts';
import { ORDER_STATUSES, RECEIPT_STATUSES } from '../../shared/statuses.ts';
import { valueOf } from '../errors.ts';
import { addKeys, MAX_GIVEN } from '../orders/add-keys.ts';
import { cancelOrder } from '../orders/cancel.ts';
import { correctOrder } from '../orders/correct.ts';
import { getOrder } from '../orders/get-order.ts';
import { lookupOrders } from '../orders/lookup.ts';
import { replayByStaff } from '../orders/replay-by-staff.ts';
import { resendOrder } from '../orders/resend.ts';
import { waitingOrders } from '../orders/waiting.ts';
import { orderIdInput, orderPage, orderSummary, reasonInput } from './shapes.ts';
import { router, staffProcedure } from './trpc.ts';

const waitingOrder = orderSummary.extend({
  waitingFor: z.array(z.object({ sku: z.string(), lacking: z.number() })),
  since: z.iso.datetime(),
});

export const ordersRouter = router({
  lookup: staffProcedure
    .input(z.object({ query: z.string().max(500), cursor: z.string().max(1200).optional() }))
    .output(z.object({ orders: z.array(orderSummary), next: z.string().optional() }))
    .query(async ({ ctx, input }) => valueOf(await lookupOrders(ctx.deps, input))),

  get: staffProcedure
    .input(z.object({ orderId: orderIdInput }))
    .output(orderPage)
    .query(async ({ ctx, input }) => valueOf(await getOrder(ctx.deps, input))),

  resend: staffProcedure
    .input(z.object({ orderId: orderIdInput, reason: reasonInput, email: z.string().max(500).optional() }))
    .output(z.object({ messageId: z.string() }))
    .mutation(async ({ ctx, input }) => valueOf(await resendOrder(ctx.deps, { ...input, actor: ctx.actor }))),

  cancel: staffProcedure
    .input(z.object({ orderId: orderIdInput, reason: reasonInput }))
    .output(z.object({ status: z.enum(['cancelled', 'duplicate']) }))
    .mutation(async ({ ctx, input }) => valueOf(await cancelOrder(ctx.deps, { ...input, actor: ctx.actor }))),

  correct: staffProcedure
    .input(z.object({ orderId: orderIdInput, email: z.string().max(500), reason: reasonInput }))
    .output(z.object({ status: z.enum(ORDER_STATUSES), messageId: z.string().optional() }))
    .mutation(async ({ ctx, input }) =>
      valueOf(await correctOrder(ctx.deps, { ...input, actor: ctx.actor })),
    ),

  addKeys: staffProcedure
    .input(
      z.object({
        orderId: orderIdInput,
        sku: skuSchema,
        /** The order shall have so many keys of the product, those that it has included. */
        upTo: z.number().int().min(1).max(MAX_GIVEN),
        reason: reasonInput,
        wait: z.boolean().default(false),
      }),
    )
    .output(
      z.object({
        status: z.enum(ORDER_STATUSES),
        added: z.number(),
        messageId: z.string().optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => valueOf(await addKeys(ctx.deps, { ...input, actor: ctx.actor }))),

  /** In the order in which it will be served. */
  waiting: staffProcedure
    .input(z.object({ sku: skuSchema.optional(), cursor: z.string().max(100).optional() }).default({}))
    .output(z.object({ orders: z.array(waitingOrder), next: z.string().optional() }))
    .query(async ({ ctx, input }) => valueOf(await waitingOrders(ctx.deps, input))),

  replay: staffProcedure
    .input(z.object({ orderId: orderIdInput, reason: reasonInput }))
    .output(z.object({ status: z.enum(RECEIPT_STATUSES) }))
    .mutation(async ({ ctx, input }) =>
      valueOf(await replayByStaff(ctx.deps, { ...input, actor: ctx.actor })),
    ),
});
