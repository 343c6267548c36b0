import { orderId } from '../../shared/booking-event.ts';
import { findAct } from '../audit/find-act.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { applyCancel } from '../keys/cancel.ts';
import { openLedger, writeLedger, type Hand } from '../keys/ledger.ts';
import { planCancel } from '../keys/plan-cancel.ts';
import { revealedKeys } from '../keys/revealed-keys.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { OrderKey, OrderRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { lockOrder } from './lock-order.ts';
import { readOrderId } from './read-order-id.ts';

interface CancelDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  /** Keys came free: fills the orders that wait. */
  restocked(skus: string[]): Promise<unknown>;
  onAlert(): void;
}

interface Cancelled {
  status: 'cancelled' | 'duplicate';
  freedSkus: string[];
  alerts: number;
}

/**
 * Cancels an order as its booking's cancellation would, and stops it: no later word of the booking plugin sets it going
 * again, only staff do. An order that is cancelled already is stopped too.
 */
export async function cancelOrder(
  deps: CancelDeps,
  input: { orderId: string; reason: string; actor: string },
): Promise<Result<{ status: Cancelled['status'] }>> {
  const named = readOrderId(input.orderId);
  if (!named.ok) return named;
  const key = named.value;
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const wish = { key, reason: reason.value, actor: input.actor, actId: deps.newId() };
  const result = await transact(deps, (tx, attempt) => cancelInside(deps, tx, wish, attempt), {
    repairs: true,
  });
  if (!result.ok) return result;
  const { status, freedSkus, alerts } = result.value;
  if (alerts > 0) deps.onAlert();
  if (freedSkus.length > 0) await deps.restocked(freedSkus);
  return done({ status });
}

interface Wish {
  key: OrderKey;
  reason: string;
  actor: string;
  actId: string;
}

/** Locks in the one order: orders → keys → messages → audit. */
async function cancelInside(
  deps: CancelDeps,
  tx: Verbs,
  wish: Wish,
  attempt: number,
): Promise<Result<Cancelled>> {
  const order = await lockOrder(tx, wish.key);
  const name = orderId(wish.key);
  if (!order) return refuse('order.unknown', { orderId: name });
  const hand: Hand = { now: deps.clock.now(), newId: deps.newId, actor: wish.actor };
  const before = await findAct(tx, { subject: `order:${order.id}`, actId: wish.actId, attempt });
  if (before) {
    const status = before.action === 'order.cancelled' ? 'cancelled' : 'duplicate';
    // What else the lost answer would have set off, the minute jobs do.
    return done({ status, freedSkus: [], alerts: 1 });
  }
  if (order.status === 'cancelled') {
    if (!order.stopped) await stop(tx, hand, order, wish);
    return done({ status: 'duplicate', freedSkus: [], alerts: 0 });
  }
  const isServed = order.status === 'fulfilled' || order.status === 'waiting';
  if (isServed && (await tx.findPurchasesOfOrders({ orderIds: [order.id] })).length > 0)
    return refuse('order.covers_purchase', { orderId: name });

  const keys = await tx.lockKeysOfOrders({ orderIds: [name] });
  const messages = await tx.lockMessagesOfOrders({ orderIds: [order.id] });
  const skus = [...new Set(keys.map((key) => key.productSku))];
  const products = new Map((await tx.findProducts({ skus })).map((product) => [product.sku, product]));
  const revealed = await revealedKeys(tx, [order]);
  const plan = planCancel(wish.reason, { keys, messages, products, revealed });
  const ledger = openLedger();
  applyCancel(ledger, hand, { ...order, stopped: true }, plan, { refs: { act: wish.actId } });
  await writeLedger(tx, ledger);
  const freedSkus = [...new Set(plan.keys.release.map((key) => key.productSku))];
  return done({ status: 'cancelled', freedSkus, alerts: ledger.alerts.length });
}

/** The booking plugin cancelled it first: staff's word is kept all the same, for what the plugin may say later. */
async function stop(tx: Verbs, hand: Hand, order: OrderRow, wish: Wish): Promise<void> {
  const ledger = openLedger();
  ledger.orders.set(order.id, { ...order, stopped: true, updatedAt: hand.now });
  ledger.acts.push({
    subject: `order:${order.id}`,
    at: hand.now,
    actor: hand.actor,
    action: 'order.stopped',
    fromStatus: order.status,
    toStatus: order.status,
    reason: wish.reason,
    refs: { act: wish.actId },
  });
  await writeLedger(tx, ledger);
}
