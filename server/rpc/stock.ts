import { z } from 'zod';
import { stockLevels } from '../stock/levels.ts';
import { router, staffProcedure } from './trpc.ts';

const stockLine = z.object({
  sku: z.string(),
  name: z.string(),
  available: z.number(),
  assigned: z.number(),
  held: z.number(),
  revoked: z.number(),
  waiting: z.number(),
  perDay: z.number(),
  runsOutAt: z.iso.datetime().nullable(),
});

export const stockRouter = router({
  list: staffProcedure
    .output(z.object({ products: z.array(stockLine) }))
    .query(({ ctx }) => stockLevels(ctx.deps)),
});
