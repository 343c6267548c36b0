import type { BookingKey } from '../store/rows.ts';

/** A site's plugin in words; alerts about it begin with them. */
export function placeOf({ site, source }: Pick<BookingKey, 'site'> & { source: string }): string {
  return `${site === '' ? 'the main site' : site}, ${source}`;
}
