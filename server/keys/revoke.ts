import { orderId } from '../../shared/booking-event.ts';
import { findAct } from '../audit/find-act.ts';
import { standInLine } from '../audit/stand-in-line.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { awaitedLines } from '../orders/awaited-lines.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { OrderLine } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { openLedger, setLines, writeLedger } from './ledger.ts';
import { lockOwnKey, refuseUnlessLive } from './own-key.ts';
import type { Owed } from './policy.ts';

interface RevokeDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  /** A filler may have passed a waiting order by while it was locked here: looks for stock once more. */
  restocked(skus: string[]): Promise<unknown>;
}

interface Revoked {
  keyId: number;
  status: 'revoked';
  /** The order that had it, which gets no other for it; null for a key in stock. */
  orderId: string | null;
}

interface RevokeInput {
  keyId: number;
  reason: string;
  actor: string;
  /** Keys in stock are theirs to take. */
  mayTakeStock?: boolean;
  /** It was seen in stock: refused when a buyer was given it meanwhile. */
  inStock?: boolean;
}

interface Wish {
  keyId: number;
  reason: string;
  actor: string;
  mayTakeStock: boolean;
  inStock: boolean;
  actId: string;
}

/**
 * Takes a key back for good: from its order, which stays as it is and gets no other for it, or out of stock, when it is
 * known to be bad. A mail that would have brought it brings what is left, or is withdrawn when nothing is. An order that
 * waits for more is owed one less, or it would be given another in the place of this one. A key in stock is revoked by
 * those alone who look after the stock (`mayTakeStock`).
 */
export async function revokeKey(deps: RevokeDeps, input: RevokeInput): Promise<Result<Revoked>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const { mayTakeStock = false, inStock = false } = input;
  const wish: Wish = { ...input, mayTakeStock, inStock, reason: reason.value, actId: deps.newId() };
  // A free key has a trail of its own, and looks at it do not lock the key.
  const result = await standInLine(deps, () =>
    transact(deps, (tx, attempt) => revokeInside(deps, tx, wish, attempt), { repairs: true }),
  );
  if (!result.ok) return result;
  const { waitsFor, orderId: from } = result.value;
  if (waitsFor.length > 0) await deps.restocked(waitsFor);
  return done({ keyId: input.keyId, status: 'revoked', orderId: from });
}

async function revokeInside(
  deps: RevokeDeps,
  tx: Verbs,
  wish: Wish,
  attempt: number,
): Promise<Result<{ waitsFor: string[]; orderId: string | null }>> {
  const { keyId, actId } = wish;
  const own = await lockOwnKey(tx, keyId);
  if (!own) return refuse('key.unknown', { keyId });
  const { key, order } = own;
  const subject = order ? `order:${order.id}` : `key:${keyId}`;
  const lines = await awaitedLines(tx, order);
  const answer = done({ waitsFor: lines.map(({ sku }) => sku), orderId: order && orderId(order) });
  if (await findAct(tx, { subject, actId, attempt })) return answer;
  if (wish.inStock && order && key.status === 'assigned')
    return refuse('key.sold', { keyId, orderId: orderId(order) });
  const isFree = key.status === 'available';
  if (isFree && !wish.mayTakeStock) return refuse('key.in_stock', { keyId });
  const refusal = isFree ? null : refuseUnlessLive(own);
  if (refusal) return refusal;
  const ledger = openLedger();
  ledger.revoked.push(keyId);
  const at = deps.clock.now();
  if (order && lines.length > 0) {
    setLines(ledger, order, lessOne(lines, key.productSku));
    // What it is owed is staff's word from now on, or its booking, told again, would bring the key back.
    ledger.orders.set(order.id, { ...order, granted: true, updatedAt: at });
  }
  ledger.acts.push({
    subject,
    at,
    actor: wish.actor,
    action: order ? 'order.key_revoked' : 'key.revoked',
    fromStatus: order ? order.status : 'available',
    toStatus: order ? order.status : 'revoked',
    reason: wish.reason,
    refs: { revoked: [keyId], act: actId },
  });
  await writeLedger(tx, ledger);
  return answer;
}

function lessOne(lines: OrderLine[], sku: string): Owed[] {
  return lines.flatMap((line) => {
    const quantity = line.quantity - (line.sku === sku ? 1 : 0);
    return quantity > 0 ? [{ sku: line.sku, quantity }] : [];
  });
}
