import { done, refuse, type Result } from '../errors.ts';

export interface Period {
  since: Date | null;
  /** Not part of the period itself. */
  until: Date | null;
}

/** A day, or a moment with its zone; years that every database can hold. */
const MOMENT = /^2[01]\d\d-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** From when (inclusive) to when (exclusive). A day alone is its beginning in UTC. */
export function readPeriod(input: {
  since?: string | undefined;
  until?: string | undefined;
}): Result<Period> {
  const [since, until] = [readMoment(input.since), readMoment(input.until)];
  return since === undefined || until === undefined ? refuse('period.invalid', {}) : done({ since, until });
}

function readMoment(text: string | undefined): Date | null | undefined {
  if (text === undefined) return null;
  const wanted = text.trim();
  if (!MOMENT.test(wanted) || !isDay(wanted.slice(0, 10))) return undefined;
  const moment = new Date(wanted);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** The thirtieth of February is no day, though a Date takes it for the second of March. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
