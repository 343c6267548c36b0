import { and, asc, count, eq, lte, sql } from 'drizzle-orm';
import { ascending, eachPart, inParts } from '../chunks.ts';
import type { MessageVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { changed, fromNow, insertRows, now, oneOf } from './many.ts';
import { messages } from './schema.ts';

export function messageVerbs(db: Db): MessageVerbs {
  return {
    findMessage: async ({ id }) => {
      const rows = await db.select().from(messages).where(eq(messages.id, id));
      return rows[0] ?? null;
    },

    findMessagesOfOrders: ({ orderIds }) =>
      inParts(orderIds, (part) =>
        db
          .select()
          .from(messages)
          .where(oneOf(messages.orderId, part))
          .orderBy(asc(messages.createdAt), asc(messages.id)),
      ),

    // Status, attempts and due_at come from the columns' defaults: due at the database's clock.
    insertMessages: (q) => insertRows(db, messages, q.messages),

    leaseMessages: ({ ids, token, leaseMs }) =>
      eachPart(ids, (part) =>
        db
          .update(messages)
          .set({
            status: 'sending',
            attempts: sql`${messages.attempts} + 1`,
            leaseToken: token,
            dueAt: fromNow(leaseMs),
          })
          .where(oneOf(messages.id, part)),
      ),

    lockDueMessages: ({ priority, limit }) =>
      db
        .select()
        .from(messages)
        .where(and(eq(messages.priority, priority), lte(messages.dueAt, now)))
        .orderBy(asc(messages.dueAt), asc(messages.id))
        .limit(limit)
        .for('update', { skipLocked: true }),

    lockMessagesOfOrders: ({ orderIds }) =>
      inParts(ascending(orderIds), (part) =>
        db
          .select()
          .from(messages)
          .where(oneOf(messages.orderId, part))
          .orderBy(asc(messages.orderId), asc(messages.id))
          .for('update'),
      ),

    messageCounts: () =>
      db.select({ status: messages.status, count: count() }).from(messages).groupBy(messages.status),

    // The try stays counted: it may have begun, and a key that may have been seen is never given to somebody else.
    // The lease is only looked for among messages that are due some time: those at rest are many.
    settleMessage: async (q) => {
      const result = await db
        .update(messages)
        .set({
          status: q.status,
          leaseToken: null,
          dueAt: q.retryInMs === null ? null : fromNow(q.retryInMs),
          lastCode: q.lastCode,
          lastError: q.lastError,
          acceptedAt: q.acceptedAt,
        })
        .where(
          and(eq(messages.id, q.id), eq(messages.leaseToken, q.leaseToken), eq(messages.status, 'sending')),
        );
      return changed(result) === 1;
    },

    withdrawMessages: ({ ids }) =>
      eachPart(ids, (part) =>
        db
          .update(messages)
          .set({ status: 'withdrawn', leaseToken: null, dueAt: null })
          .where(oneOf(messages.id, part)),
      ),
  };
}
