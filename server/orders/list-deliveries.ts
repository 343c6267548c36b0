import { done, refuse, type Result } from '../errors.ts';
import type { DeliveryVerbs } from '../store/store.ts';
import { listDeliverySet, readDeliverySet, type WantedDeliveries } from './delivery-filter.ts';
import { deliveryFacts, type DeliveryFacts } from './get-delivery.ts';

const PAGE = 25;

/** What was delivered, newest first, a page at a time. Replays are left out unless they are asked for. */
export async function listDeliveries(
  deps: { store: Pick<DeliveryVerbs, 'listDeliveries'> },
  input: WantedDeliveries & { replays?: boolean | undefined; cursor?: string | undefined },
): Promise<Result<{ deliveries: DeliveryFacts[]; next?: string }>> {
  const set = readDeliverySet(input, { replays: input.replays ?? false });
  if (!set.ok) return set;
  const from = input.cursor === undefined ? null : readMark(input.cursor);
  if (from === undefined) return refuse('lookup.bad_cursor', {});
  const page = { from, direction: 'newest first' as const, limit: PAGE + 1 };
  const found = await listDeliverySet(deps.store, set.value, page);
  const deliveries = found.slice(0, PAGE);
  const last = deliveries.at(-1);
  const facts = deliveries.map(deliveryFacts);
  return done(
    found.length > PAGE && last ? { deliveries: facts, next: makeMark(last) } : { deliveries: facts },
  );
}

function makeMark(last: { receivedAt: Date; id: string }): string {
  return Buffer.from(`before:${last.receivedAt.getTime()}:${last.id}`).toString('base64url');
}

function readMark(cursor: string): { receivedAt: Date; id: string } | undefined {
  const found = /^before:(\d{1,13}):([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString());
  return found?.[2] === undefined ? undefined : { receivedAt: new Date(Number(found[1])), id: found[2] };
}
