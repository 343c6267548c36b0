import { recordAudit, statelessAct, type Act } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { StaffRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { readReason } from './reason.ts';
import { keepSpentToken } from './spent-token.ts';
import { keepAnAdmin, lockMembers, refuseBeyond } from './staff-guard.ts';

export interface StaffDeps extends RetryDeps {
  store: Store;
  clock: Clock;
}

/** Which member, why, and who says so. */
export interface StaffAct {
  staffId: number;
  reason: string;
  actor: string;
}

/** What an act does to a member's row; what is left out stays. */
export type Alteration = Partial<Pick<StaffRow, 'role' | 'grants' | 'tokenHash' | 'revokedAt'>>;

/**
 * Changes a member, in one transaction with its audit line. Everybody is locked meanwhile, so that of two acts the
 * second sees what the first one did. A lost token or member takes its sessions along.
 */
export async function alterMember(
  deps: StaffDeps,
  input: StaffAct,
  action: string,
  alter: (member: StaffRow, at: Date) => Alteration,
): Promise<Result<StaffRow>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const { staffId, actor } = input;
  return transact(deps, async (tx) => {
    const members = await lockMembers(tx);
    const member = members.find(({ id }) => id === staffId);
    if (!member) return refuse('member.unknown', { staffId });
    if (member.revokedAt !== null) return refuse('staff.revoked', { staffId });
    const at = deps.clock.now();
    const altered = { ...member, ...alter(member, at) };
    const beyond = refuseBeyond(members, actor, [member, altered]);
    if (beyond) return beyond;
    const next = keepAnAdmin(members, altered);
    if (!next.ok) return next;
    await write(tx, member, next.value, at);
    const refs = { ...rightsIn(next.value), ...former(member, next.value) };
    await recordAudit(tx, [staffAct({ staffId, at, actor, action, reason: reason.value, refs })]);
    return done(next.value);
  });
}

async function write(tx: Verbs, member: StaffRow, next: StaffRow, at: Date): Promise<void> {
  await tx.updateStaff(next);
  const isRenewed = next.tokenHash !== member.tokenHash;
  if (isRenewed) await keepSpentToken(tx, { tokenHash: member.tokenHash, at });
  if (isRenewed || next.revokedAt !== null) await tx.deleteSessionsOfStaff({ staffId: member.id });
}

/** A line of the trail about a member. SECURITY: roles and rights, never a token or a hash, nor the name. */
export function staffAct(
  act: { staffId: number } & Pick<Act, 'at' | 'actor' | 'action' | 'reason' | 'refs'>,
): Act {
  const { staffId, ...rest } = act;
  return statelessAct({ subject: `staff:${staffId}`, ...rest });
}

export function rightsIn({ role, grants }: StaffRow): { role: string; grants: string } {
  return { role, grants };
}

function former(member: StaffRow, next: StaffRow): Act['refs'] {
  return member.role === next.role && member.grants === next.grants
    ? {}
    : { formerRole: member.role, formerGrants: member.grants };
}
