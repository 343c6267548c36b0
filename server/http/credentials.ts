import { parseCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';
import type { Credentials } from '../staff/sign-in.ts';

export const CSRF_HEADER = 'x-keybank-csrf';

/** SECURITY: with `__Host-` a browser takes the cookie over TLS only, and from no other subdomain. */
export function cookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Host-keybank' : 'keybank';
}

export function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}

/** What a request brings to say who sends it; who that is, says staff/sign-in.ts. */
export function credentialsOf(request: FastifyRequest, publicUrl: string): Credentials {
  const csrf = request.headers[CSRF_HEADER];
  return {
    authorization: request.headers.authorization,
    session: parseCookie(request.headers.cookie ?? '')[cookieName(publicUrl)],
    csrf: typeof csrf === 'string' ? csrf : undefined,
    isGet: request.method === 'GET',
    isCrossSite: isCrossSite(request),
    ip: request.ip,
  };
}

/** Browsers say which site's page sends a request, older ones its origin only; a script says nothing. */
export function isCrossSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = request.headers;
  return (
    origin !== undefined && !['http:', 'https:'].some((scheme) => origin === `${scheme}//${request.host}`)
  );
}
