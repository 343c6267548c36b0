import { isBookingSource } from '../../shared/booking-event.ts';
import { compareKeys } from '../keys/arrival.ts';
import type { DriftRow, OrderKey } from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';

/**
 * Sorted, so that two writers of the same notes wait for each other instead of in a circle. What staff made without a
 * booking cannot drift from one.
 */
export function noteDrift(
  tx: Verbs,
  kind: DriftRow['kind'],
  state: DriftRow['state'],
  orders: OrderKey[],
): Promise<void> {
  const keys = orders.flatMap(({ site, source, externalId }) =>
    isBookingSource(source) ? [{ site, source, externalId }] : [],
  );
  return tx.saveDrift({ kind, state, keys: keys.toSorted(compareKeys) });
}

/** The state of each booking in this kind of drift, by its external id. */
export function statesOf(notes: DriftRow[], kind: DriftRow['kind']): Map<string, DriftRow['state']> {
  return new Map(notes.filter((note) => note.kind === kind).map((note) => [note.externalId, note.state]));
}
