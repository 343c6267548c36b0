import { z } from 'zod';
import { SOURCES } from '../../shared/booking-event.ts';
import { siteStates } from '../drift/sites.ts';
import { router, staffProcedure } from './trpc.ts';

export const siteLine = z.object({
  site: z.string(),
  url: z.string().nullable(),
  source: z.enum(SOURCES).nullable(),
  plugin: z.string().nullable(),
  lastAt: z.iso.datetime().nullable(),
  isSilent: z.boolean(),
  listed: z.number(),
  lacking: z.number(),
  unknown: z.number(),
});

export const sitesRouter = router({
  list: staffProcedure.output(z.object({ sites: z.array(siteLine) })).query(async ({ ctx }) => ({
    sites: (await siteStates(ctx.deps)).map((state) => ({
      ...state,
      lastAt: state.lastAt?.toISOString() ?? null,
    })),
  })),
});
