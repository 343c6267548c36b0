import { asc, eq } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { DeliveryVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { insertRows, oneOf } from './many.ts';
import { deliveries, deliveriesWithoutBody, deliveryOrders } from './schema.ts';

export function deliveryVerbs(db: Db): DeliveryVerbs {
  return {
    findDelivery: async ({ id }) => {
      const rows = await db.select().from(deliveries).where(eq(deliveries.id, id));
      return rows[0] ?? null;
    },

    findDeliveriesOfOrder: async ({ orderId }) => {
      const rows = await db
        .select({ delivery: deliveriesWithoutBody })
        .from(deliveryOrders)
        .innerJoin(deliveriesWithoutBody, eq(deliveriesWithoutBody.id, deliveryOrders.deliveryId))
        .where(eq(deliveryOrders.orderId, orderId))
        .orderBy(asc(deliveriesWithoutBody.receivedAt), asc(deliveriesWithoutBody.id));
      return rows.map(({ delivery }) => ({ ...delivery, body: new Uint8Array(0) }));
    },

    findStoredDeliveries: ({ ids }) =>
      inParts(ids, (part) => db.select().from(deliveries).where(oneOf(deliveries.id, part))),

    insertDeliveries: (q) => insertRows(db, deliveries, q.deliveries),

    linkDeliveries: ({ links }) => insertRows(db, deliveryOrders, links, 'or nothing'),
  };
}
