import { z } from 'zod';
import { orderId, parseOrderId } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { openLedger, writeLedger } from '../keys/ledger.ts';
import { suppressionWords } from '../mail/suppression-words.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { KeyRow, MessageRow, OrderKey, OrderRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';

export interface ResendDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  onMail(): void;
}

export const RESENDS_PER_HOUR = 5;
const HOUR_MS = 60 * 60_000;

/** Mails that have not surely left: with a corrected address they must not go to the wrong one any more. */
const UNSENT: readonly MessageRow['status'][] = ['queued', 'retrying', 'unknown'];

const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email());

/**
 * Sends an order's keys again: the same keys, a new message. A corrected e-mail becomes the order's address, the old
 * one an alternate that searches still find, and mails to it that have not left are withdrawn.
 */
export async function resendOrder(
  deps: ResendDeps,
  input: { orderId: string; reason: string; email?: string | undefined; actor: string },
): Promise<Result<{ messageId: string }>> {
  const key = parseOrderId(input.orderId);
  if (!key) return refuse('order.unknown', { orderId: input.orderId });
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const email = input.email === undefined ? null : emailSchema.safeParse(input.email);
  if (email && !email.success) return refuse('email.invalid', {});
  const wish = { key, reason: reason.value, email: email?.data ?? null, actor: input.actor };
  const messageId = deps.newId();
  const result = await transact(deps, (tx) => resendInside(deps, tx, wish, messageId), { repairs: true });
  if (result.ok) deps.onMail();
  return result;
}

interface Wish {
  key: OrderKey;
  reason: string;
  email: string | null;
  actor: string;
}

async function resendInside(
  deps: ResendDeps,
  tx: Verbs,
  wish: Wish,
  messageId: string,
): Promise<Result<{ messageId: string }>> {
  const name = orderId(wish.key);
  const seen = await tx.findOrder(wish.key);
  const [order] = seen ? await tx.lockOrders({ ids: [seen.id] }) : [];
  if (!order) return refuse('order.unknown', { orderId: name });
  if (order.status !== 'fulfilled')
    return refuse('order.not_fulfilled', { orderId: name, status: order.status });
  const recipient = wish.email ?? order.email;
  if (recipient === null) return refuse('order.no_email', { orderId: name });
  const keys = (await tx.lockKeysOfOrders({ orderIds: [name] })).filter(
    (key) => key.status === 'assigned' && key.assignedAt !== null,
  );
  if (keys.length === 0) return refuse('order.no_keys', { orderId: name });
  const messages = await tx.lockMessagesOfOrders({ orderIds: [order.id] });
  // A COMMIT whose answer was lost: it went through.
  if (messages.some((message) => message.id === messageId)) return done({ messageId });
  const now = deps.clock.now();
  if (resendsSince(messages, now.getTime() - HOUR_MS) >= RESENDS_PER_HOUR)
    return refuse('resend.too_many', { orderId: name, limit: RESENDS_PER_HOUR });
  const [suppressed] = await tx.findSuppressions({ addresses: [recipient.toLowerCase()] });
  if (suppressed) return refuse('email.suppressed', { orderId: name, ...suppressionWords(suppressed) });

  const ledger = openLedger();
  if (recipient !== order.email) redirect(ledger, { order, recipient, now, keys, messages });
  ledger.messages.push({
    id: messageId,
    kind: 'key',
    orderId: order.id,
    recipient,
    priority: 1,
    createdAt: now,
  });
  ledger.acts.push({
    subject: `order:${order.id}`,
    at: now,
    actor: wish.actor,
    action: recipient === order.email ? 'order.resent' : 'order.resent_to_new_address',
    fromStatus: order.status,
    toStatus: order.status,
    reason: wish.reason,
    refs: { message: messageId, keys: keys.map((key) => key.id) },
  });
  await writeLedger(tx, ledger);
  return done({ messageId });
}

/** The first mail with an order's keys is their delivery, not a resend; a waiting notice has no keys. */
function resendsSince(messages: MessageRow[], since: number): number {
  const [, ...resends] = messages
    .filter((message) => message.kind === 'key')
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  return resends.filter((message) => message.createdAt.getTime() > since).length;
}

function redirect(
  ledger: ReturnType<typeof openLedger>,
  given: { order: OrderRow; recipient: string; now: Date; keys: KeyRow[]; messages: MessageRow[] },
): void {
  const { order, recipient, now, keys, messages } = given;
  ledger.orders.set(order.id, { ...order, email: recipient, updatedAt: now });
  if (order.email !== null) ledger.alternates.push({ orderId: order.id, email: order.email });
  for (const key of keys)
    ledger.assignments.push({
      keyId: key.id,
      email: recipient,
      orderId: orderId(order),
      coupon: key.assignedCouponCode,
      assignedAt: key.assignedAt,
    });
  ledger.withdrawn.push(
    ...messages
      .filter((message) => message.kind === 'key' && UNSENT.includes(message.status))
      .map(({ id }) => id),
  );
}
