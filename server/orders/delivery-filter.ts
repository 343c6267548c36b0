import type { Source } from '../../shared/booking-event.ts';
import { RECEIPT_STATUSES, type ReceiptStatus } from '../../shared/statuses.ts';
import { done, type Result } from '../errors.ts';
import { readPeriod } from '../staff/read-period.ts';
import type { DeliveryFilter, DeliveryRow } from '../store/rows.ts';
import type { DeliveryVerbs } from '../store/store.ts';

/** Which deliveries a person means; what is left out narrows nothing. */
export interface WantedDeliveries {
  verdict?: ReceiptStatus | ReceiptStatus[] | undefined;
  source?: Source | undefined;
  /** '' is the main site. */
  site?: string | undefined;
  since?: string | undefined;
  /** Not part of the period itself. */
  until?: string | undefined;
}

export type DeliverySet = DeliveryFilter & { verdicts: ReceiptStatus[] };
type Place = Pick<DeliveryRow, 'receivedAt' | 'id'>;
type Direction = 'newest first' | 'oldest first';

export function readDeliverySet(
  wanted: WantedDeliveries,
  { replays }: { replays: boolean },
): Result<DeliverySet> {
  const period = readPeriod(wanted);
  if (!period.ok) return period;
  const verdicts = wanted.verdict === undefined ? [...RECEIPT_STATUSES] : [wanted.verdict].flat();
  return done({
    verdicts: [...new Set(verdicts)],
    source: wanted.source ?? null,
    site: wanted.site ?? null,
    ...period.value,
    replays,
  });
}

/** A page of the set. The index serves one verdict at a time: their lists are made into one here. */
export async function listDeliverySet(
  store: Pick<DeliveryVerbs, 'listDeliveries'>,
  { verdicts, ...filter }: DeliverySet,
  page: { from: Place | null; direction: Direction; limit: number },
): Promise<DeliveryRow[]> {
  const lists = await Promise.all(
    verdicts.map((verdict) => store.listDeliveries({ ...filter, verdict, ...page })),
  );
  return mergeByTime(lists, page.direction).slice(0, page.limit);
}

export function mergeByTime<T extends Place>(lists: T[][], direction: Direction): T[] {
  const sign = direction === 'oldest first' ? 1 : -1;
  return lists.flat().sort((a, b) => sign * compare(a, b));
}

function compare(a: Place, b: Place): number {
  const ms = a.receivedAt.getTime() - b.receivedAt.getTime();
  return ms !== 0 ? ms : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
