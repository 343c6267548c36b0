import { orderId, parseOrderId, SOURCES } from '../../shared/booking-event.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { OrderKey, OrderRow } from '../store/rows.ts';
import type { LookupPage, Store } from '../store/store.ts';
import { searchWords, type SearchWords } from './search-words.ts';
import { summarize, type OrderSummary } from './summary.ts';

const PAGE = 25;
/** Four characters are shared by few keys; beyond this a longer search is needed anyway. */
const TAIL_LIMIT = 200;

/**
 * Finds orders by order id, booking number, e-mail (alternates too), name, coupon, full key or the last four characters
 * of a key; newest first, a page at a time. SECURITY: the query may be a key, so it is neither logged nor repeated.
 */
export async function lookupOrders(
  deps: { store: Store },
  input: { query: string; cursor?: string | undefined },
): Promise<Result<{ orders: OrderSummary[]; next?: string }>> {
  const beforeId = input.cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(input.cursor);
  if (beforeId === null) return refuse('lookup.bad_cursor', {});
  const words = searchWords(input.query);
  const found = await findAll(deps.store, words, { beforeId, limit: PAGE + 1 });
  const page = found.slice(0, PAGE);
  const last = page.at(-1);
  const orders = await summarize(deps, page);
  return done(found.length > PAGE && last ? { orders, next: makeCursor(last.id) } : { orders });
}

async function findAll(store: Store, words: SearchWords, page: LookupPage): Promise<OrderRow[]> {
  const finds = await Promise.all([
    store.findOrders({ keys: await exactOrders(store, words) }),
    words.email === null ? [] : store.lookupByEmail({ email: words.email, ...page }),
    words.name === null ? [] : store.lookupByName({ name: words.name, ...page }),
    store.lookupByCoupon({ coupons: words.coupons, ...page }),
  ]);
  const byId = new Map(finds.flat().map((row) => [row.id, row]));
  return [...byId.values()].filter((row) => row.id < page.beforeId).sort((a, b) => b.id - a.id);
}

/** Orders that the query names by themselves, or by a key of theirs. */
async function exactOrders(store: Store, words: SearchWords): Promise<OrderKey[]> {
  const holders = await Promise.all([
    words.key === null ? [] : store.lookupByKey({ licenseKey: words.key }),
    store.lookupByTail({ tails: words.tails, limit: TAIL_LIMIT }),
  ]);
  const keys = holders.flat().flatMap((text) => parseOrderId(text) ?? []);
  if (words.order) keys.push(words.order);
  if (words.bookingNumber !== null) keys.push(...(await everywhere(store, words.bookingNumber)));
  return [...new Map(keys.map((key) => [orderId(key), key])).values()];
}

async function everywhere(store: Store, externalId: string): Promise<OrderKey[]> {
  const slugs = ['', ...(await store.listSites()).map((site) => site.slug)];
  return [...new Set(slugs)].flatMap((site) => SOURCES.map((source) => ({ site, source, externalId })));
}

function makeCursor(beforeId: number): string {
  return Buffer.from(`before:${beforeId}`).toString('base64url');
}

function readCursor(cursor: string): number | null {
  const match = /^before:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString());
  return match ? Number(match[1]) : null;
}
