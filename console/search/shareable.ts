import { parseOrderId } from '../../shared/booking-event.ts';

/** From here on a text of capitals, digits and dashes may be a whole key. */
const KEY_LENGTH = 9;

/**
 * Whether a search may stand in the address of the page, to be shared. SECURITY: a whole key may not, since addresses are
 * kept by browsers and sent around; what could be one is kept in this page's memory alone.
 */
export function isShareable(text: string): boolean {
  const words = text.trim();
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(words) || parseOrderId(words) !== null) return true;
  if (words.length < KEY_LENGTH) return true;
  // Capitals alone may be a key in groups; scripts without capitals are names.
  const isProse = /[\p{Ll}\p{Lo}]/u.test(words);
  if (/\s/.test(words) && !/\d/.test(words)) return isProse;
  // A long name or coupon in one word: letters alone, and not all of them capitals.
  return /^[\p{L}\p{M}'’.]+(-[\p{L}\p{M}'’.]+)?$/u.test(words) && isProse && words.length < 24;
}
