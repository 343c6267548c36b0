import { orderId } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { givenKeys } from '../keys/given-keys.ts';
import { openLedger, writeLedger } from '../keys/ledger.ts';
import { suppressionWords } from '../mail/suppression-words.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { OrderKey, OrderRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { awaitedLines } from './awaited-lines.ts';
import { lockOrder } from './lock-order.ts';
import { readOrderId } from './read-order-id.ts';
import { readAddress } from './read-address.ts';
import { redirect } from './redirect.ts';

export interface ResendDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  onMail(): void;
  /** A filler may have passed a waiting order by while it was locked here: looks for stock once more. */
  restocked(skus: string[]): Promise<unknown>;
}

export const RESENDS_PER_HOUR = 5;
/** Buyers ask on a public page; what they ask for takes nothing from what staff may do. */
const LIMITS = { staff: RESENDS_PER_HOUR, buyer: 2 };
const BUYER = 'buyer';
const HOUR_MS = 60 * 60_000;

/**
 * Sends an order's keys again: the same keys, a new message. A corrected e-mail becomes the order's address, the old
 * one an alternate that searches still find, and mails to it that have not left are withdrawn. An order that waits for
 * stock sends the keys that it has; one without any takes a corrected address all the same: its buyer is told at once
 * that the key is on its way, and the key will follow.
 */
export async function resendOrder(
  deps: ResendDeps,
  input: {
    orderId: string;
    reason: string;
    email?: string | undefined;
    actor: string;
    limitFor?: keyof typeof LIMITS;
  },
): Promise<Result<{ messageId: string }>> {
  const named = readOrderId(input.orderId);
  if (!named.ok) return named;
  const key = named.value;
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const email = input.email === undefined ? done(null) : readAddress(input.email);
  if (!email.ok) return email;
  const limitFor = input.limitFor ?? 'staff';
  const wish = { key, reason: reason.value, email: email.value, actor: input.actor, limitFor };
  const messageId = deps.newId();
  const result = await transact(deps, (tx) => resendInside(deps, tx, wish, messageId), { repairs: true });
  if (!result.ok) return result;
  deps.onMail();
  if (result.value.waitsFor.length > 0) await deps.restocked(result.value.waitsFor);
  return done({ messageId });
}

interface ResendWish {
  key: OrderKey;
  reason: string;
  email: string | null;
  actor: string;
  limitFor: keyof typeof LIMITS;
}

/** Locks in the one order: orders → keys → messages → audit. */
export async function resendInside(
  deps: Pick<ResendDeps, 'clock'>,
  tx: Verbs,
  wish: ResendWish,
  messageId: string,
): Promise<Result<{ waitsFor: string[] }>> {
  const name = orderId(wish.key);
  const order = await lockOrder(tx, wish.key);
  if (!order) return refuse('order.unknown', { orderId: name });
  const isWaiting = order.status === 'waiting';
  const waitsFor = (await awaitedLines(tx, order)).map(({ sku }) => sku);
  const keys = givenKeys(order, await tx.lockKeysOfOrders({ orderIds: [name] }));
  const messages = await tx.lockMessagesOfOrders({ orderIds: [order.id] });
  // A COMMIT whose answer was lost: it went through.
  if (messages.some((message) => message.id === messageId)) return done({ waitsFor });
  const recipient = wish.email ?? order.email;
  const isElsewhere = recipient !== order.email;
  if (order.status !== 'fulfilled' && !(isWaiting && (isElsewhere || keys.length > 0)))
    return refuse('order.not_fulfilled', { orderId: name, status: order.status });
  if (recipient === null) return refuse('order.no_email', { orderId: name });
  if (!isWaiting && keys.length === 0) return refuse('order.no_keys', { orderId: name });
  const now = deps.clock.now();
  const action = isElsewhere ? 'order.resent_to_new_address' : 'order.resent';
  const limit = LIMITS[wish.limitFor];
  if ((await resendsSince(tx, order, action, now.getTime() - HOUR_MS, wish.limitFor)) >= limit)
    return refuse('resend.too_many', { orderId: name, limit });
  const [suppressed] = await tx.findSuppressions({ addresses: [recipient.toLowerCase()] });
  if (suppressed) return refuse('email.suppressed', { orderId: name, ...suppressionWords(suppressed) });

  const ledger = openLedger();
  if (isElsewhere) redirect(ledger, { order, recipient, now, keys, messages });
  ledger.messages.push({
    id: messageId,
    kind: keys.length > 0 ? 'key' : 'key_waiting',
    orderId: order.id,
    recipient,
    priority: 1,
    createdAt: now,
  });
  ledger.acts.push({
    subject: `order:${order.id}`,
    at: now,
    actor: wish.actor,
    action,
    fromStatus: order.status,
    toStatus: order.status,
    reason: wish.reason,
    refs: { message: messageId, ...(keys.length > 0 && { keys: keys.map((key) => key.id) }) },
  });
  await writeLedger(tx, ledger);
  return done({ waitsFor });
}

/**
 * By the trail: mails that the system sends by itself are no resends. Changes of address are counted apart: who resent
 * in vain five times may find then that the address was wrong.
 */
async function resendsSince(
  tx: Verbs,
  order: OrderRow,
  action: string,
  since: number,
  by: keyof typeof LIMITS,
): Promise<number> {
  const trail = await tx.findAudit({ subject: `order:${order.id}` });
  return trail.filter(
    (line) =>
      line.action === action && line.at.getTime() > since && (line.actor === BUYER) === (by === 'buyer'),
  ).length;
}
