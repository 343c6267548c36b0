import { createHash, randomBytes } from 'node:crypto';
import type { StaffRow } from '../store/rows.ts';
import type { SessionVerbs, StaffVerbs } from '../store/staff-verbs.ts';
import { hashToken } from './token.ts';

const MINUTE_MS = 60_000;

/** How long a session lives: since it was last used, and since it began. By the database's clock. */
export interface SessionLimits {
  idleMs: number;
  absoluteMs: number;
}
export const SESSION_LIMITS: SessionLimits = { idleMs: 60 * MINUTE_MS, absoluteMs: 12 * 60 * MINUTE_MS };

export interface SessionDeps {
  store: SessionVerbs & Pick<StaffVerbs, 'findStaff'>;
  sessionLimits: SessionLimits;
}

/** Begins a session of this member; answers the secret for the cookie, of which only a hash is kept. */
export async function beginSession(
  deps: { store: Pick<SessionVerbs, 'insertSession'> },
  { staffId }: { staffId: number },
): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  await deps.store.insertSession({ tokenHash: hashToken(secret), staffId });
  return secret;
}

/** Whose session this is; null when it is over, or its member was revoked. */
export async function findSessionMember(
  deps: SessionDeps,
  { secret }: { secret: string },
): Promise<StaffRow | null> {
  const tokenHash = hashToken(secret);
  const session = await deps.store.findSession({ tokenHash, ...deps.sessionLimits });
  const member = session && (await deps.store.findStaff({ id: session.staffId }));
  if (!member || member.revokedAt !== null) return null;
  await deps.store.touchSession({ tokenHash, unlessWithinMs: MINUTE_MS });
  return member;
}

export async function endSession(
  deps: { store: Pick<SessionVerbs, 'deleteSession'> },
  { secret }: { secret: string },
): Promise<void> {
  await deps.store.deleteSession({ tokenHash: hashToken(secret) });
}

/**
 * What a page of ours must send along with each POST. It is made of the cookie's secret, which another site's page
 * cannot read, so nothing has to be kept; and it does not give the secret away.
 */
export function csrfToken(secret: string): string {
  return createHash('sha256').update(`keybank csrf\n${secret}`, 'utf8').digest('base64url');
}
