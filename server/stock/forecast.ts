const DAY_MS = 24 * 60 * 60_000;
/** A rate is taken over this time, quiet days and all; over less when the product's first key went out later. */
const WINDOW_MS = 7 * DAY_MS;
/**
 * The shortest time that a rate is taken over: so many keys given at once, to a company that books for its staff, are
 * one day's keys and not one minute's. The price: a rush of more than `NEWEST` keys within a day is understated.
 */
const FLOOR_MS = DAY_MS;
/** So many keys within a day are a rush, and a rush may go on: its rate counts when it is the faster one. */
const RUSH = 10;
/** A run-out beyond this says nothing, and would soon be beyond what a date can hold. */
const FORESIGHT_DAYS = 3650;

/** How many of a product's newest assignments a forecast asks for. */
export const NEWEST = 200;

export interface Forecast {
  /** Keys that go out a day, lately; 0 when none did. */
  perDay: number;
  /** Null while none goes out, or when the stock lasts for more than ten years. */
  daysLeft: number | null;
  runsOutAt: Date | null;
}

/**
 * When will a product run out, if it sells as in the last seven days, or as on the last day when that was a rush?
 * `assignedAt` are the times of its newest assignments, `NEWEST` at most and in any order: where all of them are younger
 * than seven days, the rate is taken over the time they span.
 */
export function forecast(given: {
  assignedAt: readonly Date[];
  /** Free keys. */
  available: number;
  now: Date;
}): Forecast {
  const nowMs = given.now.getTime();
  // Written by the clocks of all replicas: one may be a little ahead.
  const agesMs = given.assignedAt.map((at) => Math.max(0, nowMs - at.getTime()));
  const recent = agesMs.filter((ageMs) => ageMs <= WINDOW_MS);
  if (recent.length === 0) return { perDay: 0, daysLeft: null, runsOutAt: null };
  const spanMs = Math.min(WINDOW_MS, Math.max(FLOOR_MS, ...agesMs));
  const today = agesMs.filter((ageMs) => ageMs <= DAY_MS).length;
  const perDay = Math.max((recent.length * DAY_MS) / spanMs, today >= RUSH ? today : 0);
  const daysLeft = given.available / perDay;
  if (daysLeft > FORESIGHT_DAYS) return { perDay, daysLeft: null, runsOutAt: null };
  return { perDay, daysLeft, runsOutAt: new Date(nowMs + Math.round(daysLeft * DAY_MS)) };
}
