import { stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import { done, refuse, type Fault, type Result } from '../errors.ts';
import { httpStatusOf, storeFault } from '../rpc/as-trpc-error.ts';
import { describeMember } from '../staff/member.ts';
import { csrfToken } from '../staff/sessions.ts';
import { exchangeToken, identify, signOut } from '../staff/sign-in.ts';
import { hashToken } from '../staff/token.ts';
import type { StaffRow } from '../store/rows.ts';
import { cookieName, credentialsOf, isCrossSite, isSecure } from './credentials.ts';

/** POST /session: a staff token becomes a session cookie, which no script of a page can read. */
export function openSession(app: App, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  return answer(app, request, reply, async () => {
    if (isCrossSite(request)) return refuse('session.not_from_here', {});
    const { ip } = request;
    const token = readToken(request.body);
    const begun = await exchangeToken(app.rpc, { token, ip });
    if (!begun.ok) {
      const waitMs = app.rpc.guesses.waitMs(ip, hashToken(token));
      if (waitMs > 0) reply.header('retry-after', Math.ceil(waitMs / 1000));
      return begun;
    }
    const { member, secret } = begun.value;
    app.log.info('staff.signed_in', { staffId: member.id, ip });
    keepCookie(app, reply, secret, app.rpc.sessionLimits.absoluteMs);
    return done(describe(member, secret));
  });
}

/** GET /session: who is signed in, and what their page sends along with each POST. */
export function showSession(app: App, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  return answer(app, request, reply, async () => {
    const credentials = sessionOf(app, request);
    const member = await identify(app.rpc, credentials);
    return member.ok ? done(describe(member.value, credentials.session ?? '')) : member;
  });
}

/** DELETE /session: the session is over, here and in the browser. One that was over already may be ended again. */
export function closeSession(app: App, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  return answer(app, request, reply, async () => {
    const credentials = sessionOf(app, request);
    const member = await identify(app.rpc, credentials);
    if (!member.ok && member.fault.code === 'session.not_from_here') return member;
    if (credentials.session !== undefined) await signOut(app.rpc, { secret: credentials.session });
    keepCookie(app, reply, '', 0);
    return done({ status: 'signed out' });
  });
}

async function answer(
  app: App,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<Result<object>>,
): Promise<object> {
  reply.header('cache-control', 'no-store');
  const result = await work().catch((error: unknown): Result<object> => {
    const fault = storeFault(error);
    if (!fault) throw error;
    return { ok: false, fault };
  });
  return result.ok ? result.value : refused(app, request, reply, result.fault);
}

function refused(app: App, request: FastifyRequest, reply: FastifyReply, fault: Fault): object {
  app.log.warn('staff.refused', { path: request.routeOptions.url, ip: request.ip, why: fault.code });
  reply.code(httpStatusOf(fault));
  return { error: fault.sentence, reason: fault.code };
}

/** These routes are about the cookie; a bearer token beside it says nothing here. */
function sessionOf(app: App, request: FastifyRequest) {
  return { ...credentialsOf(request, app.config.publicUrl), authorization: undefined };
}

const Wish = z.object({ token: z.string().min(1).max(500) });

/** What is no token is nobody's. */
function readToken(body: unknown): string {
  try {
    const text: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : null;
    return Wish.safeParse(text).data?.token.trim() ?? '';
  } catch {
    return '';
  }
}

function describe(member: StaffRow, secret: string): object {
  return { csrf: csrfToken(secret), member: describeMember(member) };
}

function keepCookie(app: App, reply: FastifyReply, secret: string, forMs: number): void {
  const { publicUrl } = app.config;
  const cookie = stringifySetCookie({
    name: cookieName(publicUrl),
    value: secret,
    maxAge: Math.floor(forMs / 1000),
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(publicUrl),
  });
  reply.header('set-cookie', cookie);
}
