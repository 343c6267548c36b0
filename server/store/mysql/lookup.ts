import { and, asc, desc, eq, getTableColumns, gte, lt, type SQL, sql } from 'drizzle-orm';
import { prefixEnd, searchName } from '../search-name.ts';
import type { LookupPage, OrderVerbs } from '../order-verbs.ts';
import type { Db } from './db.ts';
import { beyond, oneOf, selectRows } from './many.ts';
import { importedKeys, imports, licenseKeys, orders, ordersWithSearch } from './schema.ts';

type LookupVerbs = Pick<OrderVerbs, 'lookupByNamePrefix' | 'lookupByWords' | 'lookupHolders' | 'lookupKeys'>;

// Differs by necessity: the last word of a name is a column here, since MariaDB has no indexes of expressions; and the
// index is named, or a plan may walk all orders from the newest, past every one that has another coupon.
const EMAIL = { text: sql`email`, index: 'orders_by_email' };
const COUPON = { text: sql`coupon`, index: 'orders_by_coupon' };
const NAME = { text: ordersWithSearch.nameLower, index: 'orders_by_name' };
const SURNAME = { text: ordersWithSearch.surnameLower, index: 'orders_by_surname' };
/** Four characters may end thousands of keys. */
const TAILS_READ = 500;

export function lookupVerbs(db: Db): LookupVerbs {
  return {
    lookupByNamePrefix: ({ prefix, of, after, limit }) => {
      const { text, index } = of === 'name' ? NAME : SURNAME;
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

    // A union of index ranges, each read from its newest end; `a = … OR b = …` would walk all orders, or sort all finds.
    lookupByWords: async ({ emails, coupons, names, ...page }) => {
      const { beforeId, limit } = page;
      const ranges = [
        ...emails.flatMap((email) => [
          range(EMAIL, email, page),
          sql`(SELECT order_id FROM order_alternates FORCE INDEX (order_alternates_by_email)
            WHERE email = ${email} AND order_id < ${beforeId} ORDER BY order_id DESC LIMIT ${limit})`,
        ]),
        ...coupons.map((coupon) => range(COUPON, coupon, page)),
        ...names.map((name) => range(NAME, searchName(name), page)),
        ...names.filter((name) => !name.includes(' ')).map((name) => range(SURNAME, searchName(name), page)),
      ];
      if (ranges.length === 0) return [];
      return db
        .select(getTableColumns(orders))
        .from(sql`(SELECT id FROM (${union(ranges)}) AS ranges ORDER BY id DESC LIMIT ${limit}) AS found`)
        .innerJoin(orders, sql`${orders.id} = found.id`)
        .orderBy(desc(orders.id));
    },

    lookupHolders: async ({ licenseKeys: keys, tails, limit }) => {
      const ranges = keyRanges(keys, tails, TAILS_READ);
      if (ranges.length === 0) return [];
      const rows = await selectRows(
        db,
        // Read from the newest on, and no further than the limit.
        sql`SELECT k.assigned_order_id AS holder FROM (${union(ranges)}) AS found
          STRAIGHT_JOIN license_keys AS k ON k.id = found.id
          WHERE k.assigned_order_id IS NOT NULL ORDER BY found.id DESC LIMIT ${limit}`,
      );
      return [...new Set(rows.map((row) => String(row.holder)))];
    },

    lookupKeys: async ({ licenseKeys: keys, tails, limit }) => {
      const ranges = keyRanges(keys, tails, limit);
      if (ranges.length === 0) return [];
      return db
        .select({
          ...getTableColumns(licenseKeys),
          importId: importedKeys.importId,
          importedAt: imports.createdAt,
        })
        .from(sql`(SELECT id FROM (${union(ranges)}) AS ranges ORDER BY id DESC LIMIT ${limit}) AS found`)
        .innerJoin(licenseKeys, sql`${licenseKeys.id} = found.id`)
        .leftJoin(importedKeys, eq(importedKeys.keyId, licenseKeys.id))
        .leftJoin(imports, eq(imports.id, importedKeys.importId))
        .orderBy(desc(licenseKeys.id));
    },
  };
}

function range(
  { text, index }: typeof EMAIL | typeof NAME | typeof SURNAME,
  value: string,
  page: LookupPage,
): SQL {
  const found = sql`${orders} FORCE INDEX (${sql.identifier(index)}) WHERE ${text} = ${value}`;
  return sql`(SELECT id FROM ${found} AND id < ${page.beforeId} ORDER BY id DESC LIMIT ${page.limit})`;
}

/** Ids of keys by text, and of the newest by each tail. */
function keyRanges(keys: string[], tails: string[], limit: number): SQL[] {
  const ranges = tails.map(
    (tail) =>
      sql`(SELECT key_id AS id FROM key_tails WHERE tail = ${tail} ORDER BY key_id DESC LIMIT ${limit})`,
  );
  if (keys.length > 0)
    ranges.push(sql`(SELECT id FROM ${licenseKeys} WHERE ${oneOf(licenseKeys.licenseKey, keys)})`);
  return ranges;
}

function union(ranges: SQL[]): SQL {
  return sql.join(ranges, sql` UNION `);
}
