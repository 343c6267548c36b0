import type { Clock } from '../clock.ts';
import type { ReceiptStatus } from '../../shared/statuses.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { DeliveryVerbs } from '../store/store.ts';
import { readDeliverySet, type DeliverySet, type WantedDeliveries } from './delivery-filter.ts';

/** More than this at once is more than a person meant. */
const MOST = 10_000;

/** A set that grows no more: what is delivered from `until` on is not of it. */
export interface CountedDeliveries extends Omit<WantedDeliveries, 'verdict'> {
  verdict: ReceiptStatus[];
  until: string;
}

/** How many deliveries a bulk replay would read again. What is answered is what `replayMany` wants to be told. */
export async function countReplay(
  deps: { store: Pick<DeliveryVerbs, 'countDeliveries'>; clock: Clock },
  wanted: WantedDeliveries,
): Promise<Result<{ count: number; filter: CountedDeliveries }>> {
  const asked = readReplaySet(wanted);
  if (!asked.ok) return asked;
  const now = deps.clock.now();
  const until = asked.value.until !== null && asked.value.until < now ? asked.value.until : now;
  const set = { ...asked.value, until };
  const count = await countSet(deps.store, set);
  if (!count.ok) return count;
  const { verdicts: verdict, source, site, since } = set;
  return done({
    count: count.value,
    filter: {
      verdict,
      ...(source !== null && { source }),
      ...(site !== null && { site }),
      ...(since !== null && { since: since.toISOString() }),
      until: until.toISOString(),
    },
  });
}

/** Replays are never replayed: the delivery that they repeat is. */
export function readReplaySet(wanted: WantedDeliveries): Result<DeliverySet> {
  return readDeliverySet(wanted, { replays: false });
}

export async function countSet(
  store: Pick<DeliveryVerbs, 'countDeliveries'>,
  set: DeliverySet,
): Promise<Result<number>> {
  const found = await store.countDeliveries({ ...set, limit: MOST + 1 });
  return found > MOST ? refuse('replay.too_many', { limit: MOST }) : done(found);
}
