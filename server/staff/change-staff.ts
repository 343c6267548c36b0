import { done, type Result } from '../errors.ts';
import type { StaffRow } from '../store/rows.ts';
import { alterMember, type StaffAct, type StaffDeps } from './alter-member.ts';
import { describeMember, type Member } from './member.ts';
import { grantsOf, keptGrants, type Right } from './rights.ts';

/**
 * Another role, other rights beyond it, or both; what is left out stays. It holds from the next request on, in open
 * sessions too: rights are read from the row each time.
 */
export async function changeStaff(
  deps: StaffDeps,
  input: StaffAct & { role?: StaffRow['role'] | undefined; grants?: readonly Right[] | undefined },
): Promise<Result<Member>> {
  const changed = await alterMember(deps, input, 'staff.changed', (member) => {
    const role = input.role ?? member.role;
    return { role, grants: keptGrants(role, input.grants ?? grantsOf(member)) };
  });
  return changed.ok ? done(describeMember(changed.value)) : changed;
}
