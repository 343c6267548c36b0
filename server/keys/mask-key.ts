const TAIL_LENGTH = 4;

/** The last four characters of a key: what support may see and search by. */
export function tailOf(key: string): string {
  return [...key].slice(-TAIL_LENGTH).join('');
}

/** `••••-ABCD`. A key that is hardly longer than its tail shows nothing. */
export function maskKey(key: string): string {
  return [...key].length > TAIL_LENGTH + 1 ? `••••-${tailOf(key)}` : '••••';
}
