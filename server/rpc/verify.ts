import { z } from 'zod';
import { verifyAll } from '../audit/verify.ts';
import { router, staffProcedure } from './trpc.ts';

const promise = z.object({
  promise: z.string(),
  checked: z.number(),
  violations: z.number(),
  examples: z.array(z.string()),
});

export const verifyRouter = router({
  run: staffProcedure
    .output(z.object({ kept: z.boolean(), promises: z.array(promise) }))
    .query(async ({ ctx }) => {
      const promises = await verifyAll(ctx.deps.store);
      return { kept: promises.every(({ violations }) => violations === 0), promises };
    }),
});
