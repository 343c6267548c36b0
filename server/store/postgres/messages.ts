import { and, asc, count, desc, eq, gte, inArray, isNotNull, isNull, lt, lte, ne, sql } from 'drizzle-orm';
import { ascending, eachPart, inParts } from '../chunks.ts';
import type { MessageVerbs } from '../mail-verbs.ts';
import type { MessageRow } from '../rows.ts';
import type { Db } from './db.ts';
import { beyond, fromNow, insertRows, now, oneOf, selectRows } from './many.ts';
import { messages } from './schema.ts';

export function messageVerbs(db: Db): MessageVerbs {
  return {
    findMessages: ({ ids }) =>
      inParts(ids, (part) => db.select().from(messages).where(oneOf(messages.id, part))),

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

    // No message that is at rest is read: their number grows for ever.
    lastRefusals: async ({ limit }) => {
      const rows = await db
        .select({ code: messages.lastCode, why: messages.lastError, count: count() })
        .from(messages)
        .where(
          and(
            inArray(messages.priority, [0, 1]),
            isNotNull(messages.dueAt),
            isNotNull(messages.lastCode),
            ne(messages.status, 'sending'),
          ),
        )
        .groupBy(messages.lastCode, messages.lastError)
        .orderBy(desc(count()), asc(messages.lastCode), asc(messages.lastError))
        .limit(limit);
      return rows.map(({ code, ...rest }) => ({ code: code ?? '', ...rest }));
    },

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

    listMessages: ({ beforeId, limit }) =>
      db
        .select()
        .from(messages)
        .where(beforeId === null ? undefined : lt(messages.id, beforeId))
        .orderBy(desc(messages.id))
        .limit(limit),

    // A priority at a time: in one range of the index, all messages at rest stand between the two.
    listQueue: async ({ after, limit }) => {
      const { dueAt, id } = messages;
      const found: MessageRow[] = [];
      for (const priority of [0, 1] as const) {
        if (after !== null && priority < after.priority) continue;
        if (found.length === limit) break;
        const further =
          after?.priority === priority ? beyond([dueAt, id], [after.dueAt, after.id]) : undefined;
        const rows = await db
          .select()
          .from(messages)
          .where(and(eq(messages.priority, priority), isNotNull(dueAt), further))
          .orderBy(asc(dueAt), asc(id))
          .limit(limit - found.length);
        found.push(...rows);
      }
      return found;
    },

    listTroubled: ({ status, beforeId, limit }) =>
      db
        .select()
        .from(messages)
        .where(
          and(
            eq(messages.status, status),
            status === 'unknown' ? isNull(messages.dueAt) : undefined,
            beforeId === null ? undefined : lt(messages.id, beforeId),
          ),
        )
        .orderBy(desc(messages.id))
        .limit(limit),

    lockDueMessages: ({ priority, limit }) =>
      db
        .select()
        .from(messages)
        .where(and(eq(messages.priority, priority), lte(messages.dueAt, now)))
        .orderBy(asc(messages.dueAt), asc(messages.id))
        .limit(limit)
        .for('update', { skipLocked: true }),

    lockMessages: ({ ids }) =>
      inParts([...ids].sort(), (part) =>
        db.select().from(messages).where(oneOf(messages.id, part)).orderBy(asc(messages.id)).for('update'),
      ),

    lockMessagesOfOrders: ({ orderIds }) =>
      inParts(ascending(orderIds), (part) =>
        db
          .select()
          .from(messages)
          .where(oneOf(messages.orderId, part))
          .orderBy(asc(messages.orderId), asc(messages.id))
          .for('update'),
      ),

    messageCounts: ({ since }) =>
      db
        .select({ status: messages.status, count: count() })
        .from(messages)
        .where(since === null ? undefined : gte(messages.createdAt, since))
        .groupBy(messages.status),

    postponeMessages: ({ ids, byMs }) =>
      eachPart(ids, (part) =>
        db
          .update(messages)
          .set({ dueAt: fromNow(byMs) })
          .where(oneOf(messages.id, part)),
      ),

    queueAge: async () => {
      // A range of the index for each priority: of both at once, MariaDB reads the whole index.
      const of = (priority: 0 | 1) =>
        sql`SELECT COUNT(*) AS due, MIN(due_at) AS oldest FROM ${messages}
          WHERE ${and(eq(messages.priority, priority), lte(messages.dueAt, now))}`;
      // Differs by necessity: how milliseconds are counted.
      const age = sql`EXTRACT(EPOCH FROM ${now} - MIN(oldest)) * 1000`;
      const [row] = await selectRows(
        db,
        sql`SELECT SUM(due) AS due, ${age} AS age FROM (${of(0)} UNION ALL ${of(1)}) AS queues`,
      );
      const due = Number(row?.due);
      return { due, oldestMs: due === 0 ? null : Number(row?.age) };
    },

    requeueMessages: ({ ids }) =>
      eachPart(ids, (part) =>
        db
          .update(messages)
          .set({ status: 'queued', leaseToken: null, dueAt: now })
          .where(oneOf(messages.id, part)),
      ),

    // A try that may have begun stays counted: a key that may have been seen is never given to somebody else.
    settleMessages: ({ ids, isTry, retryInMs, status, lastCode, lastError, acceptedAt }) =>
      eachPart(ids, (part) =>
        db
          .update(messages)
          .set({
            status,
            leaseToken: null,
            dueAt: retryInMs === null ? null : fromNow(retryInMs),
            lastCode,
            lastError,
            acceptedAt,
            ...(isTry ? {} : { attempts: sql`${messages.attempts} - 1` }),
          })
          .where(oneOf(messages.id, part)),
      ),

    withdrawMessages: ({ ids }) =>
      eachPart(ids, (part) =>
        db
          .update(messages)
          .set({ status: 'withdrawn', leaseToken: null, dueAt: null })
          .where(oneOf(messages.id, part)),
      ),
  };
}
