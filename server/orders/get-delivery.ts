import { done, refuse, type Result } from '../errors.ts';
import { isUuid } from '../ids.ts';
import type { DeliveryRow } from '../store/rows.ts';
import type { DeliveryVerbs } from '../store/store.ts';

/** What staff may see of a delivery: everything but its bytes, which speak of a person, and its headers. */
export interface DeliveryFacts extends Omit<
  DeliveryRow,
  'id' | 'receivedAt' | 'body' | 'headers' | 'orders'
> {
  deliveryId: string;
  /** ISO */
  receivedAt: string;
  orders: Pick<DeliveryRow['orders'][number], 'orderId' | 'status' | 'note'>[];
}

/** `size`: bytes kept; a replay has none of its own. */
export async function getDelivery(
  deps: { store: Pick<DeliveryVerbs, 'findDelivery'> },
  input: { deliveryId: string },
): Promise<Result<DeliveryFacts & { size: number }>> {
  const id = readDeliveryId(input.deliveryId);
  if (!id.ok) return id;
  const found = await deps.store.findDelivery({ id: id.value });
  if (!found) return refuse('delivery.unknown', { deliveryId: id.value });
  return done({ ...deliveryFacts(found), size: found.body.byteLength });
}

export function deliveryFacts(row: DeliveryRow): DeliveryFacts {
  const { receivedAt, site, source, hook, contentType, verdict, flag, replayOf } = row;
  return {
    deliveryId: row.id,
    receivedAt: receivedAt.toISOString(),
    ...{ site, source, hook, contentType, verdict, flag, replayOf },
    orders: row.orders.map(({ orderId, status, note }) => ({ orderId, status, ...(note && { note }) })),
  };
}

export function readDeliveryId(text: string): Result<string> {
  const id = text.trim().toLowerCase();
  return isUuid(id) ? done(id) : refuse('delivery.unknown', { deliveryId: 'of that name' });
}
