import { and, eq, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import type { JobVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { changed, fromNow, insertRows, now } from './many.ts';
import { jobs } from './schema.ts';

export function jobVerbs(db: Db): JobVerbs {
  return {
    takeCooldown: async ({ name, cooldownMs }) => {
      await insertRows(db, jobs, [{ name, slot: -1 }], 'or nothing');
      const since = or(isNull(jobs.firedAt), lte(jobs.firedAt, fromNow(-cooldownMs)));
      const result = await db
        .update(jobs)
        .set({ firedAt: now })
        .where(and(eq(jobs.name, name), since));
      return changed(result) === 1;
    },

    takeJobSlot: async ({ name, everyMs }) => {
      await insertRows(db, jobs, [{ name, slot: -1 }], 'or nothing');
      const slot = slotNow(everyMs);
      const result = await db
        .update(jobs)
        .set({ slot })
        .where(and(eq(jobs.name, name), lt(jobs.slot, slot)));
      return changed(result) === 1;
    },
  };
}

/** The number of the slot that the database's clock is in. Differs by necessity: how milliseconds since 1970 are counted. */
function slotNow(everyMs: number): SQL {
  return sql`TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${now}) DIV ${everyMs * 1000}`;
}
