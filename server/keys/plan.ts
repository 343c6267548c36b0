import { orderId, type BookingEvent } from '../../shared/booking-event.ts';
import type { KeyRow, OrderFacts, OrderRow } from '../store/rows.ts';
import type { Arrival, Case } from './arrival.ts';
import { areMailed } from './mailed.ts';
import { NO_KEYS, type KeyPlan } from './key-plan.ts';
import { planCancel, type CancelHoldings, type CancelPlan } from './plan-cancel.ts';
import type { Owed, Wish } from './policy.ts';
import { addressesBeside, staysCalledOff, transition, type Step } from './transition.ts';

/** What will be done for one case, before it is known which keys can be had. */
export type Plan =
  | { kind: 'stay'; answer: 'duplicate' | 'ignored'; note: string; learn: boolean }
  | { kind: 'flag'; note: string }
  | ({ kind: 'cancel' } & CancelPlan)
  | { kind: 'set-aside'; to: 'ignored' | 'attention'; note: string; keys: KeyPlan }
  /** What it already has is enough: `keyIds` come from its hold, others it kept through a cancellation. */
  | { kind: 'keep'; note: string; keyIds: number[]; lines: Owed[]; mail: boolean; keys: KeyPlan }
  | { kind: 'keep-held'; note: string; lines: Owed[] }
  /**
   * `lines` is what is owed, `missing` what has to be claimed for it. `mailGiven`: no mail has brought what the order was
   * given already, so that it is sent even if the rest has to wait.
   */
  | {
      kind: 'claim';
      for: 'sale' | 'hold';
      lines: Owed[];
      missing: Owed[];
      mailGiven: boolean;
      keys: KeyPlan;
    };

/** What an order has, read under its lock. */
export interface Holdings extends CancelHoldings {
  /** Its keys cover other bookings of the same purchase too. */
  coversPurchase: boolean;
  /** Of a locked order that waits, or that staff gave keys: what it is owed in all. */
  lines: Owed[] | null;
}

/** It is not the first time that the delivery is read. */
export function isOld({ delivery }: Arrival): boolean {
  return delivery.replayOf !== null;
}

interface About {
  coversPurchase: boolean;
  lines: Owed[] | null;
}

/** What the case asks of its order as far as it is known now. */
export function stepOf(one: Case, { coversPurchase = false, lines = null }: Partial<About> = {}): Step {
  const replays = one.order !== null && one.arrival.delivery.replayOf === one.order.lastDeliveryId;
  const { revives } = one.arrival;
  return transition(one.isNew ? null : one.order, one.event, one.wish, {
    coversPurchase,
    replays,
    revives: revives === true || revives === orderId(one.key),
    isOld: isOld(one.arrival),
    owesLess: lines !== null && one.wish.kind === 'sell' && exceeds(one.wish.lines, lines),
  });
}

/** First look, by rows that are not locked: may the order move at all? */
export function needsLock(one: Case): boolean {
  if (!one.order || one.isNew) return false;
  const step = stepOf(one);
  return step.do !== 'stay' || step.learn;
}

/** The decision for a case whose order is locked, or is new, or is not to be touched. */
export function planCase(one: Case, holdings: Holdings): Plan {
  const step = stepOf(one, holdings);
  if (step.do === 'stay') return { kind: 'stay', answer: step.answer, note: step.note, learn: step.learn };
  if (step.do === 'flag') return { kind: 'flag', note: step.note };
  return planMove(step.wish, holdings, one.order?.email ?? null);
}

function planMove(wish: Exclude<Wish, { kind: 'nothing' }>, holdings: Holdings, email: string | null): Plan {
  const { keys, messages } = holdings;
  const live = keys.filter((key) => key.status === 'assigned');
  const onHold = live.filter((key) => key.assignedAt === null);
  const given = live.filter((key) => key.assignedAt !== null);
  const letGo = { ...NO_KEYS, release: onHold, unhold: onHold };
  if (wish.kind === 'cancel') return { kind: 'cancel', ...planCancel(wish.why, holdings) };
  if (wish.kind === 'ignore') return { kind: 'set-aside', to: 'ignored', note: wish.why, keys: letGo };
  if (wish.kind === 'ask') return { kind: 'set-aside', to: 'attention', note: wish.why, keys: letGo };
  // Keys that the buyer may have seen count towards what is owed, whatever happened in between.
  const missing = lacking(wish.lines, given);
  const lines = covering(wish.lines, given);
  // A mail on its way finds the order alive again; one that came to nothing is made up for.
  const mailed = areMailed(given, messages, email);
  if (wish.kind === 'hold') {
    if (matches(onHold, missing)) return { kind: 'keep-held', note: 'pending; the keys stay on hold', lines };
    return { kind: 'claim', for: 'hold', lines, missing, mailGiven: false, keys: letGo };
  }
  if (missing.length === 0) {
    const note = 'approved again; the buyer keeps the same keys';
    return { kind: 'keep', note, keyIds: [], lines, mail: !mailed, keys: letGo };
  }
  if (matches(onHold, missing)) {
    const keyIds = onHold.map((key) => key.id);
    return {
      kind: 'keep',
      note: 'approved; the keys were on hold',
      keyIds,
      lines,
      mail: true,
      keys: NO_KEYS,
    };
  }
  return { kind: 'claim', for: 'sale', lines, missing, mailGiven: !mailed, keys: letGo };
}

/** The lines of an order that keeps what it was given once: it holds exactly what its lines say. */
export function covering(lines: Owed[], given: KeyRow[]): Owed[] {
  const counts = new Map(lines.map((line) => [line.sku, line.quantity]));
  for (const { productSku } of given) {
    const there = given.filter((key) => key.productSku === productSku).length;
    counts.set(productSku, Math.max(counts.get(productSku) ?? 0, there));
  }
  return [...counts].map(([sku, quantity]) => ({ sku, quantity }));
}

function exceeds(wanted: Owed[], lines: Owed[]): boolean {
  return wanted.some(
    ({ sku, quantity }) => quantity > (lines.find((line) => line.sku === sku)?.quantity ?? 0),
  );
}

/** What is owed beyond the keys that are there. */
export function lacking(lines: Owed[], keys: KeyRow[]): Owed[] {
  return lines.flatMap(({ sku, quantity }) => {
    const there = keys.filter((key) => key.productSku === sku).length;
    return there >= quantity ? [] : [{ sku, quantity: quantity - there }];
  });
}

function matches(keys: KeyRow[], lines: Owed[]): boolean {
  const wanted = lines.flatMap((line) => Array<string>(line.quantity).fill(line.sku)).sort();
  const had = keys.map((key) => key.productSku).sort();
  return had.length > 0 && had.length === wanted.length && had.every((sku, index) => sku === wanted[index]);
}

/** The order's facts after this event: what was known stays, what is missing is filled, a newer revision rules. */
export function factsAfter(
  order: OrderRow | null,
  event: BookingEvent,
  wish: Wish,
  { deliveryId, isOld }: { deliveryId: string; isOld: boolean },
): OrderFacts {
  const rev = Math.max(event.rev ?? -1, order?.rev ?? -1);
  return {
    status: order?.status ?? 'attention',
    reason: wish.kind === 'ask' ? wish.reason : null,
    rev: rev < 0 ? null : rev,
    email: order?.email ?? event.email?.value ?? null,
    name: order?.name ?? event.name?.value ?? null,
    coupon: order?.coupon ?? event.coupon?.value ?? null,
    locale: order?.locale ?? event.locale,
    itemKind: event.item?.kind ?? order?.itemKind ?? null,
    itemId: event.item?.id ?? order?.itemId ?? null,
    itemName: event.item?.name ?? order?.itemName ?? null,
    units: wish.kind === 'cancel' && order ? order.units : event.quantity,
    lastDeliveryId: deliveryId,
    stopped: order?.stopped ?? false,
    calledOff: wish.kind === 'cancel' || (order !== null && staysCalledOff(order, event, isOld)),
    granted: order?.granted ?? false,
  };
}

export function newAddresses(order: OrderRow, event: BookingEvent): { orderId: number; email: string }[] {
  return addressesBeside(order.email, event).map((email) => ({ orderId: order.id, email }));
}
