import { parseOrderId } from '../../shared/booking-event.ts';
import type { OrderKey } from '../store/rows.ts';

/** What a text in the search box may mean; each of these is looked for, and the finds are put together. */
export interface SearchWords {
  order: OrderKey | null;
  /** A bare number: a booking of any plugin and site. */
  bookingNumber: string | null;
  email: string | null;
  key: string | null;
  tails: string[];
  coupons: string[];
  name: string | null;
}

const NOTHING: SearchWords = {
  order: null,
  bookingNumber: null,
  email: null,
  key: null,
  tails: [],
  coupons: [],
  name: null,
};

/** `*ABCD`, `…ABCD`, `...ABCD`, and the `••••-ABCD` that lists and mails show. */
const MARKED_TAIL = /^(?:\*+|…|\.{2,}|•+)[-\s]*(\S{1,4})$/u;

export function searchWords(query: string): SearchWords {
  const text = query.trim();
  if (text === '') return NOTHING;
  const order = parseOrderId(text);
  if (order) return { ...NOTHING, order };
  const marked = MARKED_TAIL.exec(text)?.[1];
  if (marked !== undefined) return { ...NOTHING, tails: spellings(marked) };
  if (/^\S+@\S+$/.test(text)) return { ...NOTHING, email: text.toLowerCase(), coupons: [text] };
  return {
    ...NOTHING,
    bookingNumber: /^\d{1,18}$/.test(text) ? text : null,
    key: text,
    tails: [...text].length === 4 ? spellings(text) : [],
    coupons: spellings(text),
    name: text,
  };
}

/** Keys and coupons are mostly upper case and mostly typed in lower case. */
function spellings(text: string): string[] {
  return [...new Set([text, text.toUpperCase()])];
}
