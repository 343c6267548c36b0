import { orderId } from '../../shared/booking-event.ts';
import { recordAudit, type Act } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import type { DriftRow, OrderRow } from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';
import { noteDrift, statesOf } from './note-drift.ts';
import { alertsFor } from './raise.ts';

interface Judged {
  /** The orders of the listed bookings. */
  orders: OrderRow[];
  unknown: { id: number; externalId: string }[];
  notes: DriftRow[];
}

const REASONS = {
  'drift.unknown': 'WordPress does not list this booking',
  'drift.known': 'WordPress lists this booking now',
} as const;

const UNKNOWN = {
  one: ({ status }: OrderRow) => `${status} here, but WordPress does not list the booking`,
  many:
    'orders here that WordPress does not list. It was restored from a backup, or the wrong WordPress speaks for this site. ' +
    'Each has a line in its timeline',
};
const KNOWN = {
  one: ({ status }: OrderRow) =>
    `${status} here; WordPress did not list the booking before, and lists it now. Compare the buyer there and here: ` +
    'the key may have gone to somebody else',
  many:
    'orders that WordPress did not list before, and lists now. Compare their buyers there and here: keys may have gone to ' +
    'somebody else. Each has a line in its timeline',
};

/**
 * Orders that WordPress does not know, and those that it knows now. Answers what a person is told of, in words: each order
 * once as unknown, and once as known, for a forged one may have taken the number of a booking that came after it.
 */
export async function tellUnknown(
  deps: { clock: Clock },
  tx: Verbs,
  { orders, unknown, notes }: Judged,
): Promise<{ unknown: string[]; known: string[] }> {
  const states = statesOf(notes, 'unknown');
  const isOpen = ({ externalId }: { externalId: string }) =>
    ['told', 'noted'].includes(states.get(externalId) ?? '');
  const back = orders.filter(isOpen);
  const lost = unknown.filter((order) => !isOpen(order));
  const locked = await tx.lockOrders({ ids: [...back, ...lost].map(({ id }) => id) });
  const isBack = new Set(back.map(({ id }) => id));
  const known = locked.filter(({ id }) => isBack.has(id));
  const strangers = locked.filter(({ id }) => !isBack.has(id));
  const first = strangers.filter(({ externalId }) => !states.has(externalId));
  const again = strangers.filter(({ externalId }) => states.has(externalId));
  await noteDrift(tx, 'unknown', 'told', first);
  await noteDrift(tx, 'unknown', 'noted', again);
  await noteDrift(tx, 'unknown', 'over', known);
  // What is unknown or known for the second time has its line in the timeline, and no second mail.
  const found = known.filter(({ externalId }) => states.get(externalId) === 'told');
  const now = deps.clock.now();
  await tx.insertAlerts({
    alerts: [
      ...alertsFor('unknown_order', first, now, UNKNOWN),
      ...alertsFor('unknown_order', found, now, KNOWN),
    ],
  });
  const act = (action: keyof typeof REASONS, order: OrderRow): Act => ({
    subject: `order:${order.id}`,
    at: now,
    actor: 'reconcile',
    action,
    fromStatus: null,
    toStatus: null,
    reason: REASONS[action],
    refs: {},
  });
  await recordAudit(tx, [
    ...strangers.map((order) => act('drift.unknown', order)),
    ...known.map((order) => act('drift.known', order)),
  ]);
  return { unknown: first.map(orderId), known: found.map(orderId) };
}
