import { done, refuse, type Result } from '../errors.ts';
import type { OrderRow } from '../store/rows.ts';
import { searchName, searchSurname } from '../store/search-name.ts';
import type { Store } from '../store/store.ts';
import { findExact, type Exact } from './find-exact.ts';
import { FIRST_PLACE, makeCursor, readCursor, type LookupPlace, type NamePlace } from './lookup-cursor.ts';
import { searchWords } from './search-words.ts';
import { summarize, type OrderSummary } from './summary.ts';

const PAGE = 25;
/** A page that finds too many orders again that were given before comes short, and names the next one. */
const MOST_READS = 4;

interface Find {
  row: OrderRow;
  place: LookupPlace;
}

/**
 * Finds orders by order id, booking number, e-mail (alternates too), name, coupon, full key or the last four characters
 * of a key; newest first. When these are exhausted come names, and last words of names, that begin with the text, in
 * their own order. SECURITY: the query may be a key, so it is neither logged nor repeated.
 */
export async function lookupOrders(
  deps: { store: Store },
  input: { query: string; cursor?: string | undefined },
): Promise<Result<{ orders: OrderSummary[]; next?: string }>> {
  const place = input.cursor === undefined ? FIRST_PLACE : readCursor(input.cursor);
  if (place === null) return refuse('lookup.bad_cursor', {});
  const { finds, rest } = await findPage(deps.store, input.query, place);
  const page = finds.slice(0, PAGE);
  const next = finds.length > PAGE ? (page.at(-1)?.place ?? null) : rest;
  const orders = await summarize(
    deps,
    page.map(({ row }) => row),
  );
  return done(next === null ? { orders } : { orders, next: makeCursor(next) });
}

/** One find more than a page when there is one; `rest` is where to go on when reading ended before that was known. */
async function findPage(
  store: Store,
  query: string,
  place: LookupPlace,
): Promise<{ finds: Find[]; rest: LookupPlace | null }> {
  const words = searchWords(query);
  const { prefix } = words;
  const limit = PAGE + 1;
  const names = openNames(store, prefix ?? '', limit);
  const first = prefix === null ? null : place.phase === 'exact' ? startOf('name', prefix) : place;
  // Asked for beside the exact finds, needed or not: one after the other, they take twice as long.
  const [exact] = await Promise.all([
    findExact(store, words, { beforeId: place.phase === 'exact' ? place.beforeId : 0, limit }),
    first && names.read(first),
    first && place.phase === 'exact' && names.read(startAfter('name', prefix ?? '')),
  ]);
  const finds = exact.rows.map((row): Find => ({ row, place: { phase: 'exact', beforeId: row.id } }));
  let at = exact.isOneKey ? null : first;
  for (
    let reads = 0;
    at !== null && prefix !== null && reads < MOST_READS && finds.length < limit;
    reads += 1
  ) {
    const { phase } = at;
    const rows = await names.read(at);
    finds.push(...rows.filter((row) => !isGiven(row, phase, exact, prefix)).map((row) => findOf(row, phase)));
    const last = rows.at(-1);
    at = last && rows.length === limit ? placeOf(last, phase) : startAfter(phase, prefix);
  }
  return { finds, rest: at };
}

/** Pages of names that begin with the text; each is read once. */
function openNames(store: Store, prefix: string, limit: number) {
  const pages = new Map<string, Promise<OrderRow[]>>();
  return {
    read(place: NamePlace | null): Promise<OrderRow[]> {
      if (!place) return Promise.resolve([]);
      const name = JSON.stringify(place);
      const page =
        pages.get(name) ?? store.lookupByNamePrefix({ prefix, of: place.phase, after: place.after, limit });
      pages.set(name, page);
      return page;
    },
  };
}

function findOf(row: OrderRow, phase: NamePlace['phase']): Find {
  return { row, place: placeOf(row, phase) };
}

function placeOf(row: OrderRow, phase: NamePlace['phase']): NamePlace {
  const text = phase === 'name' ? searchName(row.name) : searchSurname(row.name);
  return { phase, after: { text: text ?? '', id: row.id } };
}

/** After the names that are the text as a whole: these are exact finds. */
function startOf(phase: NamePlace['phase'], prefix: string): NamePlace {
  return { phase, after: { text: searchName(prefix), id: Number.MAX_SAFE_INTEGER } };
}

function startAfter(phase: NamePlace['phase'], prefix: string): NamePlace | null {
  return phase === 'name' && !prefix.includes(' ') ? startOf('surname', prefix) : null;
}

/** Whether an earlier phase gives the order. */
function isGiven(row: OrderRow, phase: NamePlace['phase'], exact: Exact, prefix: string): boolean {
  const beginsSo = (searchName(row.name) ?? '').startsWith(searchName(prefix));
  return exact.has(row) || (phase === 'surname' && beginsSo);
}
