import { asc, eq, lte, sql } from 'drizzle-orm';
import type { InstanceVerbs } from '../staff-verbs.ts';
import type { Db } from './db.ts';
import { fromNow, now } from './many.ts';
import { instances } from './schema.ts';

export function instanceVerbs(db: Db): InstanceVerbs {
  return {
    beat: async ({ id, ...facts }) => {
      await db
        .insert(instances)
        .values({ id, ...facts, seenAt: now })
        .onConflictDoUpdate({ target: instances.id, set: { ...facts, seenAt: now } });
    },

    deleteInstance: async ({ id }) => {
      await db.delete(instances).where(eq(instances.id, id));
    },

    deleteInstances: async ({ deadForMs }) => {
      await db.delete(instances).where(lte(instances.seenAt, fromNow(-deadForMs)));
    },

    listInstances: async ({ silentAfterMs }) => {
      const rows = await db
        .select({ row: instances, isSilent: sql<unknown>`${instances.seenAt} <= ${fromNow(-silentAfterMs)}` })
        .from(instances)
        .orderBy(asc(instances.startedAt), asc(instances.id));
      return rows.map(({ row, isSilent }) => ({ ...row, isSilent: Boolean(isSilent) }));
    },
  };
}
