import { refuse, type Result, done } from '../errors.ts';
import type { StaffRow } from '../store/rows.ts';
import type { StaffVerbs } from '../store/staff-verbs.ts';
import { RIGHTS, rightsOf } from './rights.ts';
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

/**
 * SECURITY: with the right `staff` alone nobody becomes more than they are: a member who may do what the actor may not is not
 * theirs to change, and such a right not theirs to give. Whoever acts on the command line has the server in his hands.
 */
export function refuseBeyond(
  members: StaffRow[],
  actor: string,
  touched: Pick<StaffRow, 'role' | 'grants'>[],
): Result<never> | null {
  if (!actor.startsWith('staff:')) return null;
  const self = members.find(({ id, revokedAt }) => `staff:${id}` === actor && revokedAt === null);
  // Read again under the lock: somebody may have changed or revoked the actor just now.
  if (!self) return refuse('staff.unknown', {});
  const own = rightsOf(self);
  if (!own.includes('staff')) return refuse('staff.not_allowed', { role: self.role, right: 'staff' });
  const beyond = RIGHTS.filter(
    (right) => !own.includes(right) && touched.some((member) => rightsOf(member).includes(right)),
  );
  return beyond.length > 0 ? refuse('staff.beyond_you', { rights: beyond.join(', ') }) : null;
}
