import type { KeyStatus } from '../../shared/statuses.ts';

export interface KeyCount {
  status: KeyStatus | 'held';
  count: number;
}

/** Of keys counted by status, and of those with a time: a key on hold is `assigned` and has none. */
export function keyCounts(rows: { status: KeyStatus; keys: number; given: number }[]): KeyCount[] {
  const counts = rows.flatMap(({ status, keys, given }): KeyCount[] =>
    status === 'assigned'
      ? [
          { status, count: given },
          { status: 'held', count: keys - given },
        ]
      : [{ status, count: keys }],
  );
  return counts.filter(({ count }) => count > 0);
}
