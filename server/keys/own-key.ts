import { orderId } from '../../shared/booking-event.ts';
import { refuse, type Result } from '../errors.ts';
import type { KeyRow, OrderRow } from '../store/rows.ts';
import { StoreError } from '../store/store-error.ts';
import type { Verbs } from '../store/store.ts';
import { lockHolder } from './lock-holder.ts';

/** A key, locked, with the order that has it or had it when it was revoked. */
export interface OwnKey {
  key: KeyRow;
  order: OrderRow | null;
}

/**
 * Locks the order of a key and then the key, the one order of locks; a key without an order alone. Throws
 * `store.transient` when the key changed hands between the look and the lock. Null when there is no such key.
 */
export async function lockOwnKey(tx: Verbs, keyId: number): Promise<OwnKey | null> {
  const seen = await tx.findKey({ id: keyId });
  if (!seen) return null;
  const order = await lockHolder(tx, seen);
  const [key] = await tx.lockKeys({ ids: [keyId] });
  if (!key) return null;
  if (key.assignedOrderId !== seen.assignedOrderId)
    throw new StoreError('store.transient', 'locking a key', 'moved');
  return { key, order };
}

/** For what is done to a key that a buyer has. */
export function refuseUnlessLive({ key, order }: OwnKey): Result<never> | null {
  const keyId = key.id;
  if (key.status === 'revoked') return refuse('key.not_live', { keyId, what: 'revoked already' });
  if (key.status === 'available' || !order)
    return refuse('key.not_live', { keyId, what: 'free, nobody has it' });
  if (key.assignedAt === null) return refuse('key.on_hold', { keyId, orderId: orderId(order) });
  return null;
}
