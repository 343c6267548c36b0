import type { LockCounts } from '../store/staff-verbs.ts';
import { amount, spell } from './spell.ts';

/** `Locks: 7 waits for a row, 1 deadlock in 2 days.` */
export function spellLocks({ waits, deadlocks, countedMs }: LockCounts): string {
  const since = countedMs === null ? 'since the database was made' : `in ${spell(countedMs)}`;
  const told = [
    ...(waits === null ? [] : [`${amount(waits, 'wait')} for a row`]),
    ...(deadlocks === null ? [] : [amount(deadlocks, 'deadlock')]),
  ];
  const untold = [...(waits === null ? ['waits'] : []), ...(deadlocks === null ? ['deadlocks'] : [])];
  const counted = told.length === 0 ? '' : `${told.join(', ')} ${since}`;
  const hidden = untold.length === 0 ? '' : `the database does not tell ${untold.join(' and ')}`;
  return `Locks: ${[counted, hidden].filter(Boolean).join('; ')}.`;
}
