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
        .onDuplicateKeyUpdate({ set: { ...facts, seenAt: now } });
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

    // Differs by necessity: where it is counted. MySQL tells deadlocks to those alone who may PROCESS, MariaDB to all.
    readLockCounts: async () => {
      const rows = await selectRows(
        db,
        sql`SHOW GLOBAL STATUS
          WHERE Variable_name IN ('Innodb_row_lock_waits', 'Innodb_deadlocks', 'Uptime')`,
      );
      const told = new Map(rows.map((row) => [row['Variable_name'], Number(row['Value'])]));
      const uptime = told.get('Uptime');
      return {
        waits: told.get('Innodb_row_lock_waits') ?? null,
        deadlocks: told.get('Innodb_deadlocks') ?? null,
        countedMs: uptime === undefined ? null : uptime * 1000,
      };
    },
  };
}
