import { orderId } from '../../shared/booking-event.ts';
import { findAct } from '../audit/find-act.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { openKeyMails } from '../mail/open-key-mails.ts';
import { awaitedLines } from '../orders/awaited-lines.ts';
import { refuseUnreachable } from '../orders/unreachable.ts';
import { readReason } from '../staff/reason.ts';
import type { OrderRow } from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';
import { giveKeys, openLedger, writeLedger, type Hand } from './ledger.ts';
import { maskKey } from './mask-key.ts';
import { lockOwnKey, refuseUnlessLive } from './own-key.ts';
import { actWithKeys, claimForStaff, type ClaimDeps, type Look } from './staff-claim.ts';

export interface ReplaceDeps extends ClaimDeps {
  clock: Clock;
  newId: NewId;
  onMail(): void;
  /** A filler may have passed a waiting order by while it was locked here: looks for stock once more. */
  restocked(skus: string[]): Promise<unknown>;
}

export interface Replaced {
  oldKeyId: number;
  newKeyId: number;
  /** The new key. */
  masked: string;
  messageId: string;
}

interface Wish {
  keyId: number;
  reason: string;
  actor: string;
  messageId: string;
}

/** Revokes a key and gives its order another of the same product, in one transaction; the mail says that it replaces it. */
export async function replaceKey(
  deps: ReplaceDeps,
  input: { keyId: number; reason: string; actor: string },
): Promise<Result<Replaced>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const wish: Wish = { ...input, reason: reason.value, messageId: deps.newId() };
  const result = await actWithKeys(deps, (tx, look) => replaceInside(deps, tx, wish, look));
  if (!result.ok) return result;
  const { sku, waitsFor, ...replaced } = result.value;
  deps.claimer.settled(sku, replaced.newKeyId);
  deps.onMail();
  if (waitsFor.length > 0) await deps.restocked(waitsFor);
  return done(replaced);
}

/** Locks in the one order: orders → keys → messages → audit. */
async function replaceInside(
  deps: ReplaceDeps,
  tx: Verbs,
  wish: Wish,
  look: Look,
): Promise<Result<Replaced & { sku: string; waitsFor: string[] }> | 'look again'> {
  const { keyId, messageId } = wish;
  const own = await lockOwnKey(tx, keyId);
  if (!own) return refuse('key.unknown', { keyId });
  const { order, key } = own;
  const sku = key.productSku;
  if (order) {
    const subject = `order:${order.id}`;
    const before = await findAct(tx, { subject, actId: messageId, attempt: look.attempt });
    const newKeyId = Array.isArray(before?.refs.keys) ? before.refs.keys[0] : undefined;
    if (newKeyId !== undefined) return done({ ...(await wordsOf(tx, wish, newKeyId)), sku, waitsFor: [sku] });
  }
  const refusal = refuseUnlessLive(own) ?? (await refuseByOrder(tx, own));
  if (refusal || !order) return refusal ?? refuse('key.unknown', { keyId });
  const claimed = await claimForStaff(deps, tx, { sku, quantity: 1 }, look.patiently);
  const [newKeyId] = claimed.kind === 'claimed' ? claimed.keyIds : [];
  if (claimed.kind === 'short')
    return refuse('stock.short', { sku, wanted: 1, available: claimed.available });
  if (newKeyId === undefined) return look.patiently ? refuse('stock.busy', { sku }) : 'look again';

  const messages = await tx.lockMessagesOfOrders({ orderIds: [order.id] });
  const ledger = openLedger();
  const hand: Hand = { now: deps.clock.now(), newId: () => messageId, actor: wish.actor };
  ledger.revoked.push(keyId);
  ledger.withdrawn.push(...openKeyMails(messages));
  giveKeys(ledger, hand, order, [newKeyId], wish.reason, {
    refs: { revoked: [keyId] },
    action: 'order.key_replaced',
    to: order.status === 'waiting' ? 'waiting' : 'fulfilled',
  });
  await writeLedger(tx, ledger);
  const waitsFor = (await awaitedLines(tx, order)).map((line) => line.sku);
  return done({ ...(await wordsOf(tx, wish, newKeyId)), sku, waitsFor });
}

async function wordsOf(tx: Verbs, { keyId, messageId }: Wish, newKeyId: number): Promise<Replaced> {
  const key = await tx.findKey({ id: newKeyId });
  return { oldKeyId: keyId, newKeyId, masked: maskKey(key?.licenseKey ?? ''), messageId };
}

async function refuseByOrder(
  tx: Verbs,
  { order, key }: { order: OrderRow | null; key: { id: number } },
): Promise<Result<never> | null> {
  if (!order) return null;
  // One that waits lacks others of its keys; those that it has are its buyer's.
  if (order.status !== 'fulfilled' && order.status !== 'waiting') {
    const words = { keyId: key.id, orderId: orderId(order), status: order.status };
    return refuse('key.order_not_fulfilled', words);
  }
  return refuseUnreachable(tx, order);
}
