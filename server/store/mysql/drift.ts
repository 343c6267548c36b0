import { and, asc, eq, gt, lte, or, type SQL, sql } from 'drizzle-orm';
import { eachPart, inParts } from '../chunks.ts';
import type { DriftVerbs } from '../drift-verbs.ts';
import type { Db } from './db.ts';
import { fromNow, insertRows, now, oneOfTuples } from './many.ts';
import { bookingDrift, orders, passedBookings, reconciles } from './schema.ts';

export function driftVerbs(db: Db): DriftVerbs {
  return {
    findDrift: ({ keys, minAgeMs }) =>
      inParts(keys, (part) => {
        const { site, source, externalId, kind, state, since } = bookingDrift;
        return db
          .select({ site, source, externalId, kind, state })
          .from(bookingDrift)
          .where(and(oneOfTuples([site, source, externalId], tuples(part)), lte(since, fromNow(-minAgeMs))));
      }),

    findPassed: ({ keys }) =>
      inParts(keys, (part) => {
        const { site, source, externalId } = passedBookings;
        return db
          .select()
          .from(passedBookings)
          .where(oneOfTuples([site, source, externalId], tuples(part)));
      }),

    listReconciles: async ({ silentAfterMs }) => {
      const rows = await db
        .select({
          row: reconciles,
          isSilent: sql<unknown>`${reconciles.lastAt} <= ${fromNow(-silentAfterMs)}`,
        })
        .from(reconciles)
        .orderBy(asc(reconciles.site), asc(reconciles.source));
      return rows.map(({ row, isSilent }) => ({ ...row, isSilent: Boolean(isSilent) }));
    },

    listRecentOrders: (q) =>
      db
        .select({ id: orders.id, externalId: orders.externalId })
        .from(orders)
        .where(
          and(
            eq(orders.site, q.site),
            eq(orders.source, q.source),
            gt(orders.createdAt, fromNow(-q.sinceMs)),
            lte(orders.createdAt, fromNow(-q.untilMs)),
            numberedWithin(q.after, q.upto),
          ),
        )
        .orderBy(asc(orders.createdAt), asc(orders.id))
        .limit(q.limit),

    noteSilence: async ({ site, source }) => {
      await db
        .update(reconciles)
        .set({ silenceToldAt: now })
        .where(and(eq(reconciles.site, site), eq(reconciles.source, source)));
    },

    saveDrift: ({ keys, kind, state }) =>
      eachPart(keys, (part) =>
        db
          .insert(bookingDrift)
          .values(
            part.map(({ site, source, externalId }) => ({
              site,
              source,
              externalId,
              kind,
              state,
              since: now,
            })),
          )
          .onDuplicateKeyUpdate({ set: { state, since: now } }),
      ),

    savePassed: (q) => insertRows(db, passedBookings, q.rows, 'or nothing'),

    saveReconcile: async ({ isFirstPage, ...q }) => {
      const { plugin, listed, lacking, unknown } = q;
      const counts = isFirstPage
        ? { listed, lacking, unknown }
        : {
            listed: sql`${reconciles.listed} + ${listed}`,
            lacking: sql`${reconciles.lacking} + ${lacking}`,
            unknown: sql`${reconciles.unknown} + ${unknown}`,
          };
      await db
        .insert(reconciles)
        .values({ ...q, lastAt: now })
        .onDuplicateKeyUpdate({ set: { plugin, ...counts, lastAt: now, silenceToldAt: null } });
    },
  };
}

/** Numbers in text, without a cast that other texts would break: the longer is the greater. Ids that are none count as 0. */
function numberedWithin(after: number, upto: number | null): SQL | undefined {
  const id = orders.externalId;
  const length = (bound: number) => String(bound).length;
  // Differs by necessity: each has an operator of its own.
  const isNamed = sql`${id} NOT REGEXP '^[1-9][0-9]{0,14}$'`;
  const above =
    after === 0
      ? undefined
      : and(
          sql`NOT (${isNamed})`,
          or(
            sql`CHAR_LENGTH(${id}) > ${length(after)}`,
            and(sql`CHAR_LENGTH(${id}) = ${length(after)}`, gt(id, String(after))),
          ),
        );
  const below =
    upto === null
      ? undefined
      : or(
          isNamed,
          sql`CHAR_LENGTH(${id}) < ${length(upto)}`,
          and(sql`CHAR_LENGTH(${id}) = ${length(upto)}`, lte(id, String(upto))),
        );
  return and(above, below);
}

function tuples(keys: { site: string; source: string; externalId: string }[]): string[][] {
  return keys.map(({ site, source, externalId }) => [site, source, externalId]);
}
