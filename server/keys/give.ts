import { orderId } from '../../shared/booking-event.ts';
import type { OrderStatus } from '../../shared/statuses.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { GiveDeps } from '../orders/add-keys.ts';
import { lockOrder } from '../orders/lock-order.ts';
import { owe } from '../orders/owe.ts';
import { readAddress } from '../orders/read-address.ts';
import { newStaffOrder, staffOrderKey } from '../orders/staff-order.ts';
import { suppressionWords } from '../mail/suppression-words.ts';
import { readReason } from '../staff/reason.ts';
import { StoreError } from '../store/store-error.ts';
import type { AuditLine, OrderKey, OrderRow, ProductRow } from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';
import { cleanCoupon, cleanLine, MAX_NAME } from '../webhook/clean-values.ts';
import { giveKeys, openLedger, setLines, writeLedger, type Hand } from './ledger.ts';
import { actWithKeys, claimForStaff, type Look } from './staff-claim.ts';

export interface GiveInput {
  sku: string;
  quantity: number;
  email: string;
  name?: string | undefined;
  coupon?: string | undefined;
  reason: string;
  /** A UUID of the caller's: the same request asked for again gives nothing twice. */
  requestId?: string | undefined;
  /** Short of stock, the order waits instead of being refused. */
  wait?: boolean | undefined;
  actor: string;
}

interface Given {
  orderId: string;
  status: OrderStatus;
  messageId?: string;
}

/** Gives keys to a person who has no booking: an order of the source `staff`, with a mail like any other. */
export async function giveWithoutOrder(deps: GiveDeps, input: GiveInput): Promise<Result<Given>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const email = readAddress(input.email);
  if (!email.ok) return email;
  const { sku } = input;
  const [product] = await deps.store.findProducts({ skus: [sku] });
  if (!product) return refuse('product.unknown', { sku });
  const requestId = (input.requestId ?? deps.newId()).toLowerCase();
  const key = staffOrderKey(requestId);
  const wish: Wish = {
    key,
    requestId,
    product,
    quantity: input.quantity,
    email: email.value,
    name: cleanLine(input.name ?? '', MAX_NAME),
    coupon: cleanCoupon(input.coupon ?? '')?.code ?? null,
    reason: reason.value,
    wait: input.wait ?? false,
    actor: input.actor,
    messageId: deps.newId(),
  };
  const result = await actWithKeys(deps, (tx, look) => giveInside(deps, tx, wish, look));
  if (!result.ok) return result;
  const { keyIds, ...given } = result.value;
  deps.onMail();
  if (keyIds.length > 0) deps.claimer.settled(sku, Math.max(...keyIds));
  if (given.status !== 'waiting') return done(given);
  deps.onAlert();
  await deps.restocked([sku]);
  const order = await deps.store.findOrder(key);
  return done({ ...given, status: order?.status ?? given.status });
}

interface Wish {
  key: OrderKey;
  requestId: string;
  product: ProductRow;
  quantity: number;
  email: string;
  name: string | null;
  coupon: string | null;
  reason: string;
  wait: boolean;
  actor: string;
  messageId: string;
}

/**
 * Insert or nothing, then the lock: of two with the same request the second comes to an order that has its trail by now. A
 * refusal takes the order back. Locks in the one order: orders → keys → audit.
 */
async function giveInside(
  deps: GiveDeps,
  tx: Verbs,
  wish: Wish,
  look: Look,
): Promise<Result<Given & { keyIds: number[] }> | 'look again'> {
  const { key, product, quantity, email, name, coupon, requestId, messageId } = wish;
  const { sku } = product;
  const now = deps.clock.now();
  const facts = { email, name, coupon, units: quantity, createdAt: now, requestId };
  await tx.insertOrders({ orders: [newStaffOrder(key, facts)] });
  const order = await lockOrder(tx, key);
  if (!order) throw new StoreError('store.transient', 'reading back an order of staff', 'missing-row');
  const [first] = await tx.findAudit({ subject: `order:${order.id}` });
  if (first) return repeated(order, first, await tx.findAlternates({ orderId: order.id }), wish);

  const takeBack = () => tx.deleteOrders({ ids: [order.id] });
  const [suppressed] = await tx.findSuppressions({ addresses: [email] });
  if (suppressed) {
    await takeBack();
    return refuse('email.blocked', suppressionWords(suppressed));
  }
  const claimed = await claimForStaff(deps, tx, { sku, quantity }, look.patiently);
  if (claimed.kind !== 'claimed' && (!wish.wait || (claimed.kind === 'busy' && !look.patiently))) {
    await takeBack();
    const { kind, wanted, available } = claimed;
    if (kind === 'short') return refuse('stock.short', { sku, wanted, available });
    return look.patiently ? refuse('stock.busy', { sku }) : 'look again';
  }
  const ledger = openLedger();
  const hand: Hand = { now, newId: () => messageId, actor: wish.actor };
  const refs = { sku, quantity };
  setLines(ledger, order, [{ sku, quantity }]);
  const words = { orderId: orderId(order) };
  if (claimed.kind === 'claimed') {
    giveKeys(ledger, hand, order, claimed.keyIds, wish.reason, { refs, isNew: true });
    await writeLedger(tx, ledger);
    return done({ ...words, status: 'fulfilled', messageId, keyIds: claimed.keyIds });
  }
  owe(ledger, hand, order, { missing: { sku, quantity }, product, why: wish.reason, refs, isNew: true });
  await writeLedger(tx, ledger);
  return done({ ...words, status: 'waiting', keyIds: [] });
}

/** The request was done before: the same answer, unless it asks for something else now. */
function repeated(
  order: OrderRow,
  first: AuditLine,
  formerAddresses: string[],
  wish: Wish,
): Result<Given & { keyIds: number[] }> {
  const same =
    order.firstDeliveryId === wish.requestId &&
    first.refs.sku === wish.product.sku &&
    first.refs.quantity === wish.quantity &&
    [order.email, ...formerAddresses].includes(wish.email) &&
    order.name === wish.name &&
    order.coupon === wish.coupon;
  if (!same) return refuse('request.changed', { orderId: orderId(order) });
  const { message } = first.refs;
  return done({
    orderId: orderId(order),
    status: order.status,
    ...(typeof message === 'string' && { messageId: message }),
    keyIds: [],
  });
}
