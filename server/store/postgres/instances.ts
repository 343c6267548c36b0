import { asc, eq, lte, sql } from 'drizzle-orm';
import type { InstanceVerbs } from '../staff-verbs.ts';
import type { Db } from './db.ts';
import { fromNow, now, selectRows } from './many.ts';
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

    // Differs by necessity: where it is counted. PostgreSQL counts no waits, and goes on counting when it is restarted.
    readLockCounts: async () => {
      const [row] = await selectRows(
        db,
        sql`SELECT deadlocks, FLOOR(EXTRACT(EPOCH FROM ${now} - stats_reset) * 1000)::bigint AS counted_ms
          FROM pg_stat_database WHERE datname = current_database()`,
      );
      const countedMs = row?.['counted_ms'] ?? null;
      return {
        waits: null,
        deadlocks: row ? Number(row['deadlocks']) : null,
        countedMs: countedMs === null ? null : Number(countedMs),
      };
    },
  };
}
