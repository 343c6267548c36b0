import { and, asc, count, eq, sql } from 'drizzle-orm';
import { ascending, eachPart, inParts } from '../chunks.ts';
import type { KeyVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { waitingAtMost } from './patience.ts';
import { deleteRows, insertRows, oneOf, updateRows } from './many.ts';
import { importedKeys, keyTails, licenseKeys } from './schema.ts';

export function keyVerbs(db: Db): KeyVerbs {
  const place = sql`${licenseKeys.productSku}, ${licenseKeys.status}, ${licenseKeys.id}`;
  const freeKeys = (sku: string, limit: number, afterId: number) =>
    db
      .select({ id: licenseKeys.id })
      .from(licenseKeys)
      // Differs by necessity: plain equalities let the planner walk the primary key, past every key vended before.
      .where(
        sql`(${place}) > (${sku}, 'available', ${afterId})
          AND (${place}) <= (${sku}, 'available', ${Number.MAX_SAFE_INTEGER})`,
      )
      .orderBy(place)
      .limit(limit);

  const keysOfOrders = (orderIds: string[]) =>
    inParts(orderIds, (part) =>
      db.select().from(licenseKeys).where(oneOf(licenseKeys.assignedOrderId, part)),
    );

  const lockedById = (keyIds: number[]) =>
    inParts(ascending(keyIds), (part) =>
      db
        .select()
        .from(licenseKeys)
        .where(oneOf(licenseKeys.id, part))
        .orderBy(asc(licenseKeys.id))
        .for('update'),
    );

  return {
    assignKeys: ({ assignments }) =>
      updateRows(
        db,
        licenseKeys,
        assignments.map((assignment) => ({
          id: assignment.keyId,
          status: 'assigned' as const,
          assignedToEmail: assignment.email,
          assignedOrderId: assignment.orderId,
          assignedCouponCode: assignment.coupon,
          assignedAt: assignment.assignedAt,
        })),
      ),

    claimKeys: ({ sku, limit, afterId }) => freeKeys(sku, limit, afterId).for('update', { skipLocked: true }),

    claimKeysPatiently: ({ sku, limit, waitMs }) =>
      waitingAtMost(db, waitMs, () => freeKeys(sku, limit, 0).for('update')),

    countAvailable: async ({ skus }) => {
      const counted = await inParts(skus, (part) =>
        db
          .select({ sku: licenseKeys.productSku, available: count() })
          .from(licenseKeys)
          .where(and(oneOf(licenseKeys.productSku, part), eq(licenseKeys.status, 'available')))
          .groupBy(licenseKeys.productSku),
      );
      const available = new Map(counted.map((row) => [row.sku, row.available]));
      return skus.map((sku) => ({ sku, available: available.get(sku) ?? 0 }));
    },

    deleteKeys: ({ keyIds }) =>
      eachPart(ascending(keyIds), async (part) => {
        await deleteRows(db, licenseKeys, licenseKeys.id, part);
        await deleteRows(db, keyTails, keyTails.keyId, part);
        await deleteRows(db, importedKeys, importedKeys.keyId, part);
      }),

    findKey: async ({ id }) => {
      const rows = await db.select().from(licenseKeys).where(eq(licenseKeys.id, id));
      return rows[0] ?? null;
    },

    findKeysByText: ({ keys }) =>
      inParts(keys, (part) =>
        db
          .select({
            id: licenseKeys.id,
            licenseKey: licenseKeys.licenseKey,
            productSku: licenseKeys.productSku,
          })
          .from(licenseKeys)
          .where(oneOf(licenseKeys.licenseKey, part)),
      ),

    findKeysOfOrders: async ({ orderIds }) => {
      const keys = await keysOfOrders(orderIds);
      return keys.sort((a, b) => a.id - b.id);
    },

    insertKeys: ({ keys }) =>
      insertRows(
        db,
        licenseKeys,
        keys.map(({ licenseKey, sku }) => ({ licenseKey, productSku: sku })),
        'or nothing',
      ),

    lockFreeKeys: async ({ ids }) => {
      const rows = await inParts(ascending(ids), (part) =>
        db
          .select({ id: licenseKeys.id })
          .from(licenseKeys)
          .where(and(oneOf(licenseKeys.id, part), eq(licenseKeys.status, 'available')))
          .orderBy(asc(licenseKeys.id))
          .for('update', { skipLocked: true }),
      );
      return rows.map((row) => row.id);
    },

    lockKeys: ({ ids }) => lockedById(ids),

    // By id in a second step: a scan of the order index would lock in order of the orders' ids.
    lockKeysOfOrders: async ({ orderIds }) => {
      const keys = await keysOfOrders(orderIds);
      const locked = await lockedById(keys.map((key) => key.id));
      return locked.filter((key) => key.assignedOrderId !== null && orderIds.includes(key.assignedOrderId));
    },

    releaseKeys: ({ keyIds }) =>
      eachPart(keyIds, (part) =>
        db
          .update(licenseKeys)
          .set({
            status: 'available',
            assignedToEmail: null,
            assignedOrderId: null,
            assignedCouponCode: null,
            assignedAt: null,
          })
          .where(oneOf(licenseKeys.id, part)),
      ),

    revokeKeys: ({ keyIds }) =>
      eachPart(keyIds, (part) =>
        db.update(licenseKeys).set({ status: 'revoked' }).where(oneOf(licenseKeys.id, part)),
      ),
  };
}
