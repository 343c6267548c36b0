import { orderId } from '../../shared/booking-event.ts';
import type { OrderStatus } from '../../shared/statuses.ts';
import type { ItemRef, KeyRow, MessageRow, NewOrder, OrderRow } from '../store/rows.ts';
import { StoreError } from '../store/store-error.ts';
import type { Verbs } from '../store/store.ts';
import {
  compareKeys,
  itemOf,
  itemOfOrder,
  itemText,
  keyOf,
  keyText,
  type Arrival,
  type Case,
  type Receipt,
} from './arrival.ts';
import type { Claimer } from './claim.ts';
import { applyCases, type Outcome } from './apply.ts';
import { givenKeys } from './given-keys.ts';
import { openLedger, writeLedger, type Hand } from './ledger.ts';
import { factsAfter, isOld, needsLock, planCase } from './plan.ts';
import { coveringOrders, settlePurchases } from './purchases.ts';
import { wasMailed } from './mailed.ts';
import { wish } from './policy.ts';
import { revealedKeys } from './revealed-keys.ts';
import { share, type Demand } from './share.ts';
import { lockSupply } from './supply.ts';
import { statusOf } from './transition.ts';

export interface VendDeps {
  claimer: Claimer;
  defaultSku: string | null;
  hand: Omit<Hand, 'actor'>;
}

/**
 * `quick` skips locked keys and leaves doubtful shortages undecided; `patient` waits for locked keys; `debt` records a
 * doubtful shortage as `waiting`: the debt is durable, and the filler repairs it.
 */
export type VendMode = 'quick' | 'patient' | 'debt';

export interface Vended {
  receipts: Map<string, Receipt>;
  /** Deliveries of which nothing was written, because others hold the keys they need. */
  undecided: Set<string>;
  outcome: Outcome;
}

/**
 * Acts on several deliveries in ONE transaction: record orders → lock orders → claim keys → assign → queue mail → audit
 * → record deliveries. At most one acting delivery per order; `copies` (by the acting delivery's id) are equal ones that
 * are stored and answered with it. Deliveries that are already stored (a lost COMMIT answer) must not come here again.
 */
export async function vend(
  deps: VendDeps,
  tx: Verbs,
  arrivals: Arrival[],
  copies: Map<string, Arrival[]>,
  mode: VendMode,
): Promise<Vended> {
  const cases = await openCases(deps, tx, arrivals);
  await recordOrders(deps, tx, cases);
  await remapKnown(deps, tx, cases);
  await lockMoving(deps, tx, cases);
  await settlePurchases(tx, cases);
  await planAll(tx, cases);

  const demands = cases.flatMap(demandOf);
  const behind = new Set(await tx.skusWaiting({ skus: [...new Set(demands.flatMap(skusOf))] }));
  const queued = demands.filter((demand) => skusOf(demand).some((sku) => behind.has(sku)));
  const claiming = demands.filter((demand) => !queued.includes(demand));
  const supply = await lockSupply(deps, tx, claiming, mode === 'patient');
  const shares = share(claiming, supply);
  const sales = new Set(
    cases.filter((one) => one.plan.kind === 'claim' && one.plan.for === 'sale').map((one) => one.id),
  );
  const doubtful = mode === 'debt' ? [] : shares.undecided.filter((id) => sales.has(id));
  const undecided = new Set(
    cases.filter((one) => doubtful.includes(one.id)).map((one) => one.arrival.delivery.id),
  );

  const decided = cases.filter((one) => !undecided.has(one.arrival.delivery.id));
  const left = cases.filter((one) => undecided.has(one.arrival.delivery.id) && one.isNew && one.order);
  await tx.deleteOrders({ ids: left.flatMap((one) => (one.order ? [one.order.id] : [])) });

  const ledger = openLedger();
  // A hold asks its product for how long, a sale that has to wait whether the buyer is told.
  const asking = demands.filter((demand) => !sales.has(demand.id) || !shares.served.has(demand.id));
  const skus = [...new Set(asking.flatMap(skusOf))];
  const products = new Map((await tx.findProducts({ skus })).map((product) => [product.sku, product]));
  const { receipts, outcome } = applyCases({
    ledger,
    hand: deps.hand,
    cases: decided,
    arrivals: arrivals.filter((arrival) => !undecided.has(arrival.delivery.id)),
    copies,
    served: shares.served,
    passedOver: new Set(shares.passedOver),
    products,
  });
  await writeLedger(tx, ledger);
  return { receipts, undecided, outcome };
}

async function openCases(deps: VendDeps, tx: Verbs, arrivals: Arrival[]): Promise<Case[]> {
  const open = arrivals.flatMap((arrival) =>
    arrival.events.map((event) => ({ arrival, event, key: keyOf(arrival, event) })),
  );
  const items = new Map<string, ItemRef>();
  for (const { key, event } of open) {
    const item = itemOf(key, event);
    if (item) items.set(itemText(item), item);
  }
  const mappings = new Map(
    (await tx.findMappings({ items: [...items.values()] })).map((mapping) => [itemText(mapping), mapping]),
  );
  return open.map(({ arrival, event, key }, id) => {
    const item = itemOf(key, event);
    const mapping = item ? (mappings.get(itemText(item)) ?? null) : null;
    return {
      id,
      arrival,
      event,
      key,
      mapping,
      wish: wish(event, { mapping, defaultSku: deps.defaultSku, email: null }),
      order: null,
      isNew: false,
      waitsFor: [],
      plan: { kind: 'stay', answer: 'ignored', note: '', learn: false },
    };
  });
}

/**
 * Reads first, so that a redelivery locks nothing; then inserts what is missing, or nothing, sorted, with the status
 * that is expected, and reads that back: an order is ours if its first delivery is.
 */
async function recordOrders(deps: VendDeps, tx: Verbs, cases: Case[]): Promise<void> {
  await findInto(tx, cases);
  const creating = cases.filter((one) => one.order === null && one.wish.kind !== 'nothing');
  await tx.insertOrders({ orders: creating.map((one) => newOrder(one, deps.hand.now)).sort(compareKeys) });
  await findInto(tx, creating);
  for (const one of creating) one.isNew = one.order?.firstDeliveryId === one.arrival.delivery.id;
  if (creating.some((one) => one.order === null)) {
    // Another transaction inserted the row and took it back meanwhile.
    throw new StoreError('store.transient', 'reading back inserted orders', 'missing-row');
  }
}

async function findInto(tx: Verbs, cases: Case[]): Promise<void> {
  const rows = await tx.findOrders({ keys: cases.map((one) => one.key) });
  const found = new Map(rows.map((order) => [keyText(order), order]));
  for (const one of cases) one.order = found.get(keyText(one.key)) ?? null;
}

/** Wishes for orders with a history: some hooks do not say which course was booked, or by whom; the order knows. */
async function remapKnown(deps: VendDeps, tx: Verbs, cases: Case[]): Promise<void> {
  const known = cases.filter((one) => one.order !== null && !one.isNew);
  const silent = known.filter((one) => one.event.item === null);
  const items = silent.flatMap((one) => itemOfOrder(one.order) ?? []);
  const mappings = new Map((await tx.findMappings({ items })).map((mapping) => [itemText(mapping), mapping]));
  for (const one of silent) {
    const item = itemOfOrder(one.order);
    one.mapping = item ? (mappings.get(itemText(item)) ?? null) : null;
  }
  for (const one of known) {
    one.wish = wish(one.event, {
      mapping: one.mapping,
      defaultSku: deps.defaultSku,
      email: one.order?.email ?? null,
    });
  }
}

function newOrder(one: Case, now: Date): NewOrder {
  const { id, replayOf } = one.arrival.delivery;
  const facts = factsAfter(null, one.event, one.wish, {
    deliveryId: replayOf ?? id,
    isOld: isOld(one.arrival),
  });
  const status: OrderStatus = one.wish.kind === 'nothing' ? 'ignored' : statusOf(one.wish);
  return { ...one.key, ...facts, status, firstDeliveryId: one.arrival.delivery.id, createdAt: now };
}

async function lockMoving(deps: VendDeps, tx: Verbs, cases: Case[]): Promise<void> {
  const moving = cases.filter(needsLock);
  const ids = moving.flatMap((one) => (one.order ? [one.order.id] : [])).sort((a, b) => a - b);
  const locked = new Map((await tx.lockOrders({ ids })).map((order) => [order.id, order]));
  for (const one of moving) {
    one.order = (one.order && locked.get(one.order.id)) ?? null;
    if (!one.order) throw new StoreError('store.transient', 'locking orders', 'missing-row');
    one.wish = wish(one.event, { mapping: one.mapping, defaultSku: deps.defaultSku, email: one.order.email });
  }
}

/** Reads what moving orders hold (keys and mails locked, in that order), and plans each case. */
async function planAll(tx: Verbs, cases: Case[]): Promise<void> {
  const withPast = cases.filter(
    (one): one is Case & { order: OrderRow } => one.order !== null && !one.isNew && needsLock(one),
  );
  const keys = await tx.lockKeysOfOrders({ orderIds: withPast.map((one) => orderId(one.order)) });
  const covering = await coveringOrders(tx, withPast);
  const messages = await tx.lockMessagesOfOrders({ orderIds: withPast.map((one) => one.order.id) });
  const skus = [...new Set(keys.map((key) => key.productSku))];
  const products = new Map((await tx.findProducts({ skus })).map((product) => [product.sku, product]));
  const revealed = await revealedKeys(tx, cancelledUnseen(withPast, keys, messages));
  const owing = withPast.flatMap(({ order }) =>
    order.status === 'waiting' || order.granted ? [order.id] : [],
  );
  const lines = await tx.findLines({ orderIds: owing });
  for (const one of cases) {
    const order = one.order;
    const own = lines.filter((line) => line.orderId === order?.id);
    one.waitsFor = order?.status === 'waiting' ? own.map(({ sku }) => sku) : [];
    one.plan = planCase(one, {
      lines: order && owing.includes(order.id) ? own : null,
      keys: order ? keys.filter((key) => key.assignedOrderId === orderId(order)) : [],
      messages: order ? messages.filter((message) => message.orderId === order.id) : [],
      products,
      revealed,
      coversPurchase: order !== null && covering.has(order.id),
    });
  }
}

/** Few: only of these the trail has to be read, for whether staff looked at their keys. */
function cancelledUnseen(
  cases: (Case & { order: OrderRow })[],
  keys: KeyRow[],
  messages: MessageRow[],
): OrderRow[] {
  const cancelled = cases.flatMap((one) => (one.wish.kind === 'cancel' ? [one.order] : []));
  return cancelled.filter((order) => {
    const own = messages.filter((message) => message.orderId === order.id);
    return givenKeys(order, keys).some((key) => !wasMailed(key, own));
  });
}

function demandOf(one: Case): Demand[] {
  return one.plan.kind === 'claim' && one.plan.missing.length > 0
    ? [{ id: one.id, lines: one.plan.missing }]
    : [];
}

function skusOf(demand: Demand): string[] {
  return demand.lines.map((line) => line.sku);
}
