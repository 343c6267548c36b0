const MAX_LENGTH = 191;

/** The lower-cased, cut copy of a name that lookups by prefix compare with: MariaDB has no functional indexes. */
export function searchName(name: string): string;
export function searchName(name: string | null): string | null;
export function searchName(name: string | null): string | null {
  if (name === null) return null;
  // Cutting may halve a surrogate pair, and half a pair is no valid text for a database.
  return name
    .toLowerCase()
    .slice(0, MAX_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, '');
}

/** The last word of a search copy: what comes after its last space. The databases make the same of the stored copy. */
export function searchSurname(name: string | null): string | null {
  const text = searchName(name);
  return text === null ? null : text.slice(text.lastIndexOf(' ') + 1);
}

/** Above every search copy that starts with `prefix`, and below all others that come later. */
export function prefixEnd(prefix: string): string {
  return `${searchName(prefix)}\u{10ffff}`;
}
