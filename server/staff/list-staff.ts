import type { StaffVerbs } from '../store/staff-verbs.ts';
import { describeMember, type Member } from './member.ts';
import { grantsOf, type Right } from './rights.ts';
import { isMember } from './spent-token.ts';

export interface ListedMember extends Member {
  /** Beyond the role's. */
  grants: Right[];
  /** ISO */
  createdAt: string;
  /** To the minute. */
  lastUsedAt: string | null;
  revokedAt: string | null;
}

/** Everybody who ever was, those who were revoked last. */
export async function listStaff({
  store,
}: {
  store: Pick<StaffVerbs, 'listStaff'>;
}): Promise<ListedMember[]> {
  const members = (await store.listStaff()).filter(isMember).map((row) => ({
    ...describeMember(row),
    grants: grantsOf(row),
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }));
  return members.toSorted((a, b) => Number(a.revokedAt !== null) - Number(b.revokedAt !== null));
}
