import { z } from 'zod';
import { SOURCES } from '../../shared/booking-event.ts';
import { RECEIPT_STATUSES } from '../../shared/statuses.ts';
import { FaultError, makeFault, valueOf } from '../errors.ts';
import { countReplay } from '../orders/count-replay.ts';
import { getDelivery, readDeliveryId } from '../orders/get-delivery.ts';
import { listDeliveries } from '../orders/list-deliveries.ts';
import { replayMany } from '../orders/replay-many.ts';
import { readReason } from '../staff/reason.ts';
import { cursorInput, momentInput, reasonInput, siteInput } from './shapes.ts';
import { router, staffProcedure } from './trpc.ts';

const deliveryIdInput = z.string().max(100);
const orderWord = z.object({ orderId: z.string(), status: z.enum(RECEIPT_STATUSES) });

const deliveryFacts = z.object({
  deliveryId: z.string(),
  receivedAt: z.iso.datetime(),
  site: z.string(),
  source: z.enum(SOURCES),
  hook: z.string().nullable(),
  contentType: z.string().nullable(),
  verdict: z.enum(RECEIPT_STATUSES),
  flag: z.string(),
  orders: z.array(orderWord.extend({ note: z.string().optional() })),
  replayOf: z.string().nullable(),
});

const verdict = z.enum(RECEIPT_STATUSES);
const wanted = z.object({
  verdict: z.union([verdict, z.array(verdict).min(1)]).optional(),
  source: z.enum(SOURCES).optional(),
  site: siteInput.optional(),
  since: momentInput.optional(),
  until: momentInput.optional(),
});
/** As `countReplay` answers it. */
const counted = wanted.extend({ verdict: z.array(verdict).min(1), until: momentInput });

export const deliveriesRouter = router({
  get: staffProcedure
    .input(z.object({ deliveryId: deliveryIdInput }))
    .output(deliveryFacts.extend({ size: z.number() }))
    .query(async ({ ctx, input }) => valueOf(await getDelivery(ctx.deps, input))),

  /** The inbox, newest first. */
  list: staffProcedure
    .input(
      wanted.extend({ replays: z.boolean().default(false), cursor: cursorInput }).default({ replays: false }),
    )
    .output(z.object({ deliveries: z.array(deliveryFacts), next: z.string().optional() }))
    .query(async ({ ctx, input }) => valueOf(await listDeliveries(ctx.deps, input))),

  countReplay: staffProcedure
    .input(z.object({ filter: wanted }))
    .output(z.object({ count: z.number(), filter: counted }))
    .query(async ({ ctx, input }) => valueOf(await countReplay(ctx.deps, input.filter))),

  /** Up to 200 a call; the same call with `cursor` goes on. */
  replayMany: staffProcedure
    .input(
      z.object({ filter: counted, count: z.number().int().min(0), reason: reasonInput, cursor: cursorInput }),
    )
    .output(
      z.object({
        replayed: z.number(),
        outcomes: z.array(z.object({ status: verdict, count: z.number() })),
        next: z.string().optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => valueOf(await replayMany(ctx.deps, { ...input, actor: ctx.actor }))),

  /** For what `orders.replay` cannot reach: a delivery that was kept, but made no order. */
  replay: staffProcedure
    .input(z.object({ deliveryId: deliveryIdInput, reason: reasonInput }))
    .output(z.object({ status: z.enum(RECEIPT_STATUSES), orders: z.array(orderWord) }))
    .mutation(async ({ ctx, input }) => {
      const deliveryId = valueOf(readDeliveryId(input.deliveryId));
      const reason = valueOf(readReason(input.reason));
      const receipt = await ctx.deps.replayDelivery(deliveryId, reason, ctx.actor);
      if (!receipt) throw new FaultError(makeFault('delivery.unknown', { deliveryId }));
      return { status: receipt.status, orders: receipt.orders };
    }),
});
