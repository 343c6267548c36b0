import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { lackingRows, stillLacks } from '../order-words.ts';
import type { StockVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { selectRows } from './many.ts';
import { licenseKeys } from './schema.ts';
import { verifyPromises } from './verify.ts';

export function stockVerbs(db: Db): StockVerbs {
  const newestAssigned = (sku: string, limit: number, beforeId: number) =>
    db
      .select({ id: licenseKeys.id, assignedAt: licenseKeys.assignedAt })
      // Differs by necessity: a plan by the primary key would pass every key of every product.
      .from(licenseKeys, { forceIndex: 'license_keys_claim' })
      .where(
        and(
          eq(licenseKeys.productSku, sku),
          eq(licenseKeys.status, 'assigned'),
          lt(licenseKeys.id, beforeId),
        ),
      )
      .orderBy(desc(licenseKeys.id))
      .limit(limit);

  return {
    // Keys on hold are left out here, not in the statement: an estimate of how many they are could turn the plan.
    recentAssignments: async ({ sku, limit }) => {
      const times: Date[] = [];
      let page: { id: number; assignedAt: Date | null }[] = [];
      do {
        page = await newestAssigned(sku, limit, page.at(-1)?.id ?? Number.MAX_SAFE_INTEGER);
        times.push(...page.flatMap(({ assignedAt }) => assignedAt ?? []));
      } while (times.length < limit && page.length === limit);
      return times.slice(0, limit);
    },

    skusToFill: async () => {
      const rows = await selectRows(
        db,
        sql`SELECT wanted.sku FROM (
            SELECT DISTINCT l.sku FROM orders o JOIN order_lines l ON l.order_id = o.id
            WHERE o.status = 'waiting' AND ${sql.raw(stillLacks('o', 'l'))}
          ) AS wanted
          WHERE EXISTS (
            SELECT 1 FROM license_keys k WHERE k.product_sku = wanted.sku AND k.status = 'available'
          )
          ORDER BY wanted.sku`,
      );
      return rows.map((row) => String(row.sku));
    },

    // Keys on hold are counted by `holds`, so that the keys themselves are counted in the claim index alone.
    stockLevels: async () => {
      const rows = await selectRows(
        db,
        sql`SELECT p.sku, p.name, p.low_stock, k.available, k.assigned, k.revoked, h.held, w.waiting
          FROM products p
          LEFT JOIN (
            SELECT product_sku,
              SUM(CASE WHEN status = 'available' THEN 1 ELSE 0 END) AS available,
              SUM(CASE WHEN status = 'assigned' THEN 1 ELSE 0 END) AS assigned,
              SUM(CASE WHEN status = 'revoked' THEN 1 ELSE 0 END) AS revoked
            FROM license_keys GROUP BY product_sku
          ) AS k ON k.product_sku = p.sku
          LEFT JOIN (
            SELECT license_keys.product_sku, COUNT(*) AS held
            FROM holds JOIN license_keys ON license_keys.id = holds.key_id GROUP BY license_keys.product_sku
          ) AS h ON h.product_sku = p.sku
          LEFT JOIN (
            SELECT sku, SUM(lacking) AS waiting FROM (${sql.raw(lackingRows())}) AS each_row GROUP BY sku
          ) AS w ON w.sku = p.sku
          ORDER BY p.sku`,
      );
      return rows.map((row) => ({
        sku: String(row.sku),
        name: String(row.name),
        lowStock: row.low_stock === null ? null : Number(row.low_stock),
        available: Number(row.available),
        assigned: Number(row.assigned) - Number(row.held),
        held: Number(row.held),
        revoked: Number(row.revoked),
        waiting: Number(row.waiting),
      }));
    },

    verifyPromises: () => verifyPromises(db),
  };
}
