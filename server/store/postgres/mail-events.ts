import { asc, eq, gt, sql } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { MailEventVerbs } from '../mail-verbs.ts';
import type { Db } from './db.ts';
import { insertRows, oneOf } from './many.ts';
import { mailEvents, mailSuppressions } from './schema.ts';

export function mailEventVerbs(db: Db): MailEventVerbs {
  return {
    // One by one, in order: people lift one or two, and MySQL would scan a small table for a list, past strangers' locks.
    deleteSuppressions: async ({ addresses }) => {
      for (const address of [...addresses].sort()) {
        await db.delete(mailSuppressions).where(eq(mailSuppressions.address, address));
      }
    },

    findMailEvents: ({ messageIds }) =>
      inParts(messageIds, (part) =>
        db
          .select()
          .from(mailEvents)
          .where(oneOf(mailEvents.messageId, part))
          .orderBy(asc(mailEvents.provider), asc(mailEvents.eventId)),
      ),

    findSuppressions: ({ addresses }) =>
      inParts(addresses, (part) =>
        db
          .select()
          .from(mailSuppressions)
          .where(oneOf(mailSuppressions.address, part))
          .orderBy(asc(mailSuppressions.address)),
      ),

    insertMailEvents: ({ events }) => insertRows(db, mailEvents, events, 'or nothing'),

    listSuppressions: ({ afterAddress, limit }) =>
      db
        .select()
        .from(mailSuppressions)
        .where(gt(mailSuppressions.address, afterAddress))
        .orderBy(asc(mailSuppressions.address))
        .limit(limit),

    saveSuppression: async ({ address, ...facts }) => {
      await db
        .insert(mailSuppressions)
        .values({ address, ...facts })
        .onConflictDoUpdate({
          target: mailSuppressions.address,
          set: facts,
          setWhere: sql`${mailSuppressions.reason} <> 'complained' OR excluded.reason = 'complained'`,
        });
    },
  };
}
