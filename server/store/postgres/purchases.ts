import { asc } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { PurchaseVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { insertRows, oneOf, oneOfTuples } from './many.ts';
import { purchases } from './schema.ts';

export function purchaseVerbs(db: Db): PurchaseVerbs {
  return {
    claimPurchases: ({ rows }) => insertRows(db, purchases, rows, 'or nothing'),

    findPurchases: ({ keys }) =>
      inParts(keys, (part) =>
        db
          .select()
          .from(purchases)
          .where(
            oneOfTuples(
              [purchases.site, purchases.source, purchases.purchaseId],
              part.map((key) => [key.site, key.source, key.purchaseId]),
            ),
          ),
      ),

    findPurchasesOfOrders: ({ orderIds }) =>
      inParts(orderIds, (part) =>
        db
          .select()
          .from(purchases)
          .where(oneOf(purchases.orderId, part))
          .orderBy(asc(purchases.orderId), asc(purchases.purchaseId)),
      ),
  };
}
