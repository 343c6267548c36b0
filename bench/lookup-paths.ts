import { parseOrderId, SOURCES } from '../shared/booking-event.ts';
import { valueOf } from '../server/errors.ts';
import { findKeys } from '../server/keys/find-keys.ts';
import { makeCursor, type LookupPlace } from '../server/orders/lookup-cursor.ts';
import { lookupOrders } from '../server/orders/lookup.ts';
import { keyWords, searchWords, type SearchWords } from '../server/orders/search-words.ts';
import type { Store } from '../server/store/store.ts';
import { SHARED, type Words } from './lookup-shop.ts';

export interface Path {
  name: string;
  /** What staff call, as a whole. */
  run(): Promise<unknown>;
  /** The statements that find the orders. */
  find(): Promise<unknown>;
  /** What any step of a statement may read. */
  mostInStep: number;
}

type Find = (words: SearchWords) => Promise<unknown>;

/** A page from each of two ranges. */
const PAGES = 60;
/** The newest keys of a tail that are looked at (lookup.ts of the adapters). */
const TAILS_READ = 500;
const PAGE = { beforeId: Number.MAX_SAFE_INTEGER, limit: 26 };

/** The use-case that staff call, its finds summarised and their keys masked; a random one of `words` each time. */
export function lookups(store: Store, words: Words[], count: number): Path[] {
  const [byOrder, byNumber, byWords, byBeginning, byKey] = findsOf(store);
  const path = (name: string, pick: () => string, find: Find, mostInStep = PAGES): Path => ({
    name,
    run: async () => valueOf(await lookupOrders({ store }, { query: pick() })),
    find: () => find(searchWords(pick())),
    mostInStep,
  });
  const each = (name: string, of: (words: Words) => string | null, find: Find, mostInStep?: number): Path => {
    const queries = words.flatMap((one) => of(one) ?? []);
    if (queries.length === 0) throw new Error(`nothing to look up by ${name}`);
    return path(name, () => queries[random(queries.length)] ?? '', find, mostInStep);
  };
  const amid = (name: string, query: string, place: () => LookupPlace): Path => {
    const page = async () => valueOf(await lookupOrders({ store }, { query, cursor: makeCursor(place()) }));
    const find: Find = ({ emails, coupons, names, prefix }) => {
      const at = place();
      if (at.phase === 'exact') return store.lookupByWords({ emails, coupons, names, ...PAGE, ...at });
      return store.lookupByNamePrefix({ prefix: prefix ?? '', of: at.phase, after: at.after, limit: 26 });
    };
    return { name, run: page, find: () => find(searchWords(query)), mostInStep: PAGES };
  };
  const keysBy = (name: string, pick: () => string): Path => ({
    name,
    run: () => findKeys({ store }, { query: pick() }),
    find: () => store.lookupKeys({ ...keyWords(pick()), limit: PAGE.limit }),
    mostInStep: PAGES,
  });
  const anyId = () => 1 + random(count);
  const surname = SHARED.surname.toLowerCase();
  return [
    each('order id', ({ number }) => `amelia:${number}`, byOrder),
    each('booking number', ({ number }) => number, byNumber),
    each('e-mail', ({ email }) => email, byWords),
    each('alternate e-mail', ({ alternate }) => alternate, byWords),
    each('whole name', ({ name }) => name, byWords),
    each('last name', ({ name }) => name.split(' ')[1] ?? null, byWords),
    each('beginning of a name', ({ name }) => name.slice(0, 7), byBeginning),
    each('coupon', ({ coupon }) => coupon, byWords),
    each('full key', ({ licenseKey }) => licenseKey, byKey),
    each('key tail', ({ tail }) => tail, byKey, TAILS_READ),
    path('e-mail of a thousandth of all', () => SHARED.email, byWords),
    path('alternate e-mail of a hundredth', () => SHARED.alternate, byWords),
    path('last name of a hundredth', () => SHARED.surname, byWords),
    path('beginning of the names of a tenth', () => 'bob', byBeginning),
    path('coupon of a tenth', () => SHARED.coupon, byWords),
    path('key tail of a thousandth', () => SHARED.tail, byKey, TAILS_READ),
    path('tail of a thousandth, none sold', () => SHARED.freeTail, byKey, TAILS_READ),
    keysBy('keys: whole text', () => words[random(words.length)]?.licenseKey ?? ''),
    keysBy('keys: tail of a thousandth', () => SHARED.tail),
    keysBy('keys: the same, none sold', () => SHARED.freeTail),
    amid('a page amid the coupon', SHARED.coupon, () => ({ phase: 'exact', beforeId: anyId() })),
    amid('a page amid the last name', SHARED.surname.slice(0, 4), () => ({
      phase: 'surname',
      after: { text: surname, id: anyId() },
    })),
    amid('a page amid the beginning', 'bob', () => ({
      phase: 'name',
      after: { text: SHARED.name, id: anyId() },
    })),
  ];
}

/** The verbs that find by one meaning of the text, as the use-case calls them with all that it may mean. */
function findsOf(store: Store): [Find, Find, Find, Find, Find] {
  return [
    ({ order }) => store.findOrders({ keys: order ? [order] : [] }),
    async ({ number }) => {
      await store.listSites();
      return store.findOrders({
        keys: SOURCES.map((source) => ({ site: '', source, externalId: number ?? '' })),
      });
    },
    ({ emails, coupons, names }) => store.lookupByWords({ emails, coupons, names, ...PAGE }),
    ({ prefix }) =>
      store.lookupByNamePrefix({ prefix: prefix ?? '', of: 'name', after: null, limit: PAGE.limit }),
    async ({ licenseKeys, tails }) => {
      const holders = await store.lookupHolders({ licenseKeys, tails, limit: 50 });
      return store.findOrders({ keys: holders.flatMap((text) => parseOrderId(text) ?? []) });
    },
  ];
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}
