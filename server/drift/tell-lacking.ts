import { orderId } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import type { DriftRow, NewAlert, OrderKey } from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';
import { noteDrift, statesOf } from './note-drift.ts';

/** A resend that is under way is no reason for a mail. */
const TELL_AFTER_MS = 10 * 60_000;

/** Notes what is lacking; answers, in words, what was noted by an earlier list already and is told now. */
export async function tellLacking(
  deps: { clock: Clock },
  tx: Verbs,
  { keys, lacking, notes }: { keys: OrderKey[]; lacking: Set<string>; notes: DriftRow[] },
): Promise<string[]> {
  const states = statesOf(notes, 'lacking');
  const missing = keys.filter(({ externalId }) => lacking.has(externalId));
  const isOpen = ({ externalId }: OrderKey) => ['noted', 'told'].includes(states.get(externalId) ?? '');
  const stays = missing.filter(({ externalId }) => states.get(externalId) === 'noted');
  const due = (await tx.findDrift({ keys: stays, minAgeMs: TELL_AFTER_MS })).filter(
    ({ kind }) => kind === 'lacking',
  );
  await noteDrift(
    tx,
    'lacking',
    'noted',
    missing.filter((key) => !isOpen(key)),
  );
  await noteDrift(tx, 'lacking', 'told', due);
  await noteDrift(
    tx,
    'lacking',
    'over',
    keys.filter((key) => !lacking.has(key.externalId) && isOpen(key)),
  );
  await tx.insertAlerts({
    alerts: due.map((key): NewAlert => ({
      kind: 'lacking_booking',
      orderId: orderId(key),
      sku: null,
      detail: 'WordPress has told of this booking, and its last change has not arrived',
      createdAt: deps.clock.now(),
    })),
  });
  return due.map(orderId);
}
