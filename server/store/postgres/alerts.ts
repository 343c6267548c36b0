import { and, asc, count, desc, eq, isNull, lt } from 'drizzle-orm';
import { ascending, eachPart, inParts } from '../chunks.ts';
import type { AlertVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { insertRows, oneOf } from './many.ts';
import { alerts } from './schema.ts';

export function alertVerbs(db: Db): AlertVerbs {
  return {
    countOpenAlerts: async ({ kind, most }) => {
      const few = db
        .select({ id: alerts.id })
        .from(alerts)
        .where(and(eq(alerts.kind, kind), isNull(alerts.settledAt)))
        .orderBy(desc(alerts.id)) // In the index's order: few among many settled are not looked for in the whole table.
        .limit(most)
        .as('few');
      const [row] = await db.select({ count: count() }).from(few);
      return row?.count ?? 0;
    },

    findAlerts: ({ ids }) =>
      inParts(ascending(ids), (part) =>
        db.select().from(alerts).where(oneOf(alerts.id, part)).orderBy(asc(alerts.id)),
      ),

    findAlertsByMessage: ({ messageId }) =>
      db.select().from(alerts).where(eq(alerts.messageId, messageId)).orderBy(asc(alerts.id)),

    insertAlerts: (q) => insertRows(db, alerts, q.alerts),

    listOpenAlerts: ({ kind, beforeId, limit }) =>
      db
        .select()
        .from(alerts)
        .where(and(eq(alerts.kind, kind), isNull(alerts.settledAt), lt(alerts.id, beforeId)))
        .orderBy(desc(alerts.id))
        .limit(limit),

    lockUntoldAlerts: async ({ kinds, limit }) => {
      if (kinds.length === 0) return [];
      return (
        db
          .select()
          .from(alerts)
          .where(and(isNull(alerts.messageId), oneOf(alerts.kind, kinds)))
          // Differs by necessity: by the id alone the planner may pass every alert there is, in order of id.
          .orderBy(asc(alerts.messageId), asc(alerts.id))
          .limit(limit)
          .for('update')
      );
    },

    markAlertsTold: ({ ids, messageId }) =>
      eachPart(ids, (part) => db.update(alerts).set({ messageId }).where(oneOf(alerts.id, part))),

    reopenAlerts: ({ ids }) =>
      eachPart(ids, (part) =>
        db.update(alerts).set({ settledAt: null, settledBy: null }).where(oneOf(alerts.id, part)),
      ),

    settleAlerts: ({ ids, by, at }) =>
      eachPart(ids, (part) =>
        db
          .update(alerts)
          .set({ settledAt: at, settledBy: by })
          .where(and(oneOf(alerts.id, part), isNull(alerts.settledAt))),
      ),

    untellAlerts: ({ messageIds }) =>
      eachPart(messageIds, (part) =>
        db.update(alerts).set({ messageId: null }).where(oneOf(alerts.messageId, part)),
      ),
  };
}
