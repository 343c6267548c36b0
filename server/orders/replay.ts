import type { OrderKey } from '../store/rows.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import type { Receipt } from '../keys/arrival.ts';
import type { VendQueue } from '../keys/vend-batch.ts';
import type { Store } from '../store/store.ts';
import { understand } from '../webhook/understand.ts';

export interface ReplayDeps {
  store: Store;
  queue: VendQueue;
  clock: Clock;
  newId: NewId;
}

/**
 * Reads a stored delivery again, with today's rules and mappings, and acts on it as if it had just come. An order that
 * already is what the delivery asks stays as it is. Null when the delivery is not there (any more).
 */
export async function replayDelivery(
  deps: ReplayDeps,
  input: { deliveryId: string; actor: string; reason: string },
): Promise<Receipt | null> {
  const original = await deps.store.findDelivery({ id: input.deliveryId });
  if (!original) return null;
  const { source, body, contentType, hook, site } = original;
  const { events, verdict } = understand({
    source,
    raw: body,
    contentType: contentType ?? undefined,
    hookHint: hook,
  });
  return deps.queue.submit({
    delivery: {
      id: deps.newId(),
      receivedAt: deps.clock.now(),
      site,
      source,
      hook,
      contentType: null,
      body: new Uint8Array(),
      headers: { reason: input.reason.slice(0, 200) },
      replayOf: original.id,
    },
    events,
    actor: input.actor,
    verdict,
  });
}

/** Replays the last delivery that an order was moved by. Null when there is no such order or delivery. */
export async function replayOrder(
  deps: ReplayDeps,
  input: { order: OrderKey; actor: string; reason: string },
): Promise<Receipt | null> {
  const order = await deps.store.findOrder(input.order);
  return order
    ? replayDelivery(deps, { deliveryId: order.lastDeliveryId, actor: input.actor, reason: input.reason })
    : null;
}
