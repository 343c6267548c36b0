import type { ItemKind, OrderSource, Source } from '../../shared/booking-event.ts';
import type {
  AttentionReason,
  KeyStatus,
  MessageStatus,
  OrderStatus,
  ReceiptStatus,
} from '../../shared/statuses.ts';

// Plain rows as the store's verbs take and give them. Ids are numbers (auto increment) unless said
// otherwise; `uuid` ids are UUIDv7 text made by the caller, so that a retried transaction knows its own rows.

/** What identifies a booking: the site's slug ('' is the main site), the plugin, the plugin's booking id. */
export interface BookingKey {
  site: string;
  source: Source;
  externalId: string;
}

/** The same of an order, which staff may make without a booking. */
export interface OrderKey extends Omit<BookingKey, 'source'> {
  source: OrderSource;
}

/** The facts of the last applied delivery that are needed to decide again later (mapping added, hold approved). */
export interface OrderFacts {
  status: OrderStatus;
  /** Why a person must look; null unless status is `attention`. */
  reason: AttentionReason | null;
  rev: number | null;
  /** Lower-cased; null while no trusted address is known. */
  email: string | null;
  name: string | null;
  coupon: string | null;
  locale: string | null;
  itemKind: ItemKind | null;
  itemId: string | null;
  itemName: string | null;
  /** Persons or tickets of the booking, before the mapping multiplies it. */
  units: number;
  lastDeliveryId: string;
  /** Cancelled by staff: no booking event sets it going again, staff do. */
  stopped: boolean;
  /** The booking plugin's last word was a cancellation: only one that follows another word is new. */
  calledOff: boolean;
  /** Fulfilled or waiting for what staff gave it: no booking event takes that debt back, but a new cancellation. */
  granted: boolean;
}

export interface OrderRow extends OrderKey, OrderFacts {
  id: number;
  /** The delivery (uuid) that created the row: it tells a transaction which orders are its own. */
  firstDeliveryId: string;
  createdAt: Date;
  updatedAt: Date;
}

export type NewOrder = OrderKey & OrderFacts & { firstDeliveryId: string; createdAt: Date };
/** All facts are written; `id` selects. */
export type OrderChange = OrderFacts & { id: number; updatedAt: Date };

export interface OrderLine {
  orderId: number;
  sku: string;
  /** Keys owed, 1 or more. */
  quantity: number;
}

export interface KeyRow {
  id: number;
  licenseKey: string;
  status: KeyStatus;
  productSku: string;
  assignedToEmail: string | null;
  /** The order id in words, e.g. `amelia:13`. */
  assignedOrderId: string | null;
  assignedCouponCode: string | null;
  /** Null while the key is free, or only on hold. */
  assignedAt: Date | null;
}

/** `assignedAt` null puts the key on hold (it needs a row in `holds` too). */
export interface KeyAssignment {
  keyId: number;
  email: string | null;
  orderId: string;
  coupon: string | null;
  assignedAt: Date | null;
}

export interface NewKey {
  licenseKey: string;
  sku: string;
}

export interface ProductRow {
  sku: string;
  name: string;
  /** Alert below this many free keys; null = KEYBANK_LOW_STOCK. */
  lowStock: number | null;
  /** A cancelled order whose key may have been seen: keep it assigned and tell the admin, or revoke it. */
  onCancel: 'keep' | 'revoke';
  /** How long a pending booking holds keys, in minutes; 0 = pending bookings hold nothing. */
  holdMinutes: number;
  activationUrl: string | null;
  instructions: string | null;
  /** Buyers whose order waits for a key of this product are told that it is on its way. */
  tellWaiting: boolean;
}

export interface ItemRef {
  site: string;
  source: Source;
  kind: ItemKind;
  itemId: string;
}

/** Which order answers for a purchase of several bookings, where the mapping owes one key per purchase. */
export interface PurchaseRow {
  site: string;
  source: Source;
  /** As the normaliser names it, e.g. `amelia-payment:9`. */
  purchaseId: string;
  orderId: number;
}

export interface MappingRow extends ItemRef {
  /** Null: this course sells no key. */
  sku: string | null;
  /** Keys per unit. */
  quantity: number;
  per: 'booking' | 'purchase';
}

export interface DeliveryRow {
  /** uuid */
  id: string;
  receivedAt: Date;
  site: string;
  source: Source;
  hook: string | null;
  contentType: string | null;
  /** Raw bytes, with booking tokens and cancel URLs taken out. */
  body: Uint8Array;
  /** JSON object of the request headers that are worth keeping, less secrets. */
  headers: Record<string, string>;
  verdict: ReceiptStatus;
  /** What a person should know about this delivery; '' when nothing. */
  flag: string;
  /** The orders this delivery spoke of, in words, and what was answered for each. */
  orders: { orderId: string; status: ReceiptStatus; note?: string; emailAt?: string; couponAt?: string }[];
  /** The delivery (uuid) that this one repeats on a staff member's wish. */
  replayOf: string | null;
}

/** A booking that one side has and the other lacks: `lacking` here, or `unknown` to WordPress. */
export interface DriftRow extends BookingKey {
  kind: 'lacking' | 'unknown';
  /** `told`: a person was told. `noted`: nobody was, not yet or not a second time. `over`: both sides have it. */
  state: 'noted' | 'told' | 'over';
}

/** A revision that was read and made no order. */
export interface PassedBooking extends BookingKey {
  rev: number;
}

/** The last reconciliation of a site's plugin. Times are the database's. */
export interface ReconcileRow {
  site: string;
  source: Source;
  /** The plugin's version. */
  plugin: string;
  lastAt: Date;
  listed: number;
  lacking: number;
  unknown: number;
  silenceToldAt: Date | null;
}

export const MESSAGE_KINDS = [
  'key',
  'key_waiting',
  'admin_urgent',
  'admin_attention',
  'admin_mail_failing',
  'admin_low_stock',
  'admin_digest',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

export interface NewMessage {
  /** uuid; the Message-ID is made from it. */
  id: string;
  kind: MessageKind;
  /** Null for mails to the admin. */
  orderId: number | null;
  recipient: string;
  /** 0 overtakes 1. */
  priority: 0 | 1;
  createdAt: Date;
}

export interface MessageRow extends NewMessage {
  status: MessageStatus;
  /** Tries begun, counting one that is under way. */
  attempts: number;
  /** Database clock; null when nothing is left to do. While `sending`, the end of the lease. */
  dueAt: Date | null;
  leaseToken: string | null;
  /** The transport's last answer in a word and a sentence, without addresses or keys. */
  lastCode: string | null;
  lastError: string | null;
  acceptedAt: Date | null;
}

/** How tries to send ended. `retryInMs` null leaves the messages at rest. */
export interface MessageSettlement {
  ids: string[];
  /** False takes the try back that the lease counted: nothing was sent. */
  isTry: boolean;
  status: MessageStatus;
  retryInMs: number | null;
  lastCode: string | null;
  lastError: string | null;
  acceptedAt: Date | null;
}

export const MAIL_PROVIDERS = ['postmark', 'sendgrid'] as const;
export type MailProvider = (typeof MAIL_PROVIDERS)[number];

export const MAIL_EVENT_KINDS = ['delivered', 'bounced', 'complained'] as const;
export type MailEventKind = (typeof MAIL_EVENT_KINDS)[number];

/** What a provider told of a mail it had accepted; the same event is told more than once, and in any order. */
export interface MailEventRow {
  provider: MailProvider;
  /** The provider's own id of the event, or one made of its facts. At most 191 characters. */
  eventId: string;
  /** The outbox row (uuid). */
  messageId: string;
  kind: MailEventKind;
  /** A bounce that will come again for every mail to this address. */
  isHard: boolean;
  /** By the provider's clock. */
  at: Date;
  /** A code and words of ours, e.g. `550 5.1.1, HardBounce`; no addresses. */
  detail: string;
}

/** An address that mail must not go to. */
export interface SuppressionRow {
  /** Lower-cased. */
  address: string;
  reason: 'bounced' | 'complained';
  provider: MailProvider;
  /** The mail (uuid) that it came of. */
  messageId: string;
  since: Date;
  detail: string;
}

export const ALERT_KINDS = [
  'out_of_stock',
  'attention',
  'conflict',
  'cancelled_seen',
  'mail_failed',
  'mail_bounced',
  'mail_complained',
  'unreadable',
  'unknown_order',
  'lacking_booking',
  'silent_site',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something a person must see; gathered into one urgent mail, then digests. Ids and facts only, never a key. */
export interface NewAlert {
  kind: AlertKind;
  /** In words, e.g. `amelia:13`; null when no order is concerned. */
  orderId: string | null;
  sku: string | null;
  /** One sentence. */
  detail: string;
  createdAt: Date;
}
export interface AlertRow extends NewAlert {
  id: number;
  /** The admin mail (uuid) that told it; null while untold. */
  messageId: string | null;
  /** When it left the attention list, and by whom (`staff:2`, `cli`, `job`); both null while it is on it. */
  settledAt: Date | null;
  settledBy: string | null;
}

/** Deliveries of one verdict; null leaves a filter out. Times: since ≤ receivedAt < until. */
export interface DeliveryFilter {
  source: Source | null;
  site: string | null;
  since: Date | null;
  until: Date | null;
  /** False leaves deliveries out that repeat another one. */
  replays: boolean;
}

/** Audit lines; null leaves a filter out. Times: since ≤ at < until. */
export interface AuditFilter {
  subject: string | null;
  actor: string | null;
  action: string | null;
  since: Date | null;
  until: Date | null;
}

export interface NewAuditLine {
  /** `order:12`, `sku:COURSE-A`, `import:3`, `staff:2`. Ids only, so that people can be erased. */
  subject: string;
  /** 1, 2, 3 … per subject. */
  seq: number;
  at: Date;
  /** `webhook`, `restock`, `mail`, `job`, `cli`, or `staff:<id>`. */
  actor: string;
  action: string;
  fromStatus: string | null;
  toStatus: string | null;
  reason: string;
  /** Ids that belong to the act: delivery, keys, message. */
  refs: Record<string, string | number | number[]>;
  previousHash: string;
  /** SHA-256 (hex) over the line and `previousHash`; made in server/audit/seal.ts. */
  hash: string;
}
export type AuditLine = NewAuditLine & { id: number };

export interface HoldRow {
  keyId: number;
  orderId: number;
  expiresAt: Date;
}

export interface StaffRow {
  id: number;
  name: string;
  role: 'viewer' | 'support' | 'admin';
  /** Rights beyond the role's, separated by spaces, e.g. `reveal`; '' for none. */
  grants: string;
  tokenHash: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export interface ImportRow {
  /** uuid */
  id: string;
  sku: string;
  actor: string;
  /** Where the keys came from, e.g. a file's base name; never a key. */
  origin: string;
  added: number;
  createdAt: Date;
  /** When it was first undone; keys that it brings later are refused. */
  undoneAt: Date | null;
  /** Keys taken out again because they were unsold. */
  removed: number;
}

/** A browser that staff signed in with. Times are the database's. */
export interface SessionRow {
  /** SHA-256 (hex) of the cookie. */
  tokenHash: string;
  staffId: number;
  createdAt: Date;
  seenAt: Date;
}

/** A process that serves. `seenAt` is the database's. */
export interface InstanceRow {
  /** uuid, made at its start */
  id: string;
  host: string;
  version: string;
  startedAt: Date;
  seenAt: Date;
  /** Transactions that were run again since its start: deadlocks, lock timeouts, lost connections. */
  retries: number;
}

export interface SiteRow {
  /** '' is the main site. */
  slug: string;
  url: string;
}

export interface StockLevel {
  sku: string;
  name: string;
  lowStock: number | null;
  available: number;
  assigned: number;
  held: number;
  revoked: number;
  /** Keys owed to waiting orders. */
  waiting: number;
}

/** A promise of docs/ARCHITECTURE.md, counted in the database: `violations` must be 0. */
export interface PromiseCount {
  promise: string;
  checked: number;
  violations: number;
  /** Up to five offenders, by id. */
  examples: string[];
}
