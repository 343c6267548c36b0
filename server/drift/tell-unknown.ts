import { orderId } from '../../shared/booking-event.ts';
import { recordAudit, type Act } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import type { DriftRow, NewAlert, OrderKey, OrderRow } from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';
import { noteDrift, statesOf } from './note-drift.ts';

interface Judged {
  /** The orders of the listed bookings. */
  orders: OrderRow[];
  unknown: { id: number; externalId: string }[];
  unknownKeys: OrderKey[];
  notes: DriftRow[];
}

const REASONS = {
  'drift.unknown': 'WordPress does not list this booking',
  'drift.known': 'WordPress lists this booking again',
} as const;

/** Orders that WordPress does not know, and those that it knows again. Answers what is new, in words. */
export async function tellUnknown(
  deps: { clock: Clock },
  tx: Verbs,
  { orders, unknown, unknownKeys, notes }: Judged,
): Promise<{ unknown: string[]; known: string[] }> {
  const states = statesOf(notes, 'unknown');
  const isNews = ({ externalId }: { externalId: string }) => states.get(externalId) !== 'told';
  const back = orders.filter(({ externalId }) => states.get(externalId) === 'told');
  const lost = unknown.filter(isNews);
  const locked = await tx.lockOrders({ ids: [...back, ...lost].map(({ id }) => id) });
  const isBack = new Set(back.map(({ id }) => id));
  const known = locked.filter(({ id }) => isBack.has(id));
  const strangers = locked.filter(({ id }) => !isBack.has(id));
  await noteDrift(tx, 'unknown', 'told', unknownKeys.filter(isNews));
  await noteDrift(tx, 'unknown', 'over', known);
  const now = deps.clock.now();
  // Once per order: one that was known in between has its line in the timeline, and no second mail.
  const first = strangers.filter(({ externalId }) => !states.has(externalId));
  await tx.insertAlerts({
    alerts: first.map((order): NewAlert => ({
      kind: 'unknown_order',
      orderId: orderId(order),
      sku: null,
      detail: `${order.status} here, but WordPress does not list the booking`,
      createdAt: now,
    })),
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
  return { unknown: first.map(orderId), known: known.map(orderId) };
}
