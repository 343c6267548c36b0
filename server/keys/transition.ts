import type { BookingEvent } from '../../shared/booking-event.ts';
import type { OrderRow } from '../store/rows.ts';
import type { Wish } from './policy.ts';

/** What a wish does to an order that may already have a history. */
export type Step =
  /** The order stays; `learn` says that its revision or its alternate addresses still grow. */
  | { do: 'stay'; answer: 'duplicate' | 'ignored'; note: string; learn: boolean }
  /** The order stays, and a person is told. */
  | { do: 'flag'; note: string }
  | { do: 'move'; wish: Exclude<Wish, { kind: 'nothing' }> };

export interface Circumstances {
  /** The order's key covers other bookings of the same purchase too. */
  coversPurchase: boolean;
  /** The delivery that moved the order last is read again: it cannot be out of date. */
  replays: boolean;
  /** Staff read the delivery again, and meant this order. */
  revives: boolean;
  /** It is not the first time that the delivery is read. */
  isOld: boolean;
  /** What the order was given, or waits for, is less than the booking is worth. */
  owesLess: boolean;
}

/**
 * Level, not edges: the highest revision decides, whatever order deliveries arrive in. Without revisions, a cancel
 * after an approval works, and an approval after a cancel is for a person (docs/states.md).
 */
export function transition(
  order: OrderRow | null,
  event: BookingEvent,
  wish: Wish,
  { coversPurchase, replays, revives, isOld, owesLess }: Circumstances,
): Step {
  if (!order) {
    return wish.kind === 'nothing'
      ? { do: 'stay', answer: 'ignored', note: wish.why, learn: false }
      : { do: 'move', wish };
  }
  const stale = replays ? null : staleness(order, event);
  if (stale) return { do: 'stay', answer: 'duplicate', note: stale, learn: hasNewAddress(order, event) };
  const isNewer = (event.rev ?? -1) > (order.rev ?? -1);
  const turns = isCalledOff(order, event, wish, isOld) !== order.calledOff;
  const learn = isNewer || turns || hasNewAddress(order, event);
  const stay = (note: string): Step => ({ do: 'stay', answer: 'duplicate', note, learn });

  if (wish.kind === 'nothing') return stay(wish.why);
  if (wish.kind === 'cancel') {
    if (order.status === 'cancelled') return stay('already cancelled');
    // Level, not edges: what staff set going in spite of a cancellation is not undone by the same word again. A newer one
    // may say more, that the money went back, and is for a person.
    if (order.calledOff && order.granted) {
      if (!isNewer) return stay('its cancellation is known; staff set the order going after it');
      return {
        do: 'flag',
        note: `still ${event.status} in WordPress; staff had set the order going, nothing was moved`,
      };
    }
    return cancelling(order, wish, coversPurchase);
  }
  if (order.stopped) {
    if (revives) return { do: 'move', wish };
    if (replays) return stay('staff cancelled it');
    return { do: 'flag', note: `${event.status} in WordPress after staff cancelled it; nothing was moved` };
  }
  if (order.status === 'cancelled' && event.rev === null) {
    return {
      do: 'flag',
      note: `${event.status} after a cancellation, and no revision to tell which is newer`,
    };
  }
  // What staff gave and what is still to come of it is decided, as a served order is.
  if (order.status === 'fulfilled' || (order.status === 'waiting' && order.granted)) {
    if (order.granted && (isNewer || turns) && owesLess)
      return { do: 'flag', note: `${event.status}, and worth more than staff gave; nothing was moved` };
    if (wish.kind === 'hold' || sameFacts(order, event)) return stay(`already ${order.status}`);
    return { do: 'flag', note: conflictNote(order, event) };
  }
  // Without a revision, a pending that comes after the sale is more likely late than newer: the debt stays.
  if (order.status === 'waiting' && wish.kind === 'hold' && event.rev === null)
    return stay('already waiting');
  // It was sold on a proof that a later snapshot does not repeat: `amelia_after_booking_added` fires once.
  if (order.status === 'waiting' && wish.kind === 'ask' && wish.reason === 'unpaid_gateway' && !replays)
    return stay('already waiting, its payment was proven then');
  const there = order.status === statusOf(wish) || (order.status === 'waiting' && wish.kind === 'sell');
  // A replay on a person's wish looks at the mapping again, which may have been corrected.
  if (there && !replays && sameFacts(order, event) && (wish.kind !== 'ask' || wish.reason === order.reason)) {
    return stay(`already ${order.status}`);
  }
  // A product that sold no key when the order came does not owe one because the mapping changed: only a newer booking does.
  if (order.status === 'ignored' && event.rev === null && !replays) return stay('already ignored');
  return { do: 'move', wish };
}

function cancelling(order: OrderRow, wish: Extract<Wish, { kind: 'cancel' }>, coversPurchase: boolean): Step {
  if (coversPurchase && (order.status === 'fulfilled' || order.status === 'waiting')) {
    return {
      do: 'flag',
      note: 'cancelled, but its key covers other bookings of the same purchase; nothing was moved',
    };
  }
  return { do: 'move', wish };
}

/** Is a cancellation the last word of the order's booking plugin, after this event that does not move it? */
export function isCalledOff(order: OrderRow, event: BookingEvent, wish: Wish, isOld: boolean): boolean {
  if (staleness(order, event)) return order.calledOff;
  // No-show, done, or on the plugin's waiting list: nothing to do, and no cancellation any more.
  if (wish.kind === 'nothing') return order.calledOff && event.authority !== 'snapshot';
  if (wish.kind === 'cancel') return order.calledOff || order.status === 'cancelled';
  return staysCalledOff(order, event, isOld);
}

/**
 * Does the cancellation stay the plugin's last word in spite of another? Without a revision, one that was read before, or
 * that reaches a cancelled order, may be older than the cancellation.
 */
export function staysCalledOff(order: OrderRow, event: BookingEvent, isOld: boolean): boolean {
  return order.calledOff && event.rev === null && (isOld || order.status === 'cancelled');
}

/** The status that a wish leads to when stock is there. */
export function statusOf(wish: Exclude<Wish, { kind: 'nothing' }>): OrderRow['status'] {
  const words = {
    sell: 'fulfilled',
    hold: 'held',
    cancel: 'cancelled',
    ignore: 'ignored',
    ask: 'attention',
  } as const;
  return words[wish.kind];
}

function staleness(order: OrderRow, event: BookingEvent): string | null {
  if (order.rev === null) return null;
  if (event.rev === null) return 'the plugin speaks for this booking, with revisions';
  if (event.rev < order.rev) return `revision ${event.rev} is older than ${order.rev}`;
  // An order that waits for a person is looked at again: its mapping may have come since.
  if (event.rev === order.rev && order.status !== 'attention') return `revision ${event.rev} is known`;
  return null;
}

/** Another product or quantity than the one that was served; the mapping may change, a booking's own facts may not. */
function sameFacts(order: OrderRow, event: BookingEvent): boolean {
  const sameItem = !event.item || (event.item.kind === order.itemKind && event.item.id === order.itemId);
  return sameItem && event.quantity === order.units;
}

function conflictNote(order: OrderRow, event: BookingEvent): string {
  const was = `${order.units} × ${order.itemKind ?? 'course'} ${order.itemId ?? '?'}`;
  const now = `${event.quantity} × ${event.item?.kind ?? 'course'} ${event.item?.id ?? '?'}`;
  return `the booking was served as ${was}, and now says ${now}; nothing was moved`;
}

function hasNewAddress(order: OrderRow, event: BookingEvent): boolean {
  return addressesBeside(order.email, event).length > 0;
}

/** Trusted addresses of the event other than the recipient's; hooks before payment and stale notices are not trusted. */
export function addressesBeside(recipient: string | null, event: BookingEvent): string[] {
  if (event.authority !== 'snapshot' && event.authority !== 'settled') return [];
  const all = [event.email, ...event.alternates].flatMap((found) => (found ? [found.value] : []));
  return [...new Set(all)].filter((address) => address !== recipient);
}
