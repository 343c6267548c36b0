const MAX_LENGTH = 191;

/** The lower-cased, cut copy of a name that lookups by prefix compare with: MariaDB has no functional indexes. */
export function searchName(name: string | null): string | null {
  if (name === null) return null;
  // Cutting may halve a surrogate pair, and half a pair is no valid text for a database.
  return name
    .toLowerCase()
    .slice(0, MAX_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, '');
}

/** The LIKE pattern (escape character `!`) for names that start with `name`. */
export function searchPattern(name: string): string {
  return `${(searchName(name) ?? '').replace(/[!%_]/g, '!$&')}%`;
}
