import { isBookingSource, orderId } from '../../shared/booking-event.ts';
import type { DeliveryRow, OrderKey } from '../store/rows.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import type { Arrival, Receipt } from '../keys/arrival.ts';
import type { VendQueue } from '../keys/vend-batch.ts';
import type { Store } from '../store/store.ts';
import { isSiteRefused, SITE_RULE } from '../webhook/site.ts';
import { understand, unreadable } from '../webhook/understand.ts';

export interface ReplayDeps {
  store: Store;
  queue: VendQueue;
  clock: Clock;
  newId: NewId;
}

export type Replay = { deliveryId: string; actor: string; reason: string } & Pick<Arrival, 'revives'>;

/**
 * Reads a stored delivery again, with today's rules and mappings, and acts on it as if it had just come. An order that
 * already is what the delivery asks stays as it is; one that staff cancelled moves only when the replay `revives` it. Null
 * when the delivery is not there (any more).
 */
export async function replayDelivery(deps: ReplayDeps, input: Replay): Promise<Receipt | null> {
  const arrival = await readReplay(deps, input);
  return arrival && deps.queue.submit(arrival);
}

/** The delivery as it is read today, ready to be acted on. */
export async function readReplay(deps: Omit<ReplayDeps, 'queue'>, input: Replay): Promise<Arrival | null> {
  const original = await findOriginal(deps.store, input.deliveryId);
  if (!original) return null;
  const { source, hook, site } = original;
  const { events, verdict } = readAgain(original);
  return {
    delivery: {
      id: deps.newId(),
      receivedAt: deps.clock.now(),
      site,
      source,
      hook,
      contentType: null,
      body: new Uint8Array(),
      headers: { reason: input.reason.slice(0, 200), actor: input.actor },
      replayOf: original.id,
    },
    events,
    actor: input.actor,
    revives: input.revives,
    verdict,
  };
}

/** A replay has no bytes of its own: asked for again, it is the delivery that it repeats. */
async function findOriginal(store: Store, id: string): Promise<DeliveryRow | null> {
  const found = await store.findDelivery({ id });
  return found && found.replayOf !== null ? store.findDelivery({ id: found.replayOf }) : found;
}

function readAgain(original: DeliveryRow): Pick<Arrival, 'events' | 'verdict'> {
  if (isSiteRefused(original)) return { events: [], verdict: unreadable(SITE_RULE) };
  const { source, body, contentType, hook } = original;
  return understand({ source, raw: body, contentType: contentType ?? undefined, hookHint: hook });
}

/** Replays the last delivery that an order was moved by. Null when there is no such order or delivery. */
export async function replayOrder(
  deps: ReplayDeps,
  input: { order: OrderKey; actor: string; reason: string },
): Promise<Receipt | null> {
  const { actor, reason } = input;
  const order = await deps.store.findOrder(input.order);
  // What staff gave without a booking came with no delivery.
  return order && isBookingSource(order.source)
    ? replayDelivery(deps, { deliveryId: order.lastDeliveryId, actor, reason, revives: orderId(order) })
    : null;
}
