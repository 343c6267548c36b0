import type { DeliveryVerbs } from '../store/store.ts';
import type { Arrival, Receipt } from './arrival.ts';

/**
 * After a lost COMMIT answer: the receipts of a batch that did go through, or null. A batch is one transaction, so one
 * stored delivery means that all of its decided ones are stored; undecided ones are vended again by their senders' retry.
 */
export async function storedReceipts(
  tx: Pick<DeliveryVerbs, 'findStoredDeliveries'>,
  arrivals: Arrival[],
): Promise<Map<string, Receipt> | null> {
  const stored = await tx.findStoredDeliveries({ ids: arrivals.map((arrival) => arrival.delivery.id) });
  if (stored.length === 0) return null;
  return new Map(
    stored.map((delivery) => [
      delivery.id,
      {
        deliveryId: delivery.id,
        status: delivery.verdict,
        orders: delivery.orders.map(({ orderId, status }) => ({ orderId, status })),
      },
    ]),
  );
}
