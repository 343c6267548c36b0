/**
 * The id in words of the order, here `o`, as license_keys keep it: SQL of shared/booking-event.ts `orderId`, the same on every
 * engine. Joins by it go from orders to keys, by license_keys_order: the other way no index helps.
 */
export const orderWords = (o: string) =>
  `CONCAT(${o}.source, CASE WHEN ${o}.site = '' THEN '' ELSE CONCAT('@', ${o}.site) END, ':', ${o}.external_id)`;
export const ORDER_WORDS = orderWords('o');

/**
 * Whether the order still lacks something of a line: of what staff gave, some may be there and other products awaited. A
 * booking's own order waits for what it lacks, so the keys of those alone are looked at.
 */
export const stillLacks = (o: string, l: string) => `(NOT ${o}.granted OR ${l}.quantity > (
  SELECT COUNT(*) FROM license_keys k WHERE k.assigned_order_id = ${orderWords(o)} AND k.product_sku = ${l}.sku
    AND k.status = 'assigned' AND k.assigned_at IS NOT NULL))`;

/**
 * What waiting orders lack, as rows of `words`, `sku` and `lacking` that are to be summed up: a row for what is owed, and
 * one for each key that such an order was given already.
 */
export const lackingRows = (condition = 'TRUE') => `
  SELECT ${ORDER_WORDS} AS words, l.sku, l.quantity AS lacking
    FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.status = 'waiting' AND ${condition}
  UNION ALL
  SELECT k.assigned_order_id, k.product_sku, -1
    FROM orders o JOIN license_keys k ON k.assigned_order_id = ${ORDER_WORDS}
    WHERE o.status = 'waiting' AND ${condition} AND k.status = 'assigned' AND k.assigned_at IS NOT NULL`;
