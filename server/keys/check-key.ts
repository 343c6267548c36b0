/** Longest key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 200;

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
