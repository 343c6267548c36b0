import { lackingRows, ORDER_WORDS as words } from './order-words.ts';
import type { PromiseCount } from './rows.ts';

/** What an adapter brings: how it runs a text, and how it says "two minutes ago, by the database's clock". */
export interface Prover {
  select(text: string): Promise<Record<string, unknown>[]>;
  twoMinutesAgo: string;
}

interface Promised {
  promise: string;
  /** How many rows the promise is about. */
  checked: string;
  /** The offenders, each as one text `example`: ids, never a key. */
  offenders: string;
}

// MariaDB has no hash join, so joins go from orders to keys, by license_keys_order.
// What is missing on one side is found by UNION ALL and GROUP BY: an anti-join is planned as nested scans where the
// planner's statistics are old (more than a minute for 20,000 keys on PostgreSQL; all of them together take 0.5 s by unions).
const promises = (longAgo: string): Promised[] => [
  {
    promise: 'a key belongs to at most one order',
    checked: `SELECT COUNT(*) AS checked FROM license_keys`,
    offenders: `SELECT CONCAT('keys:', MIN(id), ',', MAX(id)) AS example
      FROM license_keys GROUP BY license_key HAVING COUNT(*) > 1`,
  },
  {
    promise: 'a booking is one order',
    checked: `SELECT COUNT(*) AS checked FROM orders`,
    offenders: `SELECT ${words} AS example FROM orders o GROUP BY ${words} HAVING COUNT(*) > 1`,
  },
  {
    // A revoked key counts as held, and it need not be: it may have been replaced, or taken back for good.
    promise: 'a fulfilled order holds exactly the keys it is owed',
    checked: `SELECT COUNT(*) AS checked FROM orders WHERE status = 'fulfilled'`,
    offenders: `SELECT DISTINCT both_sides.words AS example FROM (
        SELECT ${words} AS words, l.sku, l.quantity AS owed, 0 AS assigned, 0 AS revoked
          FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.status = 'fulfilled'
        UNION ALL
        SELECT ${words}, k.product_sku, 0,
            CASE WHEN k.status = 'assigned' THEN 1 ELSE 0 END, CASE WHEN k.status = 'revoked' THEN 1 ELSE 0 END
          FROM orders o JOIN license_keys k ON k.assigned_order_id = ${words}
          WHERE o.status = 'fulfilled' AND k.assigned_at IS NOT NULL
      ) AS both_sides
      GROUP BY both_sides.words, both_sides.sku
      HAVING SUM(assigned) > SUM(owed) OR SUM(assigned) + SUM(revoked) < SUM(owed)`,
  },
  {
    // A key that was given stays with an order that was cancelled after its mail, whatever that order becomes later:
    // held, waiting, … . Only a key on hold asks for a status.
    promise: 'an assigned key belongs to an order that may hold it',
    checked: `SELECT COUNT(*) AS checked FROM license_keys WHERE status = 'assigned'`,
    offenders: `SELECT CONCAT('key:', id) AS example FROM (
        SELECT id, 0 AS rightful FROM license_keys WHERE status = 'assigned'
        UNION ALL
        SELECT k.id, 1 FROM orders o
          JOIN license_keys k ON k.assigned_order_id = ${words}
          LEFT JOIN holds h ON h.key_id = k.id AND h.order_id = o.id
        WHERE k.assigned_at IS NOT NULL OR (o.status = 'held' AND k.assigned_at IS NULL AND h.key_id IS NOT NULL)
      ) AS both_sides GROUP BY id HAVING MAX(rightful) = 0`,
  },
  {
    // An order whose last key was revoked has nothing to mail any more. One that waits may have some of its keys.
    promise: 'no assignment without a queued mail',
    checked: `SELECT COUNT(*) AS checked FROM orders WHERE status IN ('fulfilled', 'waiting')`,
    offenders: `SELECT MAX(words) AS example FROM (
        SELECT o.id AS order_id, ${words} AS words, 0 AS mailed
          FROM orders o JOIN license_keys k ON k.assigned_order_id = ${words}
          WHERE o.status IN ('fulfilled', 'waiting') AND k.status = 'assigned' AND k.assigned_at IS NOT NULL
        UNION ALL
        SELECT order_id, NULL, 1 FROM messages WHERE kind = 'key' AND status <> 'withdrawn'
      ) AS both_sides GROUP BY order_id HAVING MAX(mailed) = 0`,
  },
  {
    promise: 'no mail without a committed assignment',
    checked: `SELECT COUNT(*) AS checked FROM messages WHERE kind = 'key' AND status <> 'withdrawn'`,
    offenders: `SELECT CONCAT('message:', MIN(message_id)) AS example FROM (
        SELECT order_id, id AS message_id, 0 AS assigned FROM messages
          WHERE kind = 'key' AND status <> 'withdrawn'
        UNION ALL
        SELECT o.id, NULL, 1 FROM orders o JOIN license_keys k ON k.assigned_order_id = ${words}
          WHERE k.assigned_at IS NOT NULL
      ) AS both_sides GROUP BY order_id HAVING MAX(assigned) = 0`,
  },
  {
    promise: 'no order waits two minutes while stock that fits exists',
    checked: `SELECT COUNT(*) AS checked FROM orders WHERE status = 'waiting'`,
    offenders: `SELECT words AS example FROM (
        SELECT words, sku, SUM(lacking) AS lacking
          FROM (${lackingRows(`o.updated_at < ${longAgo}`)}) AS each_row GROUP BY words, sku
      ) AS lacked
      LEFT JOIN (
        SELECT product_sku, COUNT(*) AS available FROM license_keys WHERE status = 'available' GROUP BY product_sku
      ) AS stock ON stock.product_sku = lacked.sku
      GROUP BY words
      HAVING MAX(CASE WHEN lacking > COALESCE(stock.available, 0) THEN 1 ELSE 0 END) = 0`,
  },
  {
    promise: 'a held key has an order in `held`',
    checked: `SELECT COUNT(*) AS checked FROM holds`,
    offenders: `SELECT CONCAT('key:', key_id) AS example FROM (
        SELECT key_id, 0 AS rightful FROM holds
        UNION ALL
        SELECT h.key_id, 1 FROM holds h JOIN orders o ON o.id = h.order_id JOIN license_keys k ON k.id = h.key_id
          WHERE o.status = 'held' AND k.status = 'assigned' AND k.assigned_at IS NULL
            AND k.assigned_order_id = ${words}
      ) AS both_sides GROUP BY key_id HAVING MAX(rightful) = 0`,
  },
];

/** Counts every promise and its offenders. The texts are the same on every engine, and hold nothing from outside. */
export async function countPromises({ select, twoMinutesAgo }: Prover): Promise<PromiseCount[]> {
  const counts: PromiseCount[] = [];
  for (const { promise, checked, offenders } of promises(twoMinutesAgo)) {
    const total = await select(checked);
    const found = await select(
      `SELECT example, COUNT(*) OVER () AS violations FROM (${offenders}) AS offenders ORDER BY example LIMIT 5`,
    );
    counts.push({
      promise,
      checked: Number(total[0]?.checked),
      violations: Number(found[0]?.violations ?? 0),
      examples: found.map((row) => String(row.example)),
    });
  }
  return counts;
}
