import { orderId } from '../../shared/booking-event.ts';
import type { OrderStatus } from '../../shared/statuses.ts';
import { findAct } from '../audit/find-act.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { givenKeys } from '../keys/given-keys.ts';
import { giveKeys, openLedger, setLines, writeLedger, type Hand } from '../keys/ledger.ts';
import { areMailed } from '../keys/mailed.ts';
import { covering } from '../keys/plan.ts';
import { actWithKeys, claimForStaff, type ClaimDeps, type Look } from '../keys/staff-claim.ts';
import { openKeyMails } from '../mail/open-key-mails.ts';
import { readReason } from '../staff/reason.ts';
import type { OrderKey, OrderRow, ProductRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { lockOrder } from './lock-order.ts';
import { readOrderId } from './read-order-id.ts';
import { owe } from './owe.ts';
import { refuseUnreachable } from './unreachable.ts';

/** Keys of one product that staff may bring one order to. */
export const MAX_GIVEN = 200;

export interface GiveDeps extends ClaimDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  /** An order began to wait: looks for stock once more. */
  restocked(skus: string[]): Promise<unknown>;
  onAlert(): void;
  onMail(): void;
}

interface Added {
  status: OrderStatus;
  keyIds: number[];
}

/**
 * Brings an order to `upTo` keys of a product: a level, not a step, so that of two who both want 2 the second is told that
 * it has them. With `wait` the order waits for what the stock lacks. An order that was cancelled, ignored or looked at by a
 * person is set going by it, and what it is owed is then staff's word: no booking event takes it back, but a cancellation
 * that is news.
 */
export async function addKeys(
  deps: GiveDeps,
  input: { orderId: string; sku: string; upTo: number; reason: string; wait?: boolean; actor: string },
): Promise<Result<{ status: OrderStatus; added: number; messageId?: string }>> {
  const named = readOrderId(input.orderId);
  if (!named.ok) return named;
  const key = named.value;
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const { sku, upTo, wait = false, actor } = input;
  const [product] = await deps.store.findProducts({ skus: [sku] });
  if (!product) return refuse('product.unknown', { sku });
  const messageId = deps.newId();
  const wish: Wish = { key, reason: reason.value, product, upTo, wait, actor, messageId };
  const result = await actWithKeys(deps, (tx, look) => addInside(deps, tx, wish, look));
  if (!result.ok) return result;
  const { status, keyIds } = result.value;
  deps.onMail();
  if (keyIds.length > 0) deps.claimer.settled(sku, Math.max(...keyIds));
  if (status === 'fulfilled') return done({ status, added: keyIds.length, messageId });
  deps.onAlert();
  await deps.restocked([sku]);
  const order = await deps.store.findOrder(key);
  return done({ status: order?.status ?? status, added: 0 });
}

interface Wish {
  key: OrderKey;
  reason: string;
  product: ProductRow;
  upTo: number;
  wait: boolean;
  actor: string;
  /** Of the key mail; it tells the act after a COMMIT whose answer was lost. */
  messageId: string;
}

/** Locks in the one order: orders → keys → messages → audit. */
async function addInside(
  deps: GiveDeps,
  tx: Verbs,
  wish: Wish,
  look: Look,
): Promise<Result<Added> | 'look again'> {
  const { product, upTo, messageId } = wish;
  const { sku } = product;
  const name = orderId(wish.key);
  const order = await lockOrder(tx, wish.key);
  if (!order) return refuse('order.unknown', { orderId: name });
  const before = await findAct(tx, {
    subject: `order:${order.id}`,
    actId: messageId,
    attempt: look.attempt,
  });
  if (before) {
    const { keys } = before.refs;
    const status = before.toStatus === 'fulfilled' ? 'fulfilled' : 'waiting';
    return done({ status, keyIds: Array.isArray(keys) ? keys : [] });
  }
  const given = givenKeys(order, await tx.lockKeysOfOrders({ orderIds: [name] }));
  const there = given.filter((key) => key.productSku === sku).length;
  const refusal = (await refuseUnreachable(tx, order)) ?? refuseByState(order, { sku, there, upTo });
  if (refusal) return refusal;
  const missing = { sku, quantity: Math.max(0, upTo - there) };
  const claimed =
    missing.quantity === 0
      ? { kind: 'claimed' as const, keyIds: [] }
      : await claimForStaff(deps, tx, missing, look.patiently);
  if (claimed.kind === 'busy' && !look.patiently) return 'look again';
  if (claimed.kind === 'short' && !wish.wait)
    return refuse('stock.short', { sku, wanted: claimed.wanted, available: claimed.available });
  if (claimed.kind === 'busy' && !wish.wait) return refuse('stock.busy', { sku });

  const messages = await tx.lockMessagesOfOrders({ orderIds: [order.id] });
  const ledger = openLedger();
  const newId = claimed.kind === 'claimed' ? () => messageId : deps.newId;
  const hand: Hand = { now: deps.clock.now(), newId, actor: wish.actor };
  // What the order has beside is what it shall have: keys that were taken from it on purpose are not made up for.
  setLines(ledger, order, covering([{ sku, quantity: upTo }], given));
  const granted = { ...order, granted: true };
  const refs = { sku, upTo };
  if (claimed.kind === 'claimed') {
    ledger.withdrawn.push(...openKeyMails(messages));
    giveKeys(ledger, hand, granted, claimed.keyIds, wish.reason, { refs, action: 'order.keys_added' });
  } else {
    const mailGiven = !areMailed(given, messages, order.email);
    const why = wish.reason;
    owe(ledger, hand, granted, { missing, product, why, refs: { ...refs, act: messageId }, mailGiven });
  }
  await writeLedger(tx, ledger);
  return claimed.kind === 'claimed'
    ? done({ status: 'fulfilled', keyIds: claimed.keyIds })
    : done({ status: 'waiting', keyIds: [] });
}

function refuseByState(
  order: OrderRow,
  { sku, there, upTo }: { sku: string; there: number; upTo: number },
): Result<never> | null {
  const name = orderId(order);
  if (order.status === 'held') return refuse('order.pending', { orderId: name });
  if (order.status === 'waiting') return refuse('order.waiting', { orderId: name });
  if (order.status === 'fulfilled' && there >= upTo)
    return refuse('order.has_keys', { orderId: name, count: there, sku });
  return null;
}
