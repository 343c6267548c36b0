import { orderId } from '../../shared/booking-event.ts';
import type { AdminUrgentInput } from './render-urgent.ts';
import type { OrderLine, OrderRow, StockLevel } from '../store/rows.ts';

/** Orders named per product; the rest are counted. */
const MAX_ORDERS = 20;

/**
 * Pure: orders that wait, by the product that they wait for. What an order wants of a product that has enough for all is
 * left out, unless it waits for nothing else.
 */
export function shortages(given: {
  orders: readonly OrderRow[];
  lines: readonly OrderLine[];
  /** Of all products: free keys, and keys owed to all orders that wait. */
  levels: readonly StockLevel[];
}): AdminUrgentInput['products'] {
  const levels = new Map(given.levels.map((level) => [level.sku, level]));
  const isShort = ({ sku }: OrderLine) => {
    const level = levels.get(sku);
    return !level || level.available < level.waiting;
  };
  const oldestFirst = given.orders.toSorted(
    (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.id - b.id,
  );
  const bySku = new Map<string, { orderId: string; keys: number; since: Date }[]>();
  for (const order of oldestFirst) {
    const own = given.lines.filter((line) => line.orderId === order.id);
    const short = own.filter(isShort);
    for (const { sku, quantity } of short.length > 0 ? short : own) {
      const orders = bySku.get(sku) ?? [];
      orders.push({ orderId: orderId(order), keys: quantity, since: order.createdAt });
      bySku.set(sku, orders);
    }
  }
  return [...bySku].map(([sku, orders]) => ({
    sku,
    name: levels.get(sku)?.name ?? sku,
    available: levels.get(sku)?.available ?? 0,
    keysOwed: levels.get(sku)?.waiting ?? orders.reduce((sum, { keys }) => sum + keys, 0),
    orders: orders.slice(0, MAX_ORDERS),
    more: Math.max(0, orders.length - MAX_ORDERS),
  }));
}
