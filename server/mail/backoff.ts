const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS_MS = [30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR] as const;
const LAST_STEP_MS = 6 * HOUR;
const MIN_DELAY_MS = SECOND;
const GIVE_UP_AFTER_MS = 3 * DAY;

/**
 * Milliseconds until the next try, or null to give up. Full jitter (0 … step): after an outage the retries of a
 * thousand mails spread over the whole step. A message that waited out a long pause of the queue still gets as many
 * tries as there are steps before three days count against it.
 *
 * @param attempts tries made so far, 1 or more
 * @param ageMs since the message was made
 * @param random 0 ≤ random < 1
 */
export function backoffMs(q: { attempts: number; ageMs: number; random: number }): number | null {
  if (q.ageMs >= GIVE_UP_AFTER_MS && q.attempts > STEPS_MS.length) return null;
  const step = STEPS_MS[q.attempts - 1] ?? LAST_STEP_MS;
  return Math.max(MIN_DELAY_MS, Math.round(q.random * step));
}

const PAUSE_STEPS_MS = [30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE] as const;
const LAST_PAUSE_MS = 10 * MINUTE;

/** How long the queue rests after the `failures`-th configuration failure in a row (1 or more). */
export function pauseMs(failures: number): number {
  return PAUSE_STEPS_MS[failures - 1] ?? LAST_PAUSE_MS;
}

const REST_STEPS_MS = [5 * SECOND, 15 * SECOND, 30 * SECOND] as const;
const LAST_REST_MS = MINUTE;

/** How long the queue rests after the server has asked for less mail `times` times in a row (1 or more). */
export function restMs(times: number): number {
  return REST_STEPS_MS[times - 1] ?? LAST_REST_MS;
}
