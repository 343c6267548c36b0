export const SOURCES = ['amelia', 'bookly'] as const;
export type Source = (typeof SOURCES)[number];

/** Who an order may come from: a booking plugin, or staff who gave keys without a booking. */
export const ORDER_SOURCES = [...SOURCES, 'staff'] as const;
export type OrderSource = (typeof ORDER_SOURCES)[number];

export function isBookingSource(source: OrderSource): source is Source {
  return source !== 'staff';
}

/** A value and the path in the delivered JSON where it was found, e.g. `booking.customFields.2.value`. */
export interface Found {
  value: string;
  where: string;
}

/** The booking plugins' statuses, in one spelling. `deleted`: the row is gone. */
export type BookingStatus =
  | 'approved'
  | 'pending'
  | 'cancelled'
  | 'rejected'
  | 'refunded'
  | 'deleted'
  | 'no-show'
  | 'done'
  | 'waitlisted'
  | 'unknown';

/**
 * What the sender can know when it speaks.
 * - `snapshot`: read from the WordPress database; carries `rev`.
 * - `settled`: a hook or web hook that fires once payment was accepted, or after a change was stored.
 * - `before-payment`: fires before payment or validation; the booking may never exist.
 * - `notice`: says that something changed, with a stale or partial body (a reschedule, a before-cancel hook).
 * - `forgeable`: fires from a public, unauthenticated call; nothing in it is proof.
 */
export type Authority = 'snapshot' | 'settled' | 'before-payment' | 'notice' | 'forgeable';

export type ItemKind = 'service' | 'event' | 'package';

/** One booking, as one delivery describes it. Facts only: what is owed is decided in server/keys/policy.ts. */
export interface BookingEvent {
  source: Source;
  /** `13`, `package:7`, `compound:…`; unique within (site, source). */
  externalId: string;
  /** Raised by the plugin each time the snapshot changed; null for raw senders. */
  rev: number | null;
  hook: string | null;
  authority: Authority;
  status: BookingStatus;
  /** The word as it was sent, for the timeline. */
  rawStatus: string | null;
  /** What was booked; null when the delivery does not say. */
  item: { kind: ItemKind; id: string; name: string | null } | null;
  /** Persons, or the sum of the tickets; may be 0 or huge, policy judges. */
  quantity: number;
  /** Null when the booking was bought alone. `lead` marks the first booking of a recurring, cart or package purchase, as far as the delivery can tell. */
  purchase: { id: string; lead: boolean } | null;
  /** The first trusted address, lower-cased. */
  email: Found | null;
  /** Other trusted addresses of the same person, lower-cased, for search only. */
  alternates: Found[];
  name: Found | null;
  coupon: Found | null;
  payment: { gateway: string | null; status: string | null; transactionId: string | null } | null;
  locale: string | null;
  /** What a careful reader would remark on, in plain words; shown on the order's timeline. */
  remarks: string[];
}

/** `amelia:13`, `amelia@second-shop:13` for a site that is not the main one, or `staff:7K2M9QX4TB`. */
export function orderId(order: { site: string; source: string; externalId: string }): string {
  return `${order.source}${order.site === '' ? '' : `@${order.site}`}:${order.externalId}`;
}

/** The parts of an order id, or null when `text` is none. */
export function parseOrderId(text: string): { site: string; source: OrderSource; externalId: string } | null {
  const match = /^(amelia|bookly|staff)(?:@([a-z0-9-]{1,40}))?:([^\s\p{Cc}]{1,100})$/u.exec(text.trim());
  if (!match) return null;
  const source = ORDER_SOURCES.find((name) => name === match[1]);
  return source ? { source, site: match[2] ?? '', externalId: match[3] ?? '' } : null;
}
