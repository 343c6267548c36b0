import { cutText } from '../../shared/cut-text.ts';

/** Control characters, line separators and bidi overrides; the joiners that emoji are made of stay. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu;
const ADDRESS = /^([a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@([^@]+)$/;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;
const TOP_LABEL = /^(?:[\p{L}\p{M}]{2,63}|xn--[a-z0-9-]{1,59})$/u;
const MAX_EMAIL = 254;
export const MAX_COUPON = 100;
export const MAX_NAME = 200;

/**
 * One bare address, lower-cased, or why it is none. SECURITY: an address with a line break or a second address in it is
 * refused, never repaired: what is repaired here is a mail to a stranger there. `why` never quotes the address.
 */
export function readEmail(text: string): { email: string } | { why: string } {
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return { why: 'it holds a line break or control character' };
  const address = text.trim().toLowerCase();
  if (address.length > MAX_EMAIL) return { why: `it is longer than ${MAX_EMAIL} characters` };
  if (/[,;]/.test(address) || address.split('@').length > 2) return { why: 'it holds more than one address' };
  if (/[\s<>()[\]\\:"]/.test(address)) return { why: 'it is not a bare address' };
  const [, local = '', domain = ''] = ADDRESS.exec(address) ?? [];
  if (local === '' || local.length > 64 || !isDomain(domain)) return { why: 'it is not a valid address' };
  return { email: address };
}

export function cleanEmail(text: string): string | null {
  const read = readEmail(text);
  return 'email' in read ? read.email : null;
}

/** Full-width and other look-alike letters fold to plain ones in DNS: such a domain is not what it shows. */
function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  const top = labels.at(-1) ?? '';
  return (
    domain.normalize('NFKC') === domain &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label)) &&
    TOP_LABEL.test(top)
  );
}

/** Trimmed, control characters gone, at most 100 characters; `cut` when it was longer. */
export function cleanCoupon(text: string): { code: string; cut: boolean } | null {
  const code = text.replace(UNPRINTABLE, '').trim();
  if (code === '') return null;
  const short = cutText(code, MAX_COUPON);
  return { code: short.trim(), cut: short !== code };
}

/** One printable line of at most `max` characters, or null when nothing is left. */
export function cleanLine(text: string, max: number): string | null {
  const line = text.replace(UNPRINTABLE, ' ').replace(/ {2,}/g, ' ').trim();
  return line === '' ? null : cutText(line, max).trim();
}

/** A row id: a positive whole number, or a short word of a plain sender. Null for 0, which means "none yet" in Amelia. */
export function cleanId(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^\d+$/.test(text)) return /^0*$/.test(text) || text.length > 40 ? null : text.replace(/^0+/, '');
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) ? text : null;
}

export function cleanLocale(text: string): string | null {
  return /^[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8}){0,3}$/.test(text.trim()) ? text.trim() : null;
}
