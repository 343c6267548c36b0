import type { StaffRow } from '../store/rows.ts';
import type { StaffVerbs } from '../store/staff-verbs.ts';

/** No member has it. */
const NOBODY = '';

/**
 * SECURITY: the hash of a renewed token stays, on a revoked row that is nobody's. A start makes an admin of the configured
 * token when no row has it; without this one, a leaked token that was renewed would come back as an admin.
 */
export async function keepSpentToken(
  tx: Pick<StaffVerbs, 'findStaffByTokenHash' | 'insertStaff' | 'updateStaff'>,
  { tokenHash, at }: { tokenHash: string; at: Date },
): Promise<void> {
  await tx.insertStaff({ name: NOBODY, role: 'viewer', grants: '', tokenHash, createdAt: at });
  const row = await tx.findStaffByTokenHash({ tokenHash });
  if (row) await tx.updateStaff({ ...row, revokedAt: at });
}

/** Whether the row is a person, and not a token that a person had. */
export function isMember(row: StaffRow): boolean {
  return row.name !== NOBODY;
}
