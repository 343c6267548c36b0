import { orderId, parseOrderId, SOURCES } from '../../shared/booking-event.ts';
import type { OrderKey, OrderRow } from '../store/rows.ts';
import { searchName, searchSurname } from '../store/search-name.ts';
import type { LookupPage } from '../store/order-verbs.ts';
import type { Store } from '../store/store.ts';
import type { SearchWords } from './search-words.ts';

/** Four characters are shared by few keys; beyond this a longer search is needed anyway. */
const MOST_HOLDERS = 50;
const STAFF_NUMBER_LENGTH = 10;

export interface Exact {
  /** Newest first, at most as many as asked. */
  rows: OrderRow[];
  /** The text is a key: whatever else it may mean is not asked for. */
  isOneKey: boolean;
  /** Whether an order is one of the exact finds, of this page or another. */
  has(row: OrderRow): boolean;
}

/** Orders that one of the words names as a whole. */
export async function findExact(store: Store, words: SearchWords, page: LookupPage): Promise<Exact> {
  const isOver = page.beforeId === 0;
  const [named, worded] = await Promise.all([
    namedBy(store, words, isOver),
    isOver
      ? []
      : store.lookupByWords({ emails: words.emails, coupons: words.coupons, names: words.names, ...page }),
  ]);
  const byId = new Map([...named.rows, ...worded].map((row) => [row.id, row]));
  const rows = [...byId.values()].filter((row) => row.id < page.beforeId).sort((a, b) => b.id - a.id);
  const ids = new Set(named.keys.map(orderId));
  return {
    rows: rows.slice(0, page.limit),
    isOneKey: words.tails.length === 0 && named.holders > 0,
    has: (row) => ids.has(orderId(row)) || isWorded(row, words),
  };
}

/** Orders that hold the key, or are named by their id or number. */
async function namedBy(
  store: Store,
  { order, number, licenseKeys, tails }: SearchWords,
  isOver: boolean,
): Promise<{ rows: OrderRow[]; keys: OrderKey[]; holders: number }> {
  const asks = licenseKeys.length + tails.length > 0;
  const [holders, numbered] = await Promise.all([
    asks ? store.lookupHolders({ licenseKeys, tails, limit: MOST_HOLDERS }) : [],
    number === null ? [] : everywhere(store, number),
  ]);
  const held = holders.flatMap((text) => parseOrderId(text) ?? []);
  const all = [...held, ...numbered, ...(order ? [order] : [])];
  const keys = [...new Map(all.map((key) => [orderId(key), key])).values()];
  const rows = isOver || keys.length === 0 ? [] : await store.findOrders({ keys });
  return { rows, keys, holders: held.length };
}

async function everywhere(store: Store, number: string): Promise<OrderKey[]> {
  const isStaffs = number.length === STAFF_NUMBER_LENGTH;
  const staffs: OrderKey[] = isStaffs
    ? [{ site: '', source: 'staff', externalId: number.toUpperCase() }]
    : [];
  if (!/^\d+$/.test(number)) return staffs;
  const slugs = ['', ...(await store.listSites()).map((site) => site.slug)];
  const bookings = [...new Set(slugs)].flatMap((site) =>
    SOURCES.map((source) => ({ site, source, externalId: number })),
  );
  return [...bookings, ...staffs];
}

/** As `lookupByWords` compares. */
function isWorded({ coupon, name }: OrderRow, { coupons, names }: SearchWords): boolean {
  if (coupon !== null && coupons.includes(coupon)) return true;
  const whole = searchName(name);
  if (whole === null) return false;
  const texts = names.map((text) => searchName(text));
  return texts.includes(whole) || texts.includes(searchSurname(name) ?? whole);
}
