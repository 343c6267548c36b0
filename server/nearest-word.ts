/** The word that `given` is most likely a typo of, or null when none is near. */
export function nearestWord(given: string, known: readonly string[]): string | null {
  const ranked = known.map((word) => ({ word, far: editDistance(given, word) }));
  const nearest = ranked.sort((a, b) => a.far - b.far)[0];
  return nearest && nearest.far <= Math.max(2, Math.floor(given.length / 4)) ? nearest.word : null;
}

/** Levenshtein: letters to insert, delete or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
