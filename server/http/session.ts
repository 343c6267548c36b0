import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import { makeFault, type Fault } from '../errors.ts';
import { rightsOf } from '../staff/rights.ts';
import { beginSession, csrfToken, endSession } from '../staff/sessions.ts';
import { identify, signIn } from '../staff/sign-in.ts';
import { hashToken } from '../staff/token.ts';
import type { StaffRow } from '../store/rows.ts';
import { cookieName, credentialsOf, isCrossSite, isSecure } from './credentials.ts';

/** POST /session: a staff token becomes a session cookie, which no script of a page can read. */
export async function openSession(app: App, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  if (isCrossSite(request)) return refused(app, request, reply, makeFault('session.not_from_here', {}));
  const token = readToken(request.body);
  const signed = await signIn(app.rpc, { token, ip: request.ip });
  if (!signed.ok) {
    const waitMs = app.rpc.guesses.waitMs(request.ip, hashToken(token));
    if (waitMs > 0) reply.header('retry-after', Math.ceil(waitMs / 1000));
    return refused(app, request, reply, signed.fault);
  }
  const secret = await beginSession(app.rpc, { staffId: signed.value.id });
  app.log.info('staff.signed_in', { staffId: signed.value.id, ip: request.ip });
  keepCookie(app, reply, secret, app.rpc.sessionLimits.absoluteMs);
  return describe(reply, signed.value, secret);
}

/** GET /session: who is signed in, and what their page sends along with each POST. */
export async function showSession(app: App, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  const { session, ...rest } = credentialsOf(request, app.config.publicUrl);
  const member = await identify(app.rpc, { ...rest, session, authorization: undefined });
  if (!member.ok || session === undefined)
    return refused(app, request, reply, member.ok ? makeFault('staff.unknown', {}) : member.fault);
  return describe(reply, member.value, session);
}

/** DELETE /session: the session is over, here and in the browser. One that was over already may be ended again. */
export async function closeSession(app: App, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  const { session, ...rest } = credentialsOf(request, app.config.publicUrl);
  const member = await identify(app.rpc, { ...rest, session, authorization: undefined });
  if (!member.ok && member.fault.code === 'session.not_from_here')
    return refused(app, request, reply, member.fault);
  if (session !== undefined) await endSession(app.rpc, { secret: session });
  keepCookie(app, reply, '', 0);
  return { status: 'signed out' };
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

function describe(reply: FastifyReply, member: StaffRow, secret: string): object {
  reply.header('cache-control', 'no-store');
  const { id: staffId, name, role } = member;
  return { csrf: csrfToken(secret), member: { staffId, name, role, rights: rightsOf(member) } };
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

function refused(app: App, request: FastifyRequest, reply: FastifyReply, fault: Fault): object {
  app.log.warn('staff.refused', { path: request.routeOptions.url, ip: request.ip, why: fault.code });
  const status = getHTTPStatusCodeFromError(new TRPCError({ code: fault.status }));
  reply.code(status).header('cache-control', 'no-store');
  return { error: fault.sentence, reason: fault.code };
}
