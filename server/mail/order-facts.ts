import { orderId } from '../../shared/booking-event.ts';
import { suppressionWords } from './suppression-words.ts';
import type { Draft } from './draft.ts';
import type { KeyRow, MessageRow, OrderLine, OrderRow, ProductRow, SuppressionRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

/** What mails to customers are written from, for a whole batch. */
export interface OrderFacts {
  orders: Map<number, OrderRow>;
  /** Of all these orders; revoked keys too. */
  keys: KeyRow[];
  /** Of orders with a waiting notice only. */
  lines: OrderLine[];
  products: Map<string, ProductRow>;
  /** All mails of these orders. */
  messages: MessageRow[];
  /** By address, lower-cased. */
  suppressions: Map<string, SuppressionRow>;
}

export type FactStore = Pick<
  Store,
  | 'findKeysOfOrders'
  | 'findLines'
  | 'findMessagesOfOrders'
  | 'findOrdersById'
  | 'findProducts'
  | 'findSuppressions'
>;

/** One query per table for the whole batch. The orders are read first: what they hold is never older than their status. */
export async function readFacts(store: FactStore, messages: MessageRow[]): Promise<OrderFacts> {
  const toCustomers = messages.filter(({ kind }) => kind === 'key' || kind === 'key_waiting');
  const ids = idsOf(toCustomers);
  const noticed = idsOf(toCustomers.filter(({ kind }) => kind === 'key_waiting'));
  const orders = ids.length === 0 ? [] : await store.findOrdersById({ ids });
  const addresses = [...new Set(toCustomers.map(({ recipient }) => recipient.toLowerCase()))];
  const [keys, lines, mails, suppressions] = await Promise.all([
    orders.length === 0 ? [] : store.findKeysOfOrders({ orderIds: orders.map(orderId) }),
    noticed.length === 0 ? [] : store.findLines({ orderIds: noticed }),
    ids.length === 0 ? [] : store.findMessagesOfOrders({ orderIds: ids }),
    addresses.length === 0 ? [] : store.findSuppressions({ addresses }),
  ]);
  const skus = [...new Set([...keys.map((key) => key.productSku), ...lines.map((line) => line.sku)])];
  const products = skus.length === 0 ? [] : await store.findProducts({ skus });
  return {
    orders: new Map(orders.map((order) => [order.id, order])),
    keys,
    lines,
    products: new Map(products.map((product) => [product.sku, product])),
    messages: mails,
    suppressions: new Map(suppressions.map((row) => [row.address, row])),
  };
}

function idsOf(messages: MessageRow[]): number[] {
  return [...new Set(messages.flatMap(({ orderId: id }) => (id === null ? [] : [id])))];
}

/** Why a mail that is fit to go out must not: its address bounced, or its reader called our mails spam. */
export function refusal(facts: OrderFacts, message: Pick<MessageRow, 'recipient'>): Draft | null {
  const suppressed = facts.suppressions.get(message.recipient.toLowerCase());
  if (!suppressed) return null;
  const { reason, day } = suppressionWords(suppressed);
  return { kind: 'refused', code: 'suppressed', why: `mail to this address ${reason} on ${day}` };
}
