import { orderId } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import type { BookingKey, DriftRow } from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';
import { noteDrift, statesOf } from './note-drift.ts';
import { alertsFor } from './raise.ts';

/** A resend that is under way is no reason for a mail. */
const TELL_AFTER_MS = 10 * 60_000;

interface Judged {
  keys: BookingKey[];
  lacking: Set<string>;
  /** Those of them that have a newer revision here. */
  ahead: Set<string>;
  notes: DriftRow[];
}

const BEHIND = 'WordPress has told of this booking, and its last change has not arrived';
const AHEAD =
  'cancelled in WordPress and not here, where a newer revision counts than WordPress ever sent: that one may be forged, ' +
  'or WordPress was restored from a backup';
const MANY =
  'bookings that differ here from what WordPress has told of them. Deliveries do not get through, or a database was ' +
  'restored from a backup, here or there';

/** Notes what is lacking; answers, in words, what was noted by an earlier list already and is told now. */
export async function tellLacking(
  deps: { clock: Clock },
  tx: Verbs,
  { keys, lacking, ahead, notes }: Judged,
): Promise<string[]> {
  const states = statesOf(notes, 'lacking');
  const missing = keys.filter(({ externalId }) => lacking.has(externalId));
  const isOpen = ({ externalId }: BookingKey) => ['noted', 'told'].includes(states.get(externalId) ?? '');
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
    alerts: alertsFor('lacking_booking', due, deps.clock.now(), {
      one: ({ externalId }) => (ahead.has(externalId) ? AHEAD : BEHIND),
      many: MANY,
    }),
  });
  return due.map(orderId);
}
