import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A booking is a few kilobytes, and mail services send up to 768 KB at once; more than this is refused with 413. Imports may have more. */
export const BODY_LIMIT = 1024 * 1024;

/** Webhook bodies stay the bytes that were signed. tRPC's plugin brings its own JSON parser, in its own scope. */
export function readRawBodies(http: FastifyInstance): void {
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** Fastify answers 415 to a content type that it cannot parse; no delivery may be lost for that. */
export async function readAnyContentType(request: FastifyRequest): Promise<void> {
  request.raw.headers['content-type'] = 'application/octet-stream';
}
