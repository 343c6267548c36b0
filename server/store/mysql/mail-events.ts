import { asc, eq, gt, sql, type AnyColumn, type SQL } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { MailEventVerbs } from '../mail-verbs.ts';
import type { SuppressionRow } from '../rows.ts';
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
        .onDuplicateKeyUpdate({ set: facts.reason === 'complained' ? facts : unlessComplained(facts) });
    },
  };
}

/**
 * Differs by necessity: ON DUPLICATE KEY UPDATE takes no WHERE. Each column asks for itself, and in whatever order they
 * are set the answer is one: a reason that is `complained` stays so.
 */
function unlessComplained(facts: Omit<SuppressionRow, 'address'>): Record<keyof typeof facts, SQL> {
  const { reason, provider, messageId, since, detail } = mailSuppressions;
  const or = (column: AnyColumn, value: unknown) =>
    sql`IF(${reason} = 'complained', ${column}, ${sql.param(value, column)})`;
  return {
    reason: or(reason, facts.reason),
    provider: or(provider, facts.provider),
    messageId: or(messageId, facts.messageId),
    since: or(since, facts.since),
    detail: or(detail, facts.detail),
  };
}
