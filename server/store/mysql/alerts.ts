import { and, asc, eq, isNull } from 'drizzle-orm';
import { eachPart } from '../chunks.ts';
import type { AlertVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { insertRows, oneOf } from './many.ts';
import { alerts } from './schema.ts';

export function alertVerbs(db: Db): AlertVerbs {
  return {
    findAlertsByMessage: ({ messageId }) =>
      db.select().from(alerts).where(eq(alerts.messageId, messageId)).orderBy(asc(alerts.id)),

    insertAlerts: (q) => insertRows(db, alerts, q.alerts),

    lockUntoldAlerts: async ({ kinds, limit }) => {
      if (kinds.length === 0) return [];
      return db
        .select()
        .from(alerts, { forceIndex: 'alerts_by_message' }) // Differs by necessity: see many.ts
        .where(and(isNull(alerts.messageId), oneOf(alerts.kind, kinds)))
        .orderBy(asc(alerts.id))
        .limit(limit)
        .for('update');
    },

    markAlertsTold: ({ ids, messageId }) =>
      eachPart(ids, (part) => db.update(alerts).set({ messageId }).where(oneOf(alerts.id, part))),

    untellAlerts: ({ messageIds }) =>
      eachPart(messageIds, (part) =>
        db.update(alerts).set({ messageId: null }).where(oneOf(alerts.messageId, part)),
      ),
  };
}
