import type { OrderStatus } from '../../shared/statuses.ts';
import type { KeyRow, NewOrder, OrderChange, OrderKey, OrderLine, OrderRow } from './rows.ts';

// The rules of the seam are those of store.ts.

/** One page of a lookup: the orders, newest first, with id < beforeId. */
export interface LookupPage {
  beforeId: number;
  limit: number;
}

/** A key, and the import (uuid) that brought it. */
export interface FoundKey extends KeyRow {
  importId: string | null;
  /** When that import began. */
  importedAt: Date | null;
}

export interface OrderVerbs {
  /** Takes back orders that this transaction inserted. */
  deleteOrders(q: { ids: number[] }): Promise<void>;
  findOrder(q: OrderKey): Promise<OrderRow | null>;
  findOrders(q: { keys: OrderKey[] }): Promise<OrderRow[]>;
  findOrdersById(q: { ids: number[] }): Promise<OrderRow[]>;
  findAlternates(q: { orderId: number }): Promise<string[]>;
  findLines(q: { orderIds: number[] }): Promise<OrderLine[]>;
  /** Insert or nothing. */
  insertAlternates(q: { rows: { orderId: number; email: string }[] }): Promise<void>;
  /** Insert or nothing by (site, source, externalId); the caller sorts by these three, or opposite orders deadlock. */
  insertOrders(q: { orders: NewOrder[] }): Promise<void>;
  /** Replaces all lines of the named orders. */
  replaceLines(q: { orderIds: number[]; lines: OrderLine[] }): Promise<void>;
  /** Locks the orders, in order of id, waiting for other holders. */
  lockOrders(q: { ids: number[] }): Promise<OrderRow[]>;
  /** Locks those of the orders that nobody else holds (SKIP LOCKED), and that are still `status` unless that is null. */
  lockFreeOrders(q: { ids: number[]; status: OrderStatus | null }): Promise<OrderRow[]>;
  /** Orders by status: those made since then, or all when null. */
  countOrders(q: { since: Date | null }): Promise<{ status: OrderStatus; count: number }[]>;
  listAttention(q: { reason: string; afterId: number; limit: number }): Promise<OrderRow[]>;
  /** Oldest (lowest id) first, with id > afterId. */
  listOrders(q: { status: OrderStatus; afterId: number; limit: number }): Promise<OrderRow[]>;
  /** Ids of waiting orders with a line of this SKU, oldest (lowest id) first. */
  listWaiting(q: { sku: string; afterId: number; limit: number }): Promise<number[]>;
  /**
   * Orders whose name (or its last word) starts with this text, letter case aside, in order of that text and id: newest
   * first would read all that match. `after` is a place in this order, its text as search-name.ts makes it.
   */
  lookupByNamePrefix(q: {
    prefix: string;
    of: 'name' | 'surname';
    after: { text: string; id: number } | null;
    limit: number;
  }): Promise<OrderRow[]>;
  /** Orders with one of these e-mails (alternates too), coupons, whole names or last words of names; of names, letter case aside. */
  lookupByWords(
    q: { emails: string[]; coupons: string[]; names: string[] } & LookupPage,
  ): Promise<OrderRow[]>;
  /**
   * Orders (in words) of the `limit` newest keys with such a text, or such last four characters, that an order holds; of
   * each tail the 500 newest keys are looked at.
   */
  lookupHolders(q: { licenseKeys: string[]; tails: string[]; limit: number }): Promise<string[]>;
  /** Keys with such a text, or such last four characters, whoever has them; newest (highest id) first. */
  lookupKeys(q: { licenseKeys: string[]; tails: string[]; limit: number }): Promise<FoundKey[]>;
  /** SKUs, of those asked, that some waiting order wants. */
  skusWaiting(q: { skus: string[] }): Promise<string[]>;
  updateOrders(q: { orders: OrderChange[] }): Promise<void>;
}
