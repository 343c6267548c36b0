import { and, desc, eq, isNotNull, lt, max, sql } from 'drizzle-orm';
import { searchPattern } from '../search-name.ts';
import type { OrderVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { oneOf, selectRows } from './many.ts';
import { keyTails, licenseKeys, orderAlternates, orders, ordersWithSearch } from './schema.ts';

type LookupVerbs = Pick<
  OrderVerbs,
  'lookupByCoupon' | 'lookupByEmail' | 'lookupByKey' | 'lookupByName' | 'lookupByTail'
>;

export function lookupVerbs(db: Db): LookupVerbs {
  return {
    lookupByCoupon: ({ coupon, beforeId, limit }) =>
      db
        .select()
        .from(orders)
        .where(and(eq(orders.coupon, coupon), lt(orders.id, beforeId)))
        .orderBy(desc(orders.id))
        .limit(limit),

    // A union of two index ranges; `email = … OR id IN (…)` would walk all orders.
    lookupByEmail: async ({ email, beforeId, limit }) => {
      const found = await selectRows(
        db,
        sql`SELECT id FROM (
            SELECT id FROM ${orders} WHERE ${orders.email} = ${email} AND id < ${beforeId}
            UNION
            SELECT order_id FROM ${orderAlternates}
              WHERE ${orderAlternates.email} = ${email} AND order_id < ${beforeId}
          ) AS found ORDER BY id DESC LIMIT ${limit}`,
      );
      if (found.length === 0) return [];
      const ids = found.map((row) => Number(row.id));
      return db.select().from(orders).where(oneOf(orders.id, ids)).orderBy(desc(orders.id));
    },

    lookupByKey: async ({ licenseKey }) => {
      const rows = await db
        .select({ orderId: licenseKeys.assignedOrderId })
        .from(licenseKeys)
        .where(and(eq(licenseKeys.licenseKey, licenseKey), isNotNull(licenseKeys.assignedOrderId)));
      return rows.flatMap((row) => row.orderId ?? []);
    },

    lookupByName: ({ name, beforeId, limit }) =>
      db
        .select()
        .from(orders)
        .where(
          and(
            sql`${ordersWithSearch.nameLower} LIKE ${searchPattern(name)} ESCAPE '!'`,
            lt(orders.id, beforeId),
          ),
        )
        .orderBy(desc(orders.id))
        .limit(limit),

    lookupByTail: async ({ tail, limit }) => {
      const rows = await db
        .select({ orderId: licenseKeys.assignedOrderId })
        .from(keyTails)
        .innerJoin(licenseKeys, eq(licenseKeys.id, keyTails.keyId))
        .where(and(eq(keyTails.tail, tail), isNotNull(licenseKeys.assignedOrderId)))
        .groupBy(licenseKeys.assignedOrderId)
        .orderBy(desc(max(licenseKeys.id)))
        .limit(limit);
      return rows.flatMap((row) => row.orderId ?? []);
    },
  };
}
