import { and, eq, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import type { JobVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { changed, fromNow, insertRows, now } from './many.ts';
import { jobs, turns } from './schema.ts';

export function jobVerbs(db: Db): JobVerbs {
  return {
    forgetTurns: async () => {
      await db.delete(turns).where(lte(turns.untilAt, now));
    },

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

    takeTurn: async ({ name, limit, windowMs }) => {
      if (limit < 1) return false;
      const isOver = sql`until_at <= ${now}`;
      const end = fromNow(windowMs);
      // `taken` first: MySQL reads a column as the assignments before have left it.
      const take = async () => {
        const result = await db.execute(
          sql`UPDATE turns SET
              taken = CASE WHEN ${isOver} THEN 1 ELSE taken + 1 END,
              until_at = CASE WHEN ${isOver} THEN ${end} ELSE until_at END
            WHERE name = ${name} AND (${isOver} OR taken < ${limit})`,
        );
        return changed(result) === 1;
      };
      if (await take()) return true;
      await db
        .insert(turns)
        .values({ name, taken: 0, untilAt: end })
        .onDuplicateKeyUpdate({ set: { name: sql`${turns.name}` } });
      return take();
    },
  };
}

/** The number of the slot that the database's clock is in. Differs by necessity: how milliseconds since 1970 are counted. */
function slotNow(everyMs: number): SQL {
  return sql`TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${now}) DIV ${everyMs * 1000}`;
}
