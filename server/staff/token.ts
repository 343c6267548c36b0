import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { StaffRow } from '../store/rows.ts';
import type { StaffVerbs } from '../store/staff-verbs.ts';

/**
 * What the database keeps of a staff token. A plain SHA-256 is enough: tokens are long and random, there is nothing to
 * guess; and a lookup by hash leaks no timing about the token.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/** `lastUsedAt` is for people; once a minute is exact enough and spares a write per request. */
const TOUCH_EVERY_MS = 60_000;

/** The member of staff whose token this is; null when nobody's is, or it was revoked. */
export async function findStaffByToken(
  deps: { store: Pick<StaffVerbs, 'findStaffByTokenHash' | 'touchStaff'>; clock: Clock },
  { token }: { token: string },
): Promise<StaffRow | null> {
  const member = await deps.store.findStaffByTokenHash({ tokenHash: hashToken(token) });
  if (!member || member.revokedAt !== null) return null;
  const now = deps.clock.now();
  if (member.lastUsedAt === null || now.getTime() - member.lastUsedAt.getTime() >= TOUCH_EVERY_MS)
    await deps.store.touchStaff({ id: member.id, usedAt: now });
  return member;
}
