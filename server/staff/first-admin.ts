import { recordAudit } from '../audit/record.ts';
import { transact } from '../store/retry.ts';
import { rightsIn, staffAct, type StaffDeps } from './alter-member.ts';
import { hashToken } from './token.ts';

/**
 * Makes the owner of the first-run (or configured) token an admin, once: a token that was renewed or revoked since is
 * not taken for a new one. Answers whether it still opens anything.
 */
export async function bootstrapStaff(
  deps: StaffDeps,
  input: { staffToken: string },
): Promise<{ opens: boolean }> {
  const tokenHash = hashToken(input.staffToken);
  const owner = await deps.store.findStaffByTokenHash({ tokenHash });
  // Looked at first: an insert that does nothing still uses up an id, at each command.
  if (owner) return { opens: owner.revokedAt === null };
  await transact(deps, async (tx) => {
    const at = deps.clock.now();
    await tx.insertStaff({ name: 'first admin', role: 'admin', grants: '', tokenHash, createdAt: at });
    const member = await tx.findStaffByTokenHash({ tokenHash });
    if (!member) throw new Error('The first admin was inserted and is not there.');
    // Two starts at the same moment: the second waited for the first, and finds its line.
    if ((await tx.findAudit({ subject: `staff:${member.id}` })).length > 0) return;
    const reason = 'the owner of the configured token, or of the first start';
    const act = { staffId: member.id, at, actor: 'start', reason, refs: rightsIn(member) };
    await recordAudit(tx, [staffAct({ ...act, action: 'staff.added' })]);
  });
  return { opens: true };
}
