import { createHash, timingSafeEqual } from 'node:crypto';
import { recordAudit, type Act } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, makeFault, refuse, type Fault, type Result } from '../errors.ts';
import type { StaffRow } from '../store/rows.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store } from '../store/store.ts';
import type { Guesses } from './guesses.ts';
import { staffAct } from './alter-member.ts';
import { beginSession, csrfToken, endSession, findSessionMember, type SessionDeps } from './sessions.ts';
import { findStaffByToken, hashToken } from './token.ts';

export interface SignInDeps extends SessionDeps, RetryDeps {
  store: Store;
  clock: Clock;
  guesses: Guesses;
}

/** What a request brings to say who sends it. */
export interface Credentials {
  /** The header, as it came. */
  authorization: string | undefined;
  /** The secret in the session cookie. */
  session: string | undefined;
  /** The header `x-keybank-csrf`. */
  csrf: string | undefined;
  /** A GET changes nothing, and another site's page cannot read its answer. */
  isGet: boolean;
  /** The browser says that another site's page sends this. */
  isCrossSite: boolean;
  ip: string;
}

/** The member of staff who sends a request: by bearer token (scripts), or by session cookie (the console). */
export async function identify(deps: SignInDeps, given: Credentials): Promise<Result<StaffRow>> {
  const token = bearerToken(given.authorization);
  if (token !== null) return signIn(deps, { token, ip: given.ip });
  if (given.session === undefined) return refuse('staff.unknown', {});
  if (!given.isGet && (given.isCrossSite || !isSame(given.csrf, csrfToken(given.session))))
    return refuse('session.not_from_here', {});
  // A cookie's secret is our own 256 random bits: there is nothing to guess. An open tab whose session is over asks on.
  const member = await findSessionMember(deps, { secret: given.session });
  return member ? done(member) : refuse('session.over', {});
}

/** The owner of a staff token. Wrong ones are counted by the network they come from (guesses.ts). */
export async function signIn(
  deps: SignInDeps,
  { token, ip }: { token: string; ip: string },
): Promise<Result<StaffRow>> {
  const wait = waitOf(deps, { token, ip });
  if (wait) return { ok: false, fault: wait };
  const guess = deps.guesses.begin(ip, hashToken(token));
  const member = await findStaffByToken(deps, { token }).catch((error: unknown) => {
    guess.unanswered();
    throw error;
  });
  if (!member) return refuse('staff.unknown', {});
  guess.right();
  return done(member);
}

/**
 * Exchanges a staff token for a session. The members are locked as by who renews or revokes a token: of two at the same
 * moment, either the session ends with the old token, or it does not begin.
 */
export async function exchangeToken(
  deps: SignInDeps,
  { token, ip }: { token: string; ip: string },
): Promise<Result<{ member: StaffRow; secret: string }>> {
  const signed = await signIn(deps, { token, ip });
  if (!signed.ok) return signed;
  return transact(deps, async (tx) => {
    await tx.lockStaff();
    const member = await tx.findStaffByTokenHash({ tokenHash: hashToken(token) });
    if (!member || member.revokedAt !== null) return refuse('staff.unknown', {});
    const secret = await beginSession({ store: tx }, { staffId: member.id });
    await recordAudit(tx, [browserAct(deps, member, 'staff.signed_in', 'a browser was given a session')]);
    return done({ member, secret });
  });
}

/** Ends a session. One that is over already is ended without a line. */
export async function signOut(deps: SignInDeps, { secret }: { secret: string }): Promise<void> {
  await transact(deps, async (tx) => {
    await tx.lockStaff();
    const member = await findSessionMember({ ...deps, store: tx }, { secret });
    await endSession({ store: tx }, { secret });
    if (member)
      await recordAudit(tx, [
        browserAct(deps, member, 'staff.signed_out', 'the session was ended in its browser'),
      ]);
  });
}

function browserAct({ clock }: SignInDeps, { id }: StaffRow, action: string, reason: string): Act {
  return staffAct({ staffId: id, at: clock.now(), actor: `staff:${id}`, action, reason, refs: {} });
}

function waitOf(deps: SignInDeps, { token, ip }: { token: string; ip: string }): Fault | null {
  const waitMs = deps.guesses.waitMs(ip, hashToken(token));
  return waitMs === 0 ? null : makeFault('staff.too_many', { seconds: Math.ceil(waitMs / 1000) });
}

function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +(\S{1,500})$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** SECURITY: in constant time, whatever the lengths. */
function isSame(given: string | undefined, wanted: string): boolean {
  const [a, b] = [given ?? '', wanted].map((text) => createHash('sha256').update(text, 'utf8').digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
