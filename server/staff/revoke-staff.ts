import { done, type Result } from '../errors.ts';
import { alterMember, type StaffAct, type StaffDeps } from './alter-member.ts';

/** Token and sessions are dead at once, and for good. The row stays: the audit trail names it. */
export async function revokeStaff(
  deps: StaffDeps,
  input: StaffAct,
): Promise<Result<{ staffId: number; revokedAt: string }>> {
  const revoked = await alterMember(deps, input, 'staff.revoked', (_member, at) => ({ revokedAt: at }));
  if (!revoked.ok) return revoked;
  const { id: staffId, revokedAt } = revoked.value;
  if (revokedAt === null) throw new Error('A revoked member of staff has no end.');
  return done({ staffId, revokedAt: revokedAt.toISOString() });
}
