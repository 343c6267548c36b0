import { and, eq, gt, lte, or } from 'drizzle-orm';
import type { SessionVerbs } from '../staff-verbs.ts';
import type { Db } from './db.ts';
import { fromNow, now } from './many.ts';
import { sessions } from './schema.ts';

export function sessionVerbs(db: Db): SessionVerbs {
  return {
    deleteDeadSessions: async ({ idleMs, absoluteMs }) => {
      await db
        .delete(sessions)
        .where(or(lte(sessions.seenAt, fromNow(-idleMs)), lte(sessions.createdAt, fromNow(-absoluteMs))));
    },

    deleteSession: async ({ tokenHash }) => {
      await db.delete(sessions).where(eq(sessions.tokenHash, tokenHash));
    },

    deleteSessionsOfStaff: async ({ staffId }) => {
      await db.delete(sessions).where(eq(sessions.staffId, staffId));
    },

    findSession: async ({ tokenHash, idleMs, absoluteMs }) => {
      const rows = await db
        .select()
        .from(sessions)
        .where(
          and(
            eq(sessions.tokenHash, tokenHash),
            gt(sessions.seenAt, fromNow(-idleMs)),
            gt(sessions.createdAt, fromNow(-absoluteMs)),
          ),
        );
      return rows[0] ?? null;
    },

    insertSession: async ({ tokenHash, staffId }) => {
      await db.insert(sessions).values({ tokenHash, staffId, createdAt: now, seenAt: now });
    },

    touchSession: async ({ tokenHash, unlessWithinMs }) => {
      await db
        .update(sessions)
        .set({ seenAt: now })
        .where(and(eq(sessions.tokenHash, tokenHash), lte(sessions.seenAt, fromNow(-unlessWithinMs))));
    },
  };
}
