import { orderId } from '../../shared/booking-event.ts';
import { cutText } from '../../shared/cut-text.ts';
import { mostUrgent, type ReceiptStatus } from '../../shared/statuses.ts';
import type { ItemRef, OrderRow, ProductRow } from '../store/rows.ts';
import { itemOf, type Arrival, type Case, type Receipt } from './arrival.ts';
import { giveKeys, holdKeys, moveOrder, type Hand, type Ledger } from './ledger.ts';
import { factsAfter, keptNote, newAddresses, type KeyPlan, type Plan } from './plan.ts';

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

type Answer = { orderId: string; status: ReceiptStatus; note: string };

/** Turns plans and shares into ledger lines and answers. Pure but for the ids it makes. */
export function applyCases(input: Applying): { receipts: Map<string, Receipt>; outcome: Outcome } {
  const outcome = noOutcome();
  const receipts = new Map<string, Receipt>();
  for (const arrival of input.arrivals) {
    const cases = input.cases.filter((one) => one.arrival === arrival);
    const answers = cases.map((one) => applyCase(input, outcome, one));
    recordDelivery(input, receipts, arrival, cases, answers);
    for (const copy of input.copies.get(arrival.delivery.id) ?? []) {
      const note = `the same as delivery ${arrival.delivery.id}`;
      const repeats = answers.map((answer) => ({ ...answer, status: 'duplicate' as const, note }));
      recordDelivery(input, receipts, copy, cases, repeats);
    }
  }
  outcome.mails = input.ledger.messages.length;
  outcome.alerts = input.ledger.alerts.length;
  return { receipts, outcome };
}

function applyCase(input: Applying, outcome: Outcome, one: Case): Answer {
  const { ledger } = input;
  const hand: Hand = { ...input.hand, actor: one.arrival.actor };
  const order = one.order && { ...one.order, ...factsAfter(past(one), one.event, one.wish, deliveryOf(one)) };
  const id = orderId(one.key);
  const answer = (status: ReceiptStatus, note: string): Answer => ({ orderId: id, status, note });
  if (!order) return answer('ignored', one.plan.kind === 'stay' ? one.plan.note : '');
  order.status = one.order?.status ?? order.status;
  ledger.alternates.push(...newAddresses(order, one.event));
  const plan = one.plan;
  switch (plan.kind) {
    case 'stay':
      if (plan.learn && one.order) learn(ledger, hand, one.order, one);
      // While it was locked here a filler may have skipped it: look for stock again after COMMIT.
      if (plan.learn && order.status === 'waiting' && one.wish.kind === 'sell') {
        for (const { sku } of one.wish.lines) outcome.waitingSkus.add(sku);
      }
      return answer(plan.answer, plan.note);
    case 'flag':
      if (one.order) learn(ledger, hand, one.order, one);
      alert(ledger, hand, 'conflict', one, plan.note);
      return answer('attention', plan.note);
    case 'cancel':
      applyKeyPlan(ledger, outcome, plan.keys);
      ledger.withdrawn.push(...plan.withdraw);
      if (plan.keys.keep.length > 0)
        alert(ledger, hand, 'cancelled_seen', one, keptNote(order, plan.keys.keep));
      moveOrder(ledger, hand, order, 'cancelled', plan.note, keyRefs(plan.keys), one.isNew);
      return answer('cancelled', plan.note);
    case 'set-aside':
      applyKeyPlan(ledger, outcome, plan.keys);
      moveOrder(ledger, hand, order, plan.to, plan.note, keyRefs(plan.keys), one.isNew);
      if (plan.to === 'attention') {
        alert(ledger, hand, 'attention', one, plan.note);
        const item = itemOf(one.key, one.event);
        if (order.reason === 'unmapped' && item) outcome.unmapped.push(item);
      }
      return answer(plan.to, plan.note);
    case 'keep':
      setLines(ledger, order, plan.lines);
      if (plan.fromHold) {
        ledger.unheld.push(...plan.keyIds);
        giveKeys(ledger, hand, order, plan.keyIds, plan.note);
      } else moveOrder(ledger, hand, order, 'fulfilled', plan.note, { keys: plan.keyIds });
      return answer('fulfilled', plan.note);
    case 'claim':
      applyKeyPlan(ledger, outcome, plan.keys);
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
  const keyIds = input.served.get(one.id);
  if (keyIds) {
    for (const { sku } of plan.lines)
      outcome.taken.set(sku, Math.max(outcome.taken.get(sku) ?? 0, ...keyIds));
  }
  if (plan.for === 'hold') {
    const minutes = Math.max(0, ...plan.lines.map((line) => input.products.get(line.sku)?.holdMinutes ?? 0));
    const note =
      keyIds && minutes > 0 ? `pending; keys are on hold for ${minutes} minutes` : 'pending; no keys on hold';
    if (keyIds && minutes > 0) holdKeys(ledger, order, keyIds, minutes * 60_000);
    moveOrder(ledger, hand, order, 'held', note, keyIds && minutes > 0 ? { keys: keyIds } : {}, one.isNew);
    return { orderId: id, status: 'held', note };
  }
  if (keyIds) {
    giveKeys(ledger, hand, order, keyIds, 'sold; the oldest free keys', one.isNew);
    return { orderId: id, status: 'fulfilled', note: '' };
  }
  for (const { sku } of plan.lines) outcome.waitingSkus.add(sku);
  const wanted = plan.lines.map((line) => `${line.quantity} × ${line.sku}`).join(', ');
  const why = input.passedOver.has(one.id)
    ? 'too big for the stock that is left'
    : 'not in stock, or others wait already';
  moveOrder(ledger, hand, order, 'waiting', `${wanted}: ${why}`, {}, one.isNew);
  alert(ledger, hand, 'out_of_stock', one, `${id} waits for ${wanted}`, plan.lines[0]?.sku ?? null);
  return { orderId: id, status: 'waiting', note: `${wanted} owed` };
}

function recordDelivery(
  input: Applying,
  receipts: Map<string, Receipt>,
  arrival: Arrival,
  cases: Case[],
  answers: Answer[],
): void {
  const { ledger } = input;
  const status = arrival.verdict?.status ?? mostUrgent(answers.map((answer) => answer.status));
  const notes = [...new Set(answers.flatMap(({ note }) => (note ? [note] : [])))];
  const flag = arrival.verdict?.flag ?? notes.join('; ');
  ledger.deliveries.push({
    ...arrival.delivery,
    verdict: status,
    flag: cutText(flag, 500),
    orders: answers.map((answer, index) => ({ ...answer, ...whereFound(cases[index]) })),
  });
  if (arrival.verdict?.alert) {
    const kind = arrival.verdict.alert;
    ledger.alerts.push({
      kind,
      orderId: null,
      sku: null,
      detail: cutText(flag, 500),
      createdAt: input.hand.now,
    });
  }
  for (const one of cases) {
    if (one.order) ledger.links.push({ deliveryId: arrival.delivery.id, orderId: one.order.id });
  }
  const orders = answers.map(({ orderId: id, status: word }) => ({ orderId: id, status: word }));
  receipts.set(arrival.delivery.id, { deliveryId: arrival.delivery.id, status, orders });
}

function whereFound(one: Case | undefined): { emailAt?: string; couponAt?: string } {
  return {
    ...(one?.event.email && { emailAt: one.event.email.where }),
    ...(one?.event.coupon && { couponAt: one.event.coupon.where }),
  };
}

/** A delivery that moves nothing may still carry a newer revision, and a coupon or name that was not known. */
function learn(ledger: Ledger, hand: Hand, order: OrderRow, one: Case): void {
  const { event } = one;
  const learned = {
    rev: event.rev === null ? order.rev : Math.max(event.rev, order.rev ?? -1),
    name: order.name ?? event.name?.value ?? null,
    coupon: order.coupon ?? event.coupon?.value ?? null,
  };
  if (learned.rev === order.rev && learned.name === order.name && learned.coupon === order.coupon) return;
  ledger.orders.set(order.id, { ...order, ...learned, updatedAt: hand.now });
}

function applyKeyPlan(ledger: Ledger, outcome: Outcome, plan: KeyPlan): void {
  ledger.released.push(...plan.release.map((key) => key.id));
  ledger.unheld.push(...plan.unhold.map((key) => key.id));
  ledger.revoked.push(...plan.revoke.map((key) => key.id));
  for (const key of plan.release) outcome.releasedSkus.add(key.productSku);
}

function keyRefs(plan: KeyPlan): Record<string, number[]> {
  const refs = { released: plan.release, revoked: plan.revoke, kept: plan.keep };
  return Object.fromEntries(
    Object.entries(refs).flatMap(([word, keys]) =>
      keys.length > 0 ? [[word, keys.map((key) => key.id)]] : [],
    ),
  );
}

function setLines(ledger: Ledger, order: OrderRow, lines: { sku: string; quantity: number }[]): void {
  ledger.relined.push(order.id);
  ledger.lines.push(...lines.map((line) => ({ orderId: order.id, ...line })));
}

function alert(
  ledger: Ledger,
  hand: Hand,
  kind: 'attention' | 'conflict' | 'cancelled_seen' | 'out_of_stock',
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
