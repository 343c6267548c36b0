import type { BookingEvent } from '../../shared/booking-event.ts';
import type { AttentionReason } from '../../shared/statuses.ts';
import type { MappingRow } from '../store/rows.ts';

/** Keys owed of one product. */
export interface Owed {
  sku: string;
  quantity: number;
}

/** What one delivery asks of its order, before the order's own history is considered. */
export type Wish =
  | { kind: 'sell' | 'hold'; lines: Owed[] }
  | { kind: 'cancel'; why: string }
  | { kind: 'ignore'; why: string }
  | { kind: 'ask'; reason: AttentionReason; why: string }
  | { kind: 'nothing'; why: string };

/** More keys than this in one booking are for a person to confirm. */
export const MAX_KEYS_PER_ORDER = 50;

/** Gateways where the booking itself is the sale: paid at the door, or free. */
const OFFLINE_GATEWAYS = ['onsite', 'local', 'free'];
const PAID = ['paid', 'completed', 'partiallypaid'];
/** Amelia fires it only after the payment was accepted (wordpress.md 0.1), so it proves an online payment by itself. */
const PROVES_PAYMENT = ['amelia_after_booking_added'];

/**
 * What is owed for a booking, by the event alone. `email` is the order's recipient so far, or null.
 * Source of the rules: docs/states.md.
 */
export function wish(
  event: BookingEvent,
  context: { mapping: MappingRow | null; defaultSku: string | null; email: string | null },
): Wish {
  if (event.authority === 'forgeable')
    return { kind: 'nothing', why: 'the hook is forgeable, it only wakes' };
  if (event.authority === 'before-payment') return { kind: 'nothing', why: 'the hook fires before payment' };
  if (event.authority === 'notice')
    return { kind: 'nothing', why: 'the hook changes nothing that keys depend on' };
  if (isOff(event)) return { kind: 'cancel', why: `the booking is ${event.rawStatus ?? event.status}` };
  if (event.status === 'no-show' || event.status === 'done') {
    return { kind: 'nothing', why: `${event.status} changes nothing` };
  }
  if (event.status === 'waitlisted')
    return { kind: 'nothing', why: 'a place on the waiting list is no sale' };
  if (event.status === 'unknown') {
    return {
      kind: 'ask',
      reason: 'unreadable',
      why: `booking status "${event.rawStatus ?? ''}" is not known`,
    };
  }
  const owed = owedFor(event, context.mapping, context.defaultSku);
  if (!Array.isArray(owed)) return owed;
  if (context.email === null && event.email === null) {
    return {
      kind: 'ask',
      reason: 'no_email',
      why: 'the delivery carries no e-mail address that can be trusted',
    };
  }
  if (event.status === 'pending') return { kind: 'hold', lines: owed };
  return byPayment(event, owed);
}

function isOff(event: BookingEvent): boolean {
  return (
    ['cancelled', 'rejected', 'refunded', 'deleted'].includes(event.status) ||
    event.payment?.status?.toLowerCase() === 'refunded'
  );
}

/** An approved booking is a sale, unless an online gateway has not been paid or cannot show that it was. */
function byPayment(event: BookingEvent, lines: Owed[]): Wish {
  const gateway = event.payment?.gateway?.toLowerCase() ?? null;
  if (gateway === null || OFFLINE_GATEWAYS.includes(gateway)) return { kind: 'sell', lines };
  if (!PAID.includes(event.payment?.status?.toLowerCase() ?? '')) return { kind: 'hold', lines };
  const proven =
    event.source !== 'amelia' || event.payment?.transactionId || PROVES_PAYMENT.includes(event.hook ?? '');
  if (proven) return { kind: 'sell', lines };
  return {
    kind: 'ask',
    reason: 'unpaid_gateway',
    why: `${event.payment?.gateway} says paid but gives no transaction id`,
  };
}

function owedFor(event: BookingEvent, mapping: MappingRow | null, defaultSku: string | null): Owed[] | Wish {
  if (mapping && mapping.sku === null) return { kind: 'ignore', why: 'the product sells no key' };
  const sku = mapping?.sku ?? defaultSku;
  if (sku === null) {
    const item = event.item ? `${event.item.kind} ${event.item.id}` : 'the booked course';
    return { kind: 'ask', reason: 'unmapped', why: `${event.source} ${item} is not mapped to a product` };
  }
  const quantity = event.quantity * (mapping?.quantity ?? 1);
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_KEYS_PER_ORDER) {
    return {
      kind: 'ask',
      reason: 'quantity',
      why: `${quantity} keys in one booking (1 to ${MAX_KEYS_PER_ORDER} are given without asking)`,
    };
  }
  return [{ sku, quantity }];
}
