import type { FastifyRequest } from 'fastify';
import type { Incoming } from '../webhook/receive.ts';

/** A request as plain data: what a route's use-case is given. */
export function incoming(request: FastifyRequest): Omit<Incoming, 'source'> {
  return {
    raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    headers: {
      ...Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      'content-type': statedContentType(request),
    },
    query: readQuery(request.query),
    ip: request.ip,
  };
}

/** SECURITY: a reverse proxy on this machine comes from loopback too, but it says for whom. */
export function isLocal(request: FastifyRequest): boolean {
  const forwarded = request.headers['x-forwarded-for'] ?? request.headers.forwarded;
  return forwarded === undefined && ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip);
}

/** A parameter that is given twice counts as its first value. */
function readQuery(query: unknown): { token?: string; site?: string; event?: string } {
  const read: { token?: string; site?: string; event?: string } = {};
  if (typeof query !== 'object' || query === null) return read;
  for (const name of ['token', 'site', 'event'] as const) {
    const given: unknown = Object.entries(query).find(([key]) => key === name)?.[1];
    const value: unknown = Array.isArray(given) ? given[0] : given;
    if (typeof value === 'string') read[name] = value;
  }
  return read;
}

/** As the sender wrote it, the first when there are several. */
function statedContentType(request: FastifyRequest): string | undefined {
  const { rawHeaders } = request.raw;
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  return at === -1 ? undefined : rawHeaders[at + 1];
}
