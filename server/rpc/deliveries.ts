import { z } from 'zod';
import { SOURCES } from '../../shared/booking-event.ts';
import { RECEIPT_STATUSES } from '../../shared/statuses.ts';
import { FaultError, makeFault, valueOf } from '../errors.ts';
import { getDelivery, readDeliveryId } from '../orders/get-delivery.ts';
import { readReason } from '../staff/reason.ts';
import { reasonInput } from './shapes.ts';
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
  size: z.number(),
  orders: z.array(orderWord.extend({ note: z.string().optional() })),
  replayOf: z.string().nullable(),
});

export const deliveriesRouter = router({
  get: staffProcedure
    .input(z.object({ deliveryId: deliveryIdInput }))
    .output(deliveryFacts)
    .query(async ({ ctx, input }) => valueOf(await getDelivery(ctx.deps, input))),

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
