import { asc, lte } from 'drizzle-orm';
import { eachPart, inParts } from '../chunks.ts';
import type { HoldVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { deleteRows, fromNow, now, oneOf } from './many.ts';
import { holds } from './schema.ts';

export function holdVerbs(db: Db): HoldVerbs {
  return {
    deleteHolds: ({ keyIds }) => eachPart(keyIds, (part) => deleteRows(db, holds, holds.keyId, part)),

    findHoldsByOrder: ({ orderIds }) =>
      inParts(orderIds, (part) =>
        db.select().from(holds).where(oneOf(holds.orderId, part)).orderBy(asc(holds.keyId)),
      ),

    insertHolds: (q) =>
      eachPart(q.holds, (part) =>
        db
          .insert(holds)
          .values(part.map(({ keyId, orderId, ttlMs }) => ({ keyId, orderId, expiresAt: fromNow(ttlMs) }))),
      ),

    listExpiredHolds: ({ limit }) =>
      db
        .select()
        .from(holds)
        .where(lte(holds.expiresAt, now))
        .orderBy(asc(holds.expiresAt), asc(holds.keyId))
        .limit(limit),
  };
}
