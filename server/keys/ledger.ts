import { isBookingSource, orderId } from '../../shared/booking-event.ts';
import { recordAudit, type Act } from '../audit/record.ts';
import type { NewId } from '../ids.ts';
import type {
  DeliveryRow,
  KeyAssignment,
  NewAlert,
  NewMessage,
  OrderChange,
  OrderLine,
  OrderRow,
  PassedBooking,
} from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';
import { compareKeys } from './arrival.ts';
import { releaseKeys } from './release.ts';

/** How long "your key is on its way" rests: stock that comes at once sends the key alone. */
const NOTICE_DELAY_MS = 60_000;

/**
 * Everything one transaction is about to write, gathered first and written in the one lock order:
 * orders → keys → holds → messages → audit. All use-cases that move orders or keys write through it.
 */
export interface Ledger {
  orders: Map<number, OrderChange>;
  lines: OrderLine[];
  relined: number[];
  alternates: { orderId: number; email: string }[];
  assignments: KeyAssignment[];
  released: number[];
  revoked: number[];
  holds: { keyId: number; orderId: number; ttlMs: number }[];
  unheld: number[];
  messages: NewMessage[];
  /** Ids of those messages that are due a little later. */
  postponed: string[];
  withdrawn: string[];
  alerts: NewAlert[];
  acts: Act[];
  /** Revisions that make no order. */
  passed: PassedBooking[];
  deliveries: DeliveryRow[];
  links: { deliveryId: string; orderId: number }[];
}

export function openLedger(): Ledger {
  return {
    orders: new Map(),
    lines: [],
    relined: [],
    alternates: [],
    assignments: [],
    released: [],
    revoked: [],
    holds: [],
    unheld: [],
    messages: [],
    postponed: [],
    withdrawn: [],
    alerts: [],
    acts: [],
    passed: [],
    deliveries: [],
    links: [],
  };
}

export async function writeLedger(tx: Verbs, ledger: Ledger): Promise<void> {
  await tx.updateOrders({ orders: [...ledger.orders.values()] });
  await tx.replaceLines({ orderIds: ledger.relined, lines: ledger.lines });
  await tx.insertAlternates({ rows: ledger.alternates });
  const undone = await releaseKeys(tx, ledger.released, ledger.acts[0]);
  await tx.revokeKeys({ keyIds: ledger.revoked });
  await tx.assignKeys({ assignments: ledger.assignments });
  await tx.deleteHolds({ keyIds: ledger.unheld });
  await tx.insertHolds({ holds: ledger.holds });
  await tx.withdrawMessages({ ids: ledger.withdrawn });
  await tx.insertMessages({ messages: ledger.messages });
  await tx.postponeMessages({ ids: ledger.postponed, byMs: NOTICE_DELAY_MS });
  await tx.insertAlerts({ alerts: ledger.alerts });
  await recordAudit(tx, [...ledger.acts, ...undone]);
  await tx.savePassed({ rows: ledger.passed.toSorted(compareKeys) });
  await tx.insertDeliveries({ deliveries: ledger.deliveries });
  await tx.linkDeliveries({ links: ledger.links });
}

export interface Hand {
  now: Date;
  actor: string;
  newId: NewId;
}

/**
 * Gives keys to an order: assignment, mail and audit line belong together, so they are made together (promise 3).
 * The order must be locked, and so must the keys; `order.email` must be known. `to` is `waiting` while it lacks more.
 */
export function giveKeys(
  ledger: Ledger,
  hand: Hand,
  order: OrderRow,
  keyIds: number[],
  why: string,
  {
    refs = {},
    isNew = false,
    action,
    to = 'fulfilled',
  }: { refs?: Act['refs']; isNew?: boolean; action?: string; to?: 'fulfilled' | 'waiting' } = {},
): void {
  const id = orderId(order);
  for (const keyId of keyIds) {
    ledger.assignments.push({
      keyId,
      orderId: id,
      email: order.email,
      coupon: order.coupon,
      assignedAt: hand.now,
    });
  }
  const messageId = queueMail(ledger, hand, order, 'key');
  const all = { ...refs, ...(keyIds.length > 0 && { keys: keyIds }), message: messageId };
  moveOrder(ledger, hand, order, to, why, all, isNew, action);
}

/** What the order is owed from now on. */
export function setLines(
  ledger: Ledger,
  order: Pick<OrderRow, 'id'>,
  lines: Omit<OrderLine, 'orderId'>[],
): void {
  ledger.relined.push(order.id);
  ledger.lines.push(...lines.map((line) => ({ orderId: order.id, ...line })));
}

/** Tells the buyer, a little later, that his order waits for a key. It is withdrawn when the order waits no more. */
export function queueNotice(ledger: Ledger, hand: Hand, order: OrderRow): void {
  if (order.email !== null) ledger.postponed.push(queueMail(ledger, hand, order, 'key_waiting'));
}

/** A mail with what the order has then; `order.email` must be known. */
export function queueMail(ledger: Ledger, hand: Hand, order: OrderRow, kind: 'key' | 'key_waiting'): string {
  const id = hand.newId();
  const recipient = order.email ?? '';
  ledger.messages.push({ id, kind, orderId: order.id, recipient, priority: 1, createdAt: hand.now });
  return id;
}

/** Puts keys on hold for a pending order: `assigned` without a time, and a row in `holds`. */
export function holdKeys(ledger: Ledger, order: OrderRow, keyIds: number[], ttlMs: number): void {
  for (const keyId of keyIds) {
    ledger.assignments.push({
      keyId,
      orderId: orderId(order),
      email: order.email,
      coupon: order.coupon,
      assignedAt: null,
    });
    ledger.holds.push({ keyId, orderId: order.id, ttlMs });
  }
}

/** Records a change of status, with its audit line, called `order.<to>` unless `action` says otherwise. */
export function moveOrder(
  ledger: Ledger,
  hand: Hand,
  order: OrderRow,
  to: OrderRow['status'],
  why: string,
  refs: Act['refs'] = {},
  isNew = false,
  action = `order.${to}`,
): void {
  // A new row was inserted with the status that was expected of it; only a surprise is written again.
  if (!isNew || order.status !== to) {
    // A reason to look belongs to `attention`, a stop to `cancelled`, a grant to what is served or waits: whoever moves
    // the order on ends them.
    const reason = to === 'attention' ? order.reason : null;
    const stopped = to === 'cancelled' && order.stopped;
    const granted = (to === 'fulfilled' || to === 'waiting') && order.granted;
    ledger.orders.set(order.id, { ...order, status: to, reason, stopped, granted, updatedAt: hand.now });
  }
  ledger.acts.push({
    subject: `order:${order.id}`,
    at: hand.now,
    actor: hand.actor,
    action,
    fromStatus: isNew ? null : order.status,
    toStatus: to,
    reason: why,
    refs: { ...(isBookingSource(order.source) && { delivery: order.lastDeliveryId }), ...refs },
    first: isNew,
  });
}
