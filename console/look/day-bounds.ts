const DAY_MS = 24 * 60 * 60_000;
/** Years that the server takes (server/staff/read-period.ts); while a year is typed, it is another. */
const DAY = /^2[01]\d\d-\d\d-\d\d$/;

/** A day of the reader's calendar, or of UTC, as moments: its beginning, and the beginning of the next. Null for no day. */
export function dayBounds(day: string, isUtc: boolean): { begins: string; ends: string } | null {
  if (!DAY.test(day)) return null;
  if (isUtc) {
    const at = Date.parse(`${day}T00:00:00Z`);
    return Number.isNaN(at)
      ? null
      : { begins: new Date(at).toISOString(), ends: new Date(at + DAY_MS).toISOString() };
  }
  const begins = new Date(`${day}T00:00:00`);
  if (Number.isNaN(begins.getTime())) return null;
  // A day of summer time has 23 or 25 hours: the calendar is asked, not the clock.
  const ends = new Date(begins.getFullYear(), begins.getMonth(), begins.getDate() + 1);
  return { begins: begins.toISOString(), ends: ends.toISOString() };
}
