import { and, asc, count, eq, gt, gte, sql } from 'drizzle-orm';
import { ascending, eachPart, inParts } from '../chunks.ts';
import { searchName } from '../search-name.ts';
import type { OrderVerbs } from '../order-verbs.ts';
import { stillLacks } from '../order-words.ts';
import type { Db } from './db.ts';
import { lookupVerbs } from './lookup.ts';
import { byPrimaryKey, deleteRows, insertRows, oneOf, oneOfTuples, updateRows } from './many.ts';
import {
  deliveryOrders,
  orderAlternates,
  orderLines,
  orders,
  ordersWithSearch,
  purchases,
} from './schema.ts';

const lacks = sql.raw(stillLacks('orders', 'order_lines'));

export function orderVerbs(db: Db): OrderVerbs {
  return {
    ...lookupVerbs(db),

    countOrders: ({ since }) =>
      db
        .select({ status: orders.status, count: count() })
        .from(orders)
        .where(since === null ? undefined : gte(orders.createdAt, since))
        .groupBy(orders.status),

    deleteOrders: ({ ids }) =>
      eachPart(ascending(ids), async (part) => {
        await deleteRows(db, orders, orders.id, part);
        await deleteRows(db, orderLines, orderLines.orderId, part);
        await deleteRows(db, orderAlternates, orderAlternates.orderId, part);
        await deleteRows(db, deliveryOrders, deliveryOrders.orderId, part);
        await deleteRows(db, purchases, purchases.orderId, part);
      }),

    findAlternates: async ({ orderId }) => {
      const rows = await db
        .select()
        .from(orderAlternates)
        .where(eq(orderAlternates.orderId, orderId))
        .orderBy(asc(orderAlternates.email));
      return rows.map((row) => row.email);
    },

    findLines: ({ orderIds }) =>
      inParts(ascending(orderIds), (part) =>
        db
          .select()
          .from(orderLines)
          .where(oneOf(orderLines.orderId, part))
          .orderBy(asc(orderLines.orderId), asc(orderLines.sku)),
      ),

    findOrder: async ({ site, source, externalId }) => {
      const rows = await db
        .select()
        .from(orders)
        .where(and(eq(orders.site, site), eq(orders.source, source), eq(orders.externalId, externalId)));
      return rows[0] ?? null;
    },

    findOrders: ({ keys }) =>
      inParts(keys, (part) => {
        const bookings = part.map(({ site, source, externalId }) => [site, source, externalId]);
        return db
          .select()
          .from(orders)
          .where(oneOfTuples([orders.site, orders.source, orders.externalId], bookings));
      }),

    findOrdersById: ({ ids }) =>
      inParts(ascending(ids), (part) =>
        db.select().from(orders).where(oneOf(orders.id, part)).orderBy(asc(orders.id)),
      ),

    insertAlternates: ({ rows }) => insertRows(db, orderAlternates, rows, 'or nothing'),

    insertOrders: (q) => {
      const rows = q.orders.map((order) => ({
        ...order,
        nameLower: searchName(order.name),
        updatedAt: order.createdAt,
      }));
      return insertRows(db, ordersWithSearch, rows, 'or nothing');
    },

    listAttention: ({ reason, afterId, limit }) =>
      db
        .select()
        .from(orders)
        .where(and(eq(orders.status, 'attention'), sql`${orders.reason} = ${reason}`, gt(orders.id, afterId)))
        .orderBy(asc(orders.id))
        .limit(limit),

    listOrders: ({ status, afterId, limit }) =>
      db
        .select()
        .from(orders, { forceIndex: 'orders_by_status' }) // Differs by necessity: see many.ts
        .where(and(eq(orders.status, status), gt(orders.id, afterId)))
        .orderBy(asc(orders.id))
        .limit(limit),

    listWaiting: async ({ sku, afterId, limit }) => {
      const rows = await db
        .select({ id: orders.id })
        .from(orders)
        .innerJoin(orderLines, and(eq(orderLines.orderId, orders.id), eq(orderLines.sku, sku)))
        .where(and(eq(orders.status, 'waiting'), gt(orders.id, afterId), lacks))
        .orderBy(asc(orders.id))
        .limit(limit);
      return rows.map((row) => row.id);
    },

    lockOrders: ({ ids }) =>
      inParts(ascending(ids), (part) =>
        db
          .select()
          .from(orders, byPrimaryKey) // Differs by necessity: see many.ts
          .where(oneOf(orders.id, part))
          .orderBy(asc(orders.id))
          .for('update'),
      ),

    lockFreeOrders: ({ ids, status }) =>
      inParts(ascending(ids), (part) =>
        db
          .select()
          .from(orders, byPrimaryKey) // Differs by necessity: see many.ts
          .where(and(oneOf(orders.id, part), status === null ? undefined : eq(orders.status, status)))
          .orderBy(asc(orders.id))
          .for('update', { skipLocked: true }),
      ),

    replaceLines: async ({ orderIds, lines }) => {
      await eachPart(ascending(orderIds), (part) => deleteRows(db, orderLines, orderLines.orderId, part));
      await insertRows(db, orderLines, lines);
    },

    skusWaiting: ({ skus }) =>
      inParts(skus, async (part) => {
        const rows = await db
          .selectDistinct({ sku: orderLines.sku })
          .from(orders)
          .innerJoin(orderLines, eq(orderLines.orderId, orders.id))
          .where(and(eq(orders.status, 'waiting'), oneOf(orderLines.sku, part), lacks));
        return rows.map((row) => row.sku);
      }),

    updateOrders: (q) =>
      updateRows(
        db,
        ordersWithSearch,
        q.orders.map((order) => ({ ...order, nameLower: searchName(order.name) })),
      ),
  };
}
