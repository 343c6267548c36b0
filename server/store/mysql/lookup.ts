import { and, asc, desc, eq, getTableColumns, gte, isNotNull, lt, max, type SQL, sql } from 'drizzle-orm';
import { prefixEnd, searchName } from '../search-name.ts';
import type { LookupPage, OrderVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { beyond } from './many.ts';
import { licenseKeys, orders, ordersWithSearch } from './schema.ts';

type LookupVerbs = Pick<
  OrderVerbs,
  'lookupByCoupon' | 'lookupByEmail' | 'lookupByKey' | 'lookupByName' | 'lookupByNamePrefix' | 'lookupByTail'
>;

// Differs by necessity: MySQL keeps the last word of a name as a column, since MariaDB has no indexes of expressions.
const TEXTS = {
  name: { text: ordersWithSearch.nameLower, index: 'orders_by_name' },
  surname: { text: ordersWithSearch.surnameLower, index: 'orders_by_surname' },
};
/** Four characters may end thousands of keys. */
const TAILS_READ = 1000;

export function lookupVerbs(db: Db): LookupVerbs {
  // A union of index ranges, each read from its newest end; `a = … OR b = …` would walk all orders, or sort all finds.
  const newest = (ranges: SQL[], { limit }: LookupPage) =>
    db
      .select(getTableColumns(orders))
      .from(sql`(SELECT id FROM (${union(ranges)}) AS ranges ORDER BY id DESC LIMIT ${limit}) AS found`)
      .innerJoin(orders, sql`${orders.id} = found.id`)
      .orderBy(desc(orders.id));

  return {
    lookupByCoupon: async ({ coupons, ...page }) => {
      if (coupons.length === 0) return [];
      return newest(
        coupons.map((coupon) => range(sql`coupon = ${coupon}`, page)),
        page,
      );
    },

    lookupByEmail: ({ email, ...page }) => {
      const { beforeId, limit } = page;
      const alternates = sql`(SELECT order_id FROM order_alternates
        WHERE email = ${email} AND order_id < ${beforeId} ORDER BY order_id DESC LIMIT ${limit})`;
      return newest([range(sql`email = ${email}`, page), alternates], page);
    },

    lookupByKey: async ({ licenseKey }) => {
      const rows = await db
        .select({ orderId: licenseKeys.assignedOrderId })
        .from(licenseKeys)
        .where(and(eq(licenseKeys.licenseKey, licenseKey), isNotNull(licenseKeys.assignedOrderId)));
      return rows.flatMap((row) => row.orderId ?? []);
    },

    lookupByName: ({ name, ...page }) => {
      const text = searchName(name);
      const ranges = [TEXTS.name.text, TEXTS.surname.text].map((words) =>
        range(sql`${words} = ${text}`, page),
      );
      return newest(ranges, page);
    },

    lookupByNamePrefix: ({ prefix, of, after, limit }) => {
      const { text, index } = TEXTS[of];
      return db
        .select()
        .from(orders, { forceIndex: index }) // Differs by necessity: see many.ts
        .where(
          and(
            gte(text, searchName(prefix)),
            lt(text, prefixEnd(prefix)),
            after === null ? undefined : beyond([text, orders.id], [after.text, after.id]),
          ),
        )
        .orderBy(asc(text), asc(orders.id))
        .limit(limit);
    },

    lookupByTail: async ({ tails, limit }) => {
      if (tails.length === 0) return [];
      const newestOf = (tail: string) =>
        sql`(SELECT key_id FROM key_tails WHERE tail = ${tail} ORDER BY key_id DESC LIMIT ${TAILS_READ})`;
      const rows = await db
        .select({ orderId: licenseKeys.assignedOrderId })
        .from(sql`(${union(tails.map(newestOf))}) AS found`)
        .innerJoin(licenseKeys, sql`${licenseKeys.id} = found.key_id`)
        .where(isNotNull(licenseKeys.assignedOrderId))
        .groupBy(licenseKeys.assignedOrderId)
        .orderBy(desc(max(licenseKeys.id)))
        .limit(limit);
      return rows.flatMap((row) => row.orderId ?? []);
    },
  };
}

function range(found: SQL, { beforeId, limit }: LookupPage): SQL {
  return sql`(SELECT id FROM ${orders} WHERE ${found} AND id < ${beforeId} ORDER BY id DESC LIMIT ${limit})`;
}

function union(ranges: SQL[]): SQL {
  return sql.join(ranges, sql` UNION `);
}
