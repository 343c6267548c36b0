import { and, asc, desc, eq, gte, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { DeliveryFilter } from '../rows.ts';
import type { DeliveryVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { beyond, insertRows, oneOf, selectRows } from './many.ts';
import { deliveries, deliveriesWithoutBody, deliveryOrders } from './schema.ts';

export function deliveryVerbs(db: Db): DeliveryVerbs {
  return {
    countDeliveries: async ({ verdicts, limit, ...filter }) => {
      if (verdicts.length === 0) return 0;
      const [row] = await selectRows(
        db,
        sql`SELECT COUNT(*) AS found FROM (
          SELECT 1 FROM ${deliveries} WHERE ${and(oneOf(deliveries.verdict, verdicts), fits(filter))} LIMIT ${limit}
        ) AS counted`,
      );
      return Number(row?.found);
    },

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

    listDeliveries: async ({ verdict, from, direction, limit, ...filter }) => {
      const { id, receivedAt } = deliveriesWithoutBody;
      const way = direction === 'newest first' ? 'descending' : 'ascending';
      const order = way === 'descending' ? desc : asc;
      const rows = await db
        .select()
        .from(deliveriesWithoutBody)
        .where(
          and(
            eq(deliveriesWithoutBody.verdict, verdict),
            fits(filter),
            from === null ? undefined : beyond([receivedAt, id], [from.receivedAt, from.id], way),
          ),
        )
        .orderBy(order(receivedAt), order(id))
        .limit(limit);
      return rows.map((row) => ({ ...row, body: new Uint8Array(0) }));
    },
  };
}

function fits({ source, site, since, until, replays }: DeliveryFilter): SQL | undefined {
  return and(
    source === null ? undefined : eq(deliveries.source, source),
    site === null ? undefined : eq(deliveries.site, site),
    since === null ? undefined : gte(deliveries.receivedAt, since),
    until === null ? undefined : lt(deliveries.receivedAt, until),
    replays ? undefined : isNull(deliveries.replayOf),
  );
}
