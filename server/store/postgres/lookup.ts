import { and, asc, desc, eq, getTableColumns, gte, lt, type SQL, sql } from 'drizzle-orm';
import { prefixEnd, searchName } from '../search-name.ts';
import type { LookupPage, OrderVerbs } from '../order-verbs.ts';
import type { Db } from './db.ts';
import { beyond, oneOf, selectRows, storable } from './many.ts';
import { importedKeys, imports, licenseKeys, orders, ordersWithSearch } from './schema.ts';

type LookupVerbs = Pick<OrderVerbs, 'lookupByNamePrefix' | 'lookupByWords' | 'lookupHolders' | 'lookupKeys'>;

// Differs by necessity: the last word of a name is an expression here, where MariaDB needs a column.
const EMAIL = sql`email`;
const COUPON = sql`coupon`;
const NAME = sql`${ordersWithSearch.nameLower}`;
const SURNAME = sql`split_part(${ordersWithSearch.nameLower}, ' ', -1)`;
/** Four characters may end thousands of keys. */
const TAILS_READ = 500;

export function lookupVerbs(db: Db): LookupVerbs {
  return {
    lookupByNamePrefix: ({ prefix, of, after, limit }) => {
      const text = of === 'name' ? NAME : SURNAME;
      return db
        .select()
        .from(orders)
        .where(
          and(
            gte(text, storable(searchName(prefix))),
            lt(text, storable(prefixEnd(prefix))),
            after === null ? undefined : beyond([text, orders.id], [storable(after.text), after.id]),
          ),
        )
        .orderBy(asc(text), asc(orders.id))
        .limit(limit);
    },

    // A union of index ranges, each read from its newest end; `a = … OR b = …` would walk all orders, or sort all finds.
    lookupByWords: async ({ emails, coupons, names, ...page }) => {
      const { beforeId, limit } = page;
      const ranges = [
        ...emails.map(storable).flatMap((email) => [
          range(EMAIL, email, page),
          sql`(SELECT order_id FROM order_alternates
            WHERE (email, order_id) >= (${email}, 0) AND (email, order_id) < (${email}, ${beforeId})
            ORDER BY email DESC, order_id DESC LIMIT ${limit})`,
        ]),
        ...coupons.map((coupon) => range(COUPON, storable(coupon), page)),
        ...names.map((name) => range(NAME, storable(searchName(name)), page)),
        ...names
          .filter((name) => !name.includes(' '))
          .map((name) => range(SURNAME, storable(searchName(name)), page)),
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
        // Differs by necessity: sorted before the join, after which the planner would sort all; OFFSET 0 keeps it from reading
        // all keys for a few hundred of them.
        sql`SELECT k.assigned_order_id AS holder FROM (SELECT id FROM (${union(ranges)}) AS ranges ORDER BY id DESC) AS found
          CROSS JOIN LATERAL (SELECT id, assigned_order_id FROM license_keys WHERE id = found.id OFFSET 0) AS k
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

/** Differs by necessity: plain equalities let the planner walk all orders from the newest, past every one that has another coupon. */
function range(text: SQL, value: string, { beforeId, limit }: LookupPage): SQL {
  return sql`(SELECT id FROM ${orders} WHERE (${text}, id) >= (${value}, 0) AND (${text}, id) < (${value}, ${beforeId})
    ORDER BY ${text} DESC, id DESC LIMIT ${limit})`;
}

/** Ids of keys by text, and of the newest by each tail. */
function keyRanges(keys: string[], tails: string[], limit: number): SQL[] {
  const ranges = tails.map(
    (tail) =>
      sql`(SELECT key_id AS id FROM key_tails WHERE tail = ${storable(tail)} ORDER BY key_id DESC LIMIT ${limit})`,
  );
  if (keys.length > 0)
    ranges.push(sql`(SELECT id FROM ${licenseKeys} WHERE ${oneOf(licenseKeys.licenseKey, keys)})`);
  return ranges;
}

function union(ranges: SQL[]): SQL {
  return sql.join(ranges, sql` UNION `);
}
