import { parseOrderId } from '../../shared/booking-event.ts';
import type { OrderKey } from '../store/rows.ts';

/** What a text in the search box may mean; each of these is looked for, and the finds are put together. */
export interface SearchWords {
  order: OrderKey | null;
  /** A bare number: a booking of any plugin and site, or an order of staff. */
  number: string | null;
  emails: string[];
  licenseKeys: string[];
  tails: string[];
  coupons: string[];
  /** Whole names, or last words of names. */
  names: string[];
  /** The beginning of a name, or of its last word. */
  prefix: string | null;
}

const NOTHING: SearchWords = {
  order: null,
  number: null,
  emails: [],
  licenseKeys: [],
  tails: [],
  coupons: [],
  names: [],
  prefix: null,
};

/** `*ABCD`, `…ABCD`, `...ABCD`, and the `••••-ABCD` that lists and mails show. */
const MARKED_TAIL = /^(?:\*+|…|\.{2,}|•+)[-\s]*(\S{1,4})$/u;
/** `13`, or the `7K2M9QX4TB` of an order of staff. */
const NUMBER = /^(?:\d{1,18}|[0-9A-Z]{10})$/i;
/** One letter begins too many names to be of help. */
const SHORTEST_PREFIX = 2;

export function searchWords(query: string): SearchWords {
  const text = query.trim();
  if (text === '') return NOTHING;
  const order = parseOrderId(text);
  if (order) return { ...NOTHING, order };
  const keys = keyWords(text);
  if (keys.licenseKeys.length === 0) return { ...NOTHING, ...keys };
  if (/^\S+@\S+$/.test(text)) return { ...NOTHING, emails: [text.toLowerCase()], coupons: [text] };
  return {
    ...NOTHING,
    ...keys,
    number: NUMBER.test(text) ? text : null,
    coupons: spellings(text),
    names: nameSpellings(text),
    prefix: [...text].length < SHORTEST_PREFIX || /^\d+$/.test(text) ? null : text.split(/\s+/).join(' '),
  };
}

/** What a text may mean where only a key can be meant: the whole of it, or its last four characters. */
export function keyWords(query: string): Pick<SearchWords, 'licenseKeys' | 'tails'> {
  const text = query.trim();
  const marked = MARKED_TAIL.exec(text)?.[1];
  if (marked !== undefined) return { licenseKeys: [], tails: spellings(marked) };
  return text === ''
    ? { licenseKeys: [], tails: [] }
    : { licenseKeys: [text], tails: [...text].length === 4 ? spellings(text) : [] };
}

/** Keys and coupons are mostly upper case and mostly typed in lower case. */
function spellings(text: string): string[] {
  return [...new Set([text, text.toUpperCase()])];
}

/** `Lovelace, Ada` and `Lovelace Ada` may be Ada Lovelace. */
function nameSpellings(text: string): string[] {
  const [last = '', first = ''] = text.split(/\s*,\s*/, 2);
  const words = text.split(/\s+/);
  const turned = first === '' ? [...words.slice(1), ...words.slice(0, 1)] : [first, last];
  return [...new Set([text, words.join(' '), turned.join(' ')])];
}
