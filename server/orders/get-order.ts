import { orderId, parseOrderId } from '../../shared/booking-event.ts';
import type { KeyStatus, MessageStatus } from '../../shared/statuses.ts';
import { done, refuse, type Result } from '../errors.ts';
import { maskKey } from '../keys/mask-key.ts';
import type { KeyRow, MessageRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
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

/** Everything about one order that support may see. */
export async function getOrder(
  deps: { store: Store },
  input: { orderId: string },
): Promise<Result<OrderPage>> {
  const { store } = deps;
  const key = parseOrderId(input.orderId);
  const order = key && (await store.findOrder(key));
  if (!order) return refuse('order.unknown', { orderId: input.orderId });
  const [lines, keys, messages, alternates, audit, deliveries] = await Promise.all([
    store.findLines({ orderIds: [order.id] }),
    store.findKeysOfOrders({ orderIds: [orderId(order)] }),
    store.findMessagesOfOrders({ orderIds: [order.id] }),
    store.findAlternates({ orderId: order.id }),
    store.findAudit({ subject: `order:${order.id}` }),
    store.findDeliveriesOfOrder({ orderId: order.id }),
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
    timeline: timeline({ order, audit, deliveries, messages }),
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
