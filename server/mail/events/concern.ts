import type { MailEventRow } from '../../store/rows.ts';

/** How much a person must worry: 0 it arrived, 1 this mail did not, 2 no mail to the address will, 3 it was called spam. */
export function concernOf({ kind, isHard }: Pick<MailEventRow, 'kind' | 'isHard'>): 0 | 1 | 2 | 3 {
  if (kind === 'complained') return 3;
  if (kind === 'bounced') return isHard ? 2 : 1;
  return 0;
}

/** The most concerning event, the earliest of equals: the same one, in whatever order they came. Null without events. */
export function worstOf(events: readonly MailEventRow[]): MailEventRow | null {
  return events.reduce<MailEventRow | null>(
    (worst, event) => (worst === null || isWorse(event, worst) ? event : worst),
    null,
  );
}

function isWorse(one: MailEventRow, other: MailEventRow): boolean {
  const byConcern = concernOf(one) - concernOf(other);
  const byTime = other.at.getTime() - one.at.getTime();
  return (byConcern || byTime || (one.eventId < other.eventId ? 1 : -1)) > 0;
}
