import { refuse, type Result, done } from '../errors.ts';
import type { StaffRow } from '../store/rows.ts';
import type { StaffVerbs } from '../store/staff-verbs.ts';
import { isMember } from './spent-token.ts';

/** All members, while nobody else changes any. */
export async function lockMembers(tx: Pick<StaffVerbs, 'listStaff' | 'lockStaff'>): Promise<StaffRow[]> {
  await tx.lockStaff();
  // Read again: on PostgreSQL, who was added while we waited for the lock is not among the locked.
  return (await tx.listStaff()).filter(isMember);
}

/** Refuses what would leave the house without an admin. */
export function keepAnAdmin(members: StaffRow[], next: StaffRow): Result<StaffRow> {
  const now = members.find(({ id }) => id === next.id);
  const others = members.filter(({ id }) => id !== next.id);
  return now && isAdmin(now) && !isAdmin(next) && !others.some(isAdmin)
    ? refuse('staff.last_admin', { staffId: next.id })
    : done(next);
}

function isAdmin({ role, revokedAt }: StaffRow): boolean {
  return role === 'admin' && revokedAt === null;
}
