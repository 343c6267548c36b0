/** `1 key`, `1,234 keys`. */
export function keyCount(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? 'key' : 'keys'}`;
}
