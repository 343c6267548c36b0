import { orderId } from '../../shared/booking-event.ts';
import type { ReceiptStatus } from '../../shared/statuses.ts';
import type { ItemRef, OrderRow, ProductRow } from '../store/rows.ts';
import { itemOf, type Arrival, type Case, type Receipt } from './arrival.ts';
import { applyCancel } from './cancel.ts';
import { applyKeyPlan, keyRefs, type KeyPlan } from './key-plan.ts';
import {
  giveKeys,
  holdKeys,
  moveOrder,
  queueMail,
  queueNotice,
  setLines,
  type Hand,
  type Ledger,
} from './ledger.ts';
import { recordDelivery, type Answer } from './record-delivery.ts';
import { factsAfter, isOld, newAddresses, type Plan } from './plan.ts';
import { isCalledOff } from './transition.ts';

/** What must happen after COMMIT. */
export interface Outcome {
  mails: number;
  alerts: number;
  /** Highest key taken, per SKU. */
  taken: Map<string, number>;
  /** Orders that were committed as `waiting`, by the SKUs they wait for. */
  waitingSkus: Set<string>;
  /** SKUs with keys that came back. */
  releasedSkus: Set<string>;
  /** Courses that no mapping was known for. */
  unmapped: ItemRef[];
}

export function noOutcome(): Outcome {
  return {
    mails: 0,
    alerts: 0,
    taken: new Map(),
    waitingSkus: new Set(),
    releasedSkus: new Set(),
    unmapped: [],
  };
}

interface Applying {
  ledger: Ledger;
  hand: Omit<Hand, 'actor'>;
  cases: Case[];
  arrivals: Arrival[];
  copies: Map<string, Arrival[]>;
  served: Map<number, number[]>;
  passedOver: Set<number>;
  products: Map<string, ProductRow>;
}

/** Turns plans and shares into ledger lines and answers. Pure but for the ids it makes. */
export function applyCases(input: Applying): { receipts: Map<string, Receipt>; outcome: Outcome } {
  const outcome = noOutcome();
  const receipts = new Map<string, Receipt>();
  for (const arrival of input.arrivals) {
    const cases = input.cases.filter((one) => one.arrival === arrival);
    const answers = cases.map((one) => applyCase(input, outcome, one));
    receipts.set(arrival.delivery.id, recordDelivery(input, arrival, cases, answers));
    for (const copy of input.copies.get(arrival.delivery.id) ?? []) {
      const note = `the same as delivery ${arrival.delivery.id}`;
      const repeats = answers.map((answer) => ({ ...answer, status: 'duplicate' as const, note }));
      receipts.set(copy.delivery.id, recordDelivery(input, copy, cases, repeats));
    }
  }
  outcome.mails = input.ledger.messages.length;
  outcome.alerts = input.ledger.alerts.length;
  return { receipts, outcome };
}

function applyCase(input: Applying, outcome: Outcome, one: Case): Answer {
  const { ledger } = input;
  const hand: Hand = { ...input.hand, actor: one.arrival.actor };
  const reading = { deliveryId: deliveryOf(one), isOld: isOld(one.arrival) };
  const order = one.order && { ...one.order, ...factsAfter(past(one), one.event, one.wish, reading) };
  const id = orderId(one.key);
  const answer = (status: ReceiptStatus, note: string): Answer => ({ orderId: id, status, note });
  if (!order) {
    if (one.event.rev !== null) ledger.passed.push({ ...one.key, rev: one.event.rev });
    return answer('ignored', one.plan.kind === 'stay' ? one.plan.note : '');
  }
  order.status = one.order?.status ?? order.status;
  // One that staff cancelled moves by their own replay alone: they set it going, as with keys that they add.
  order.granted ||= order.stopped;
  ledger.alternates.push(...newAddresses(order, one.event));
  const plan = one.plan;
  switch (plan.kind) {
    case 'stay':
      if (plan.learn && one.order) learn(ledger, hand, one.order, one);
      lookAgain(outcome, one);
      return answer(plan.answer, plan.note);
    case 'flag':
      if (one.order) learn(ledger, hand, one.order, one);
      lookAgain(outcome, one);
      alert(ledger, hand, 'conflict', one, plan.note);
      return answer('attention', plan.note);
    case 'cancel':
      noteReleased(outcome, plan.keys);
      applyCancel(ledger, hand, order, plan, { isNew: one.isNew });
      return answer('cancelled', plan.note);
    case 'set-aside':
      letGo(ledger, outcome, plan.keys);
      moveOrder(ledger, hand, order, plan.to, plan.note, keyRefs(plan.keys), one.isNew);
      if (plan.to === 'attention') {
        alert(ledger, hand, 'attention', one, plan.note);
        const item = itemOf(one.key, one.event);
        if (order.reason === 'unmapped' && item) outcome.unmapped.push(item);
      }
      return answer(plan.to, plan.note);
    case 'keep':
      letGo(ledger, outcome, plan.keys);
      setLines(ledger, order, plan.lines);
      keep(ledger, hand, order, plan);
      return answer('fulfilled', plan.note);
    case 'keep-held':
      setLines(ledger, order, plan.lines);
      moveOrder(ledger, hand, order, 'held', plan.note, {}, one.isNew);
      return answer('held', plan.note);
    case 'claim':
      letGo(ledger, outcome, plan.keys);
      setLines(ledger, order, plan.lines);
      return claimed(input, outcome, one, plan, order, hand);
  }
}

function claimed(
  input: Applying,
  outcome: Outcome,
  one: Case,
  plan: Extract<Plan, { kind: 'claim' }>,
  order: OrderRow,
  hand: Hand,
): Answer {
  const { ledger } = input;
  const id = orderId(one.key);
  const minutes = Math.max(0, ...plan.missing.map((line) => input.products.get(line.sku)?.holdMinutes ?? 0));
  const served = input.served.get(one.id);
  const keyIds = plan.for === 'hold' && minutes === 0 ? undefined : served;
  const refs = { ...keyRefs(plan.keys), ...(keyIds && { keys: keyIds }) };
  if (keyIds) {
    for (const { sku } of plan.missing)
      outcome.taken.set(sku, Math.max(outcome.taken.get(sku) ?? 0, ...keyIds));
  }
  if (plan.for === 'hold') {
    const note = keyIds ? `pending; keys are on hold for ${minutes} minutes` : 'pending; no keys on hold';
    if (keyIds) holdKeys(ledger, order, keyIds, minutes * 60_000);
    moveOrder(ledger, hand, order, 'held', note, refs, one.isNew);
    return { orderId: id, status: 'held', note };
  }
  if (keyIds) {
    giveKeys(ledger, hand, order, keyIds, 'sold; the oldest free keys', { refs, isNew: one.isNew });
    return { orderId: id, status: 'fulfilled', note: '' };
  }
  for (const { sku } of plan.missing) outcome.waitingSkus.add(sku);
  const wanted = plan.missing.map((line) => `${line.quantity} × ${line.sku}`).join(', ');
  const why = input.passedOver.has(one.id)
    ? 'too big for the stock that is left'
    : 'not in stock, or others wait already';
  // What waits already was told.
  const isTold = !one.isNew && order.status === 'waiting';
  if (!isTold && plan.missing.some((line) => input.products.get(line.sku)?.tellWaiting))
    queueNotice(ledger, hand, order);
  if (plan.mailGiven) queueMail(ledger, hand, order, 'key');
  moveOrder(ledger, hand, order, 'waiting', `${wanted}: ${why}`, refs, one.isNew);
  alert(ledger, hand, 'out_of_stock', one, `${id} waits for ${wanted}`, plan.missing[0]?.sku ?? null);
  return { orderId: id, status: 'waiting', note: `${wanted} owed` };
}

/** What the order already has becomes its own: keys from its hold, or those that the buyer kept through a cancellation. */
function keep(ledger: Ledger, hand: Hand, order: OrderRow, plan: Extract<Plan, { kind: 'keep' }>): void {
  const refs = keyRefs(plan.keys);
  ledger.unheld.push(...plan.keyIds);
  if (plan.mail) giveKeys(ledger, hand, order, plan.keyIds, plan.note, { refs });
  else moveOrder(ledger, hand, order, 'fulfilled', plan.note, refs);
}

/** While a waiting order's row was locked here, a filler may have passed it by: look for stock again after COMMIT. */
function lookAgain(outcome: Outcome, one: Case): void {
  for (const sku of one.waitsFor) outcome.waitingSkus.add(sku);
}

/** A delivery that moves nothing may still carry a newer revision, and a coupon or name that was not known. */
function learn(ledger: Ledger, hand: Hand, order: OrderRow, one: Case): void {
  const { event } = one;
  const newer = event.rev !== null && event.rev > (order.rev ?? -1);
  const learned = {
    // What the order would be decided by if it were looked at again.
    lastDeliveryId: newer && one.wish.kind !== 'nothing' ? deliveryOf(one) : order.lastDeliveryId,
    rev: event.rev === null ? order.rev : Math.max(event.rev, order.rev ?? -1),
    name: order.name ?? event.name?.value ?? null,
    coupon: order.coupon ?? event.coupon?.value ?? null,
    calledOff: isCalledOff(order, event, one.wish, isOld(one.arrival)),
  };
  if (
    learned.rev === order.rev &&
    learned.name === order.name &&
    learned.coupon === order.coupon &&
    learned.calledOff === order.calledOff
  )
    return;
  ledger.orders.set(order.id, { ...order, ...learned, updatedAt: hand.now });
}

function letGo(ledger: Ledger, outcome: Outcome, plan: KeyPlan): void {
  applyKeyPlan(ledger, plan);
  noteReleased(outcome, plan);
}

function noteReleased(outcome: Outcome, plan: KeyPlan): void {
  for (const key of plan.release) outcome.releasedSkus.add(key.productSku);
}

function alert(
  ledger: Ledger,
  hand: Hand,
  kind: 'attention' | 'conflict' | 'out_of_stock',
  one: Case,
  detail: string,
  sku: string | null = null,
): void {
  ledger.alerts.push({ kind, orderId: orderId(one.key), sku, detail, createdAt: hand.now });
}

function past(one: Case): OrderRow | null {
  return one.isNew ? null : one.order;
}

function deliveryOf(one: Case): string {
  return one.arrival.delivery.replayOf ?? one.arrival.delivery.id;
}
