import { recordAudit } from '../audit/record.ts';
import { done, refuse, type Result } from '../errors.ts';
import { transact } from '../store/retry.ts';
import type { StaffRow } from '../store/rows.ts';
import { makeToken } from '../tokens.ts';
import { rightsIn, staffAct, type StaffDeps } from './alter-member.ts';
import { describeMember, type Member } from './member.ts';
import { readReason } from './reason.ts';
import { keptGrants, type Right } from './rights.ts';
import { lockMembers, refuseBeyond } from './staff-guard.ts';
import { hashToken } from './token.ts';

/** In characters, as people count them. */
export const MAX_NAME_LENGTH = 80;

/** Adds a member of staff. The token is in the answer and nowhere else: only its hash is kept. */
export async function addStaff(
  deps: StaffDeps,
  input: { name: string; role: StaffRow['role']; grants: readonly Right[]; reason: string; actor: string },
): Promise<Result<Member & { token: string }>> {
  const name = readName(input.name);
  if (!name.ok) return name;
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const token = makeToken('kb_staff');
  const tokenHash = hashToken(token);
  const { role, actor } = input;
  return transact(deps, async (tx) => {
    const members = await lockMembers(tx);
    const grants = keptGrants(role, input.grants);
    const beyond = refuseBeyond(members, actor, [{ role, grants }]);
    if (beyond) return beyond;
    const namesake = members.find(
      (member) => member.revokedAt === null && folded(member.name) === folded(name.value),
    );
    if (namesake) return refuse('staff.name_taken', { staffId: namesake.id });
    const at = deps.clock.now();
    await tx.insertStaff({ name: name.value, role, grants, tokenHash, createdAt: at });
    const member = await tx.findStaffByTokenHash({ tokenHash });
    if (!member) throw new Error('A member of staff was inserted and is not there.');
    const act = { staffId: member.id, at, actor, reason: reason.value, refs: rightsIn(member) };
    await recordAudit(tx, [staffAct({ ...act, action: 'staff.added' })]);
    return done({ ...describeMember(member), token });
  });
}

/** One line of plain text. A number alone would be taken for an id. */
function readName(text: string): Result<string> {
  const name = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  const isNumber = /^\d*$/.test(folded(name));
  return isNumber || [...name].length > MAX_NAME_LENGTH
    ? refuse('name.invalid', { limit: MAX_NAME_LENGTH })
    : done(name);
}

/** SECURITY: what people take for the same name is the same, whatever its letter case and what cannot be seen in it. */
export function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase()
    .trim();
}
