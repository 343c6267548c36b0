import { orderId } from '../../shared/booking-event.ts';
import type { KeyStatus, MessageStatus } from '../../shared/statuses.ts';
import { done, type Result } from '../errors.ts';
import { maskKey } from '../keys/mask-key.ts';
import type { KeyRow, MessageRow, SuppressionRow } from '../store/rows.ts';
import { staffNames } from '../staff/staff-names.ts';
import type { Store } from '../store/store.ts';
import { findNamedOrder } from './read-order-id.ts';
import { summaryOf, type OrderSummary } from './summary.ts';
import { timeline, type TimelineEntry } from './timeline.ts';

export interface OrderPage extends OrderSummary {
  site: string;
  source: string;
  rev: number | null;
  /** Other addresses the booking was seen with. */
  alternates: string[];
  locale: string | null;
  item: { kind: string; id: string; name: string | null } | null;
  units: number;
  updatedAt: string;
  lines: { sku: string; quantity: number }[];
  keys: OrderPageKey[];
  messages: OrderPageMessage[];
  /** Why no mail goes to the order's address; null when it does. */
  suppressed: OrderPageSuppression | null;
  timeline: TimelineEntry[];
}

interface OrderPageKey {
  keyId: number;
  masked: string;
  sku: string;
  status: KeyStatus;
  /** Null while the key is on hold. */
  assignedAt: string | null;
}

interface OrderPageMessage {
  messageId: string;
  kind: string;
  recipient: string;
  status: MessageStatus;
  attempts: number;
  lastCode: string | null;
  lastError: string | null;
  createdAt: string;
  acceptedAt: string | null;
}

interface OrderPageSuppression {
  reason: SuppressionRow['reason'];
  since: string;
  /** What the mail provider said. */
  detail: string;
}

/** Everything about one order that support may see. */
export async function getOrder(
  deps: { store: Store },
  input: { orderId: string },
): Promise<Result<OrderPage>> {
  const { store } = deps;
  const named = await findNamedOrder(store, input.orderId);
  if (!named.ok) return named;
  const order = named.value;
  const [lines, keys, messages, alternates, audit, deliveries, suppressions, nameOf] = await Promise.all([
    store.findLines({ orderIds: [order.id] }),
    store.findKeysOfOrders({ orderIds: [orderId(order)] }),
    store.findMessagesOfOrders({ orderIds: [order.id] }),
    store.findAlternates({ orderId: order.id }),
    store.findAudit({ subject: `order:${order.id}` }),
    store.findDeliveriesOfOrder({ orderId: order.id }),
    store.findSuppressions({ addresses: order.email === null ? [] : [order.email.toLowerCase()] }),
    staffNames(store),
  ]);
  const { site, source, rev, locale, units, itemKind, itemId, itemName } = order;
  return done({
    ...summaryOf(order, lines, keys),
    site,
    source,
    rev,
    alternates,
    locale,
    item: itemKind === null || itemId === null ? null : { kind: itemKind, id: itemId, name: itemName },
    units,
    updatedAt: order.updatedAt.toISOString(),
    lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
    keys: keys.map(pageKey),
    messages: messages.map(pageMessage),
    suppressed: suppressions.map(pageSuppression)[0] ?? null,
    timeline: timeline({ order, audit, deliveries, messages, nameOf }),
  });
}

function pageKey(key: KeyRow): OrderPageKey {
  const { id, licenseKey, productSku, status, assignedAt } = key;
  return {
    keyId: id,
    masked: maskKey(licenseKey),
    sku: productSku,
    status,
    assignedAt: assignedAt?.toISOString() ?? null,
  };
}

function pageMessage(message: MessageRow): OrderPageMessage {
  const { id, kind, recipient, status, attempts, lastCode, lastError, createdAt, acceptedAt } = message;
  return {
    messageId: id,
    kind,
    recipient,
    status,
    attempts,
    lastCode,
    lastError,
    createdAt: createdAt.toISOString(),
    acceptedAt: acceptedAt?.toISOString() ?? null,
  };
}

function pageSuppression({ reason, since, detail }: SuppressionRow): OrderPageSuppression {
  return { reason, since: since.toISOString(), detail };
}
