import { uuidv7 } from 'uuidv7';
import type { Store, Verbs } from '../../../server/store/store.ts';
import type {
  DeliveryRow,
  MailEventRow,
  MappingRow,
  NewAlert,
  NewAuditLine,
  NewMessage,
  NewOrder,
  OrderChange,
  OrderRow,
  ProductRow,
  SuppressionRow,
} from '../../../server/store/rows.ts';
import { orderId } from '../../../shared/booking-event.ts';

// Rows that say only what a test is about; the rest is ordinary. Every name is unique in the process, so that tests
// share one database without seeing each other.

export const AT = new Date('2026-11-22T20:06:46.789Z');

/** For pages of a lookup that start at the newest order. */
export const NEWEST = { beforeId: Number.MAX_SAFE_INTEGER, limit: 100 };

let last = 0;

/** `word-1`, `word-2`, …, zero-padded so that the order of making is the order of sorting. */
export function unique(word: string): string {
  last += 1;
  return `${word}-${String(last).padStart(7, '0')}`;
}

export const uuid = uuidv7;

export function inWords(order: { site: string; source: string; externalId: string }): string {
  return orderId(order);
}

export function aDelivery(facts: Partial<DeliveryRow> = {}): DeliveryRow {
  return {
    id: uuid(),
    receivedAt: AT,
    site: '',
    source: 'amelia',
    hook: 'amelia_after_booking_added',
    contentType: 'application/json',
    body: new TextEncoder().encode('{"v":1}'),
    headers: { 'content-type': 'application/json' },
    verdict: 'fulfilled',
    flag: '',
    orders: [],
    replayOf: null,
    ...facts,
  };
}

export function anOrder(facts: Partial<NewOrder> = {}): NewOrder {
  const deliveryId = uuid();
  return {
    site: '',
    source: 'amelia',
    externalId: unique('booking'),
    status: 'waiting',
    reason: null,
    rev: 1,
    email: 'ada@example.test',
    name: 'Ada Lovelace',
    coupon: null,
    locale: 'en_GB',
    itemKind: 'service',
    itemId: '7',
    itemName: 'Chess for beginners',
    units: 1,
    stopped: false,
    calledOff: false,
    granted: false,
    lastDeliveryId: deliveryId,
    firstDeliveryId: deliveryId,
    createdAt: AT,
    ...facts,
  };
}

/** The same order, with other facts. */
export function changed(order: OrderRow, facts: Partial<OrderChange> = {}): OrderChange {
  const { id, status, reason, rev, email, name, coupon, locale, itemKind, itemId, itemName, units } = order;
  const { lastDeliveryId, updatedAt, stopped, calledOff, granted } = order;
  return {
    id,
    status,
    reason,
    rev,
    email,
    name,
    coupon,
    locale,
    itemKind,
    itemId,
    itemName,
    units,
    stopped,
    calledOff,
    granted,
    lastDeliveryId,
    updatedAt,
    ...facts,
  };
}

export function inKeyOrder<T extends { site: string; source: string; externalId: string }>(orders: T[]): T[] {
  const key = (order: T) => [order.site, order.source, order.externalId].join('\u0000');
  return orders.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Stores the orders and gives their rows in the order asked. */
export async function storedOrders(store: Verbs, orders: NewOrder[]): Promise<OrderRow[]> {
  await store.insertOrders({ orders: inKeyOrder(orders) });
  const rows = new Map((await store.findOrders({ keys: orders })).map((row) => [inWords(row), row]));
  return orders.map((order) => {
    const row = rows.get(inWords(order));
    if (!row) throw new Error(`the order ${inWords(order)} was not stored`);
    return row;
  });
}

export async function storedOrder(store: Verbs, facts: Partial<NewOrder> = {}): Promise<OrderRow> {
  const [row] = await storedOrders(store, [anOrder(facts)]);
  if (!row) throw new Error('no order was stored');
  return row;
}

/** A waiting order that owes `quantity` keys of `sku`. */
export async function waitingOrder(
  store: Verbs,
  sku: string,
  quantity = 1,
  facts: Partial<NewOrder> = {},
): Promise<OrderRow> {
  const order = await storedOrder(store, { status: 'waiting', ...facts });
  await store.replaceLines({ orderIds: [order.id], lines: [{ orderId: order.id, sku, quantity }] });
  return order;
}

export function aProduct(facts: Partial<ProductRow> = {}): ProductRow {
  return {
    sku: unique('SKU'),
    name: 'Chess course',
    lowStock: null,
    onCancel: 'keep',
    holdMinutes: 0,
    activationUrl: null,
    instructions: null,
    tellWaiting: true,
    ...facts,
  };
}

/** A product of its own for one test; gives its SKU. */
export async function storedSku(store: Verbs, facts: Partial<ProductRow> = {}): Promise<string> {
  const product = aProduct(facts);
  await store.insertProducts({ products: [product] });
  return product.sku;
}

export function aMapping(facts: Partial<MappingRow> = {}): MappingRow {
  return {
    site: '',
    source: 'amelia',
    kind: 'service',
    itemId: unique('item'),
    sku: null,
    quantity: 1,
    per: 'booking',
    ...facts,
  };
}

export interface StoredKeys {
  sku: string;
  /** Oldest first. */
  ids: number[];
  texts: string[];
}

/** Free keys with these texts, in this order of age. */
export async function storedKeys(store: Verbs, texts: string[], sku?: string): Promise<StoredKeys> {
  const product = sku ?? (await storedSku(store));
  await store.insertKeys({ keys: texts.map((licenseKey) => ({ licenseKey, sku: product })) });
  const found = await store.findKeysByText({ keys: texts });
  const idOf = new Map(found.map((key) => [key.licenseKey, key.id]));
  const ids = texts.map((text) => {
    const id = idOf.get(text);
    if (id === undefined) throw new Error('a key was not stored');
    return id;
  });
  return { sku: product, ids, texts };
}

/** `count` free keys of a product of their own. */
export async function freeKeys(store: Verbs, count: number, sku?: string): Promise<StoredKeys> {
  const texts = Array.from({ length: count }, () => unique('KEY'));
  return storedKeys(store, texts, sku);
}

/** One free key, for tests that need no more. */
export async function freeKey(
  store: Verbs,
  sku?: string,
): Promise<{ sku: string; id: number; text: string }> {
  const stored = await freeKeys(store, 1, sku);
  return { sku: stored.sku, id: the(stored.ids[0]), text: the(stored.texts[0]) };
}

/** Assigns these keys to the order, as a vend does. */
export async function assign(store: Verbs, keyIds: number[], order: OrderRow): Promise<void> {
  await store.assignKeys({
    assignments: keyIds.map((keyId) => ({
      keyId,
      email: order.email,
      orderId: inWords(order),
      coupon: order.coupon,
      assignedAt: AT,
    })),
  });
}

export function aMessage(facts: Partial<NewMessage> = {}): NewMessage {
  return {
    id: uuid(),
    kind: 'key',
    orderId: null,
    recipient: 'ada@example.test',
    priority: 0,
    createdAt: AT,
    ...facts,
  };
}

/** A message of an order of its own. */
export async function storedMessage(store: Verbs, facts: Partial<NewMessage> = {}): Promise<NewMessage> {
  const orderId = facts.orderId ?? (await storedOrder(store)).id;
  const message = aMessage({ ...facts, orderId });
  await store.insertMessages({ messages: [message] });
  return message;
}

export function aMailEvent(facts: Partial<MailEventRow> = {}): MailEventRow {
  return {
    provider: 'postmark',
    eventId: unique('event'),
    messageId: uuid(),
    kind: 'delivered',
    isHard: false,
    at: AT,
    detail: '250',
    ...facts,
  };
}

export function aSuppression(facts: Partial<SuppressionRow> = {}): SuppressionRow {
  return {
    address: `${unique('ada')}@example.test`,
    reason: 'bounced',
    provider: 'postmark',
    messageId: uuid(),
    since: AT,
    detail: '550 5.1.1, HardBounce',
    ...facts,
  };
}

export function anAlert(facts: Partial<NewAlert> = {}): NewAlert {
  return {
    kind: 'out_of_stock',
    orderId: null,
    sku: null,
    detail: unique('detail'),
    createdAt: AT,
    ...facts,
  };
}

export function anAuditLine(facts: Partial<NewAuditLine> = {}): NewAuditLine {
  return {
    subject: unique('order:'),
    seq: 1,
    at: AT,
    actor: 'webhook',
    action: 'vend',
    fromStatus: null,
    toStatus: 'fulfilled',
    reason: 'a booking was approved',
    refs: {},
    previousHash: '',
    hash: 'a'.repeat(64),
    ...facts,
  };
}

/** Puts every message of the other tests to rest, so that `limit` means this test's own. */
export async function withoutDueMessages(store: Store): Promise<void> {
  for (const priority of [0, 1] as const) {
    await store.transaction(async (tx) => {
      const due = await tx.lockDueMessages({ priority, limit: 10_000 });
      await tx.withdrawMessages({ ids: due.map((message) => message.id) });
    });
  }
}

/** The value, which the test knows to be there. */
export function the<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('the test expected a value here');
  return value;
}

export function ids(rows: { id: number }[]): number[] {
  return rows.map((row) => row.id);
}

/** Texts with this beginning that a lazy comparison would take for one another. */
export function lookAlikes(start: string): string[] {
  return [
    'AbC',
    'abc',
    'ABC',
    'a',
    'ä',
    'A\u0308',
    'Ä',
    'ß',
    'ss',
    'abc.',
    'abc ',
    'abc0',
    '😀',
    '😃',
    'x',
    'x\u200d',
  ].map((end) => `${start}-${end}`);
}
