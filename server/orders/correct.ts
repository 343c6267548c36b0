import { orderId } from '../../shared/booking-event.ts';
import type { OrderStatus } from '../../shared/statuses.ts';
import { findAct } from '../audit/find-act.ts';
import { done, refuse, type Result } from '../errors.ts';
import { givenKeys } from '../keys/given-keys.ts';
import { openLedger, writeLedger } from '../keys/ledger.ts';
import { readReason } from '../staff/reason.ts';
import { transact } from '../store/retry.ts';
import type { OrderKey } from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';
import { lockOrder } from './lock-order.ts';
import { readOrderId } from './read-order-id.ts';
import { readAddress } from './read-address.ts';
import { redirect } from './redirect.ts';
import { resendInside, type ResendDeps } from './resend.ts';

interface CorrectDeps extends ResendDeps {
  /** Reads an order's last delivery again. */
  replay(orderId: string, reason: string, actor: string): Promise<unknown>;
}

interface Corrected {
  /** A mail tells the buyer: his keys, or that they are on their way. */
  isMailed: boolean;
  waitsFor: string[];
  /** A person was asked for the address; now the order can be decided. */
  decidable: boolean;
}

/**
 * Corrects the address of an order in any status. Keys that the buyer should have are mailed there, as a resend does; an
 * order that lacked an address is decided at once.
 */
export async function correctOrder(
  deps: CorrectDeps,
  input: { orderId: string; email: string; reason: string; actor: string },
): Promise<Result<{ status: OrderStatus; messageId?: string }>> {
  const named = readOrderId(input.orderId);
  if (!named.ok) return named;
  const key = named.value;
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const email = readAddress(input.email);
  if (!email.ok) return email;
  const { actor } = input;
  const wish: Wish = { key, reason: reason.value, email: email.value, actor, actId: deps.newId() };
  const result = await transact(deps, (tx, attempt) => correctInside(deps, tx, wish, attempt), {
    repairs: true,
  });
  if (!result.ok) return result;
  const { isMailed, waitsFor, decidable } = result.value;
  if (isMailed) deps.onMail();
  if (waitsFor.length > 0) await deps.restocked(waitsFor);
  if (decidable) await deps.replay(orderId(key), wish.reason, actor);
  const order = await deps.store.findOrder(key);
  if (!order) return refuse('order.unknown', { orderId: orderId(key) });
  return done({ status: order.status, ...(isMailed && { messageId: wish.actId }) });
}

interface Wish {
  key: OrderKey;
  reason: string;
  email: string;
  actor: string;
  /** The id of the mail, when there is one. */
  actId: string;
}

/** Locks in the one order: orders → keys → messages → audit. */
async function correctInside(
  deps: CorrectDeps,
  tx: Verbs,
  wish: Wish,
  attempt: number,
): Promise<Result<Corrected>> {
  const name = orderId(wish.key);
  const order = await lockOrder(tx, wish.key);
  if (!order) return refuse('order.unknown', { orderId: name });
  const decidable = order.status === 'attention' && order.reason === 'no_email';
  const quiet = { isMailed: false, waitsFor: [], decidable };
  const subject = `order:${order.id}`;
  const before = await findAct(tx, { subject, actId: wish.actId, attempt });
  if (before?.action === 'order.address_corrected') return done(quiet);
  // Corrected before, and the reading that should have followed was cut off: it is due still.
  if (!before && order.email === wish.email)
    return decidable ? done(quiet) : refuse('email.unchanged', { orderId: name });

  const keys = await tx.lockKeysOfOrders({ orderIds: [name] });
  const isServed = order.status === 'fulfilled' && givenKeys(order, keys).length > 0;
  if (before || isServed || order.status === 'waiting') {
    const resent = await resendInside(deps, tx, { ...wish, limitFor: 'staff' }, wish.actId);
    return resent.ok ? done({ ...resent.value, isMailed: true, decidable: false }) : resent;
  }
  const messages = await tx.lockMessagesOfOrders({ orderIds: [order.id] });
  const now = deps.clock.now();
  const ledger = openLedger();
  const live = keys.filter((key) => key.status === 'assigned');
  redirect(ledger, { order, recipient: wish.email, now, keys: live, messages });
  ledger.acts.push({
    subject,
    at: now,
    actor: wish.actor,
    action: 'order.address_corrected',
    fromStatus: order.status,
    toStatus: order.status,
    reason: wish.reason,
    refs: { act: wish.actId },
  });
  await writeLedger(tx, ledger);
  return done(quiet);
}
