/** Longest key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 200;

/** What people and spreadsheets leave around a key: spaces of every kind, and characters without width. */
const AROUND = /^[\s\u200B-\u200F\u2060\uFEFF\u00AD]+|[\s\u200B-\u200F\u2060\uFEFF\u00AD]+$/g;

/** A key without what stands around it; '' when nothing is left. */
export function trimKey(text: string): string {
  const trimmed = text.replace(AROUND, '');
  // ="0012" is how spreadsheets are told to keep leading zeros.
  const formula = /^="([^"]*)"$/.exec(trimmed);
  return formula ? (formula[1] ?? '').replace(AROUND, '') : trimmed;
}

/** Why a trimmed text cannot be a key, as a sentence without the text itself; null when it can. */
export function keyFault(key: string): string | null {
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) return `is ${bytes} bytes long; a key has at most ${MAX_KEY_BYTES}`;
  if (/[\uFFFD\p{Cs}]/u.test(key)) return 'is not readable text; save the file as UTF-8';
  if (/\t/.test(key)) return 'has a tab inside';
  if (/\p{Cc}/u.test(key)) return 'has a control character inside';
  if (/[\p{Cf}\u2028\u2029]/u.test(key)) return 'has an invisible character inside';
  if (/[^\S ]/.test(key)) return 'has an unusual space inside';
  if (/ {2}/.test(key)) return 'has several spaces in a row inside';
  if (/^\d[.,]\d+E\+\d+$/i.test(key))
    return 'was shortened by a spreadsheet (like 1.2E+15); format the column as text and export again';
  return null;
}
