import type { Outputs } from '../app/outputs.ts';

type Line = Outputs['stock']['list']['products'][number];

/** How a product stands, the worst rank first. `alarm`: where the admin is told, in keys; null where that is not known. */
export function standing(
  { available, waiting, assigned, held, revoked, perDay }: Line,
  alarm: number | null,
): { rank: number; status: 'bad' | 'warn' | 'ok'; sentence: string } {
  if (waiting > available) return { rank: 0, status: 'bad', sentence: 'Buyers wait for keys.' };
  if (available === 0 && assigned + held + revoked > 0)
    return { rank: 1, status: 'bad', sentence: 'Sold out.' };
  if (available === 0) return { rank: 2, status: 'warn', sentence: 'No keys yet.' };
  if (alarm !== null && available < alarm)
    return { rank: 3, status: 'warn', sentence: `Below its alarm of ${alarm.toLocaleString()}.` };
  return { rank: 4, status: 'ok', sentence: perDay === 0 ? 'No end in sight.' : 'Lasts for years.' };
}

/** The burn rate in words. */
export function paceWords({ perDay }: Pick<Line, 'perDay'>): string {
  if (perDay === 0) return 'None sold lately';
  if (perDay >= 10) return `${Math.round(perDay).toLocaleString()} a day`;
  if (perDay >= 1) return `${perDay.toFixed(1).replace(/\.0$/, '')} a day`;
  const days = Math.round(1 / perDay);
  return days === 1 ? 'about one a day' : `one in ${days} days`;
}
