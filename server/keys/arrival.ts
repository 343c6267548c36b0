import { isBookingSource, orderId, type BookingEvent } from '../../shared/booking-event.ts';
import type { ReceiptStatus } from '../../shared/statuses.ts';
import type {
  AlertKind,
  BookingKey,
  DeliveryRow,
  ItemRef,
  MappingRow,
  OrderKey,
  OrderRow,
} from '../store/rows.ts';
import type { Plan } from './plan.ts';
import type { Wish } from './policy.ts';

/** An authenticated delivery, understood, on its way into a vending transaction. */
export interface Arrival {
  delivery: Omit<DeliveryRow, 'verdict' | 'flag' | 'orders'>;
  /** At most one per order. */
  events: BookingEvent[];
  actor: string;
  /**
   * Staff read this one again: it may set orders going that staff cancelled. All that it speaks of, or the one named (in
   * words).
   */
  revives: boolean | string;
  /** For a delivery that speaks of no order: what is stored and answered, and what a person is told. */
  verdict: { status: ReceiptStatus; flag: string; alert: AlertKind | null } | null;
}

/** The answer to a delivery: the word that most needs attention, and one word per order. */
export interface Receipt {
  deliveryId: string;
  status: ReceiptStatus;
  orders: { orderId: string; status: ReceiptStatus }[];
}

/** One event of one arrival, on its way through a transaction. */
export interface Case {
  id: number;
  arrival: Arrival;
  event: BookingEvent;
  key: BookingKey;
  mapping: MappingRow | null;
  wish: Wish;
  order: OrderRow | null;
  isNew: boolean;
  /** SKUs that its locked order waits for. */
  waitsFor: string[];
  plan: Plan;
}

export function keyOf(arrival: Arrival, event: BookingEvent): BookingKey {
  return { site: arrival.delivery.site, source: event.source, externalId: event.externalId };
}

export function compareKeys(a: OrderKey, b: OrderKey): number {
  const [x, y] = [keyText(a), keyText(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A text that sorts like (site, source, external id) and names the order within a process. */
export function keyText(key: OrderKey): string {
  return `${key.site}\u0000${key.source}\u0000${key.externalId}`;
}

export function orderNames(arrival: Arrival): string[] {
  return arrival.events.map((event) => orderId(keyOf(arrival, event)));
}

export function itemOf(key: BookingKey, event: BookingEvent): ItemRef | null {
  return event.item && { site: key.site, source: key.source, kind: event.item.kind, itemId: event.item.id };
}

/** The course that an order is known to be for; null while no delivery said. */
export function itemOfOrder(order: OrderRow | null): ItemRef | null {
  if (!order?.itemKind || !order.itemId || !isBookingSource(order.source)) return null;
  return { site: order.site, source: order.source, kind: order.itemKind, itemId: order.itemId };
}

export function itemText(item: ItemRef): string {
  return `${item.site}\u0000${item.source}\u0000${item.kind}\u0000${item.itemId}`;
}
