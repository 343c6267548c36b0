import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A booking is a few kilobytes, and mail services send up to 768 KB at once; more than this is refused with 413. */
export const BODY_LIMIT = 1024 * 1024;
/** An import of a million keys as text fits. */
const RPC_BODY_LIMIT = 64 * 1024 * 1024;

/**
 * SECURITY: tRPC's adapter turns a body that no parser knew into text, byte by byte, before anybody is identified: tens of
 * megabytes of it would hold up everything else for half a minute. So it is refused unread.
 */
export function takeJsonAlone(http: FastifyInstance): void {
  http.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/trpc')) return;
    const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
    if (hasBody && !/^application\/json\s*(;|$)/i.test(type ?? '')) {
      reply.header('connection', 'close');
      await reply
        .code(415)
        .send({ error: 'procedures take JSON: send it with the content type application/json' });
    }
  });
}

/** Webhook bodies stay the bytes that were signed. tRPC's plugin brings its own JSON parser, in its own scope. */
export function readRawBodies(http: FastifyInstance): void {
  http.addHook('onRoute', (route) => {
    if (route.url.startsWith('/trpc')) route.bodyLimit = RPC_BODY_LIMIT;
  });
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** Fastify answers 415 to a content type that it cannot parse; no delivery may be lost for that. */
export async function readAnyContentType(request: FastifyRequest): Promise<void> {
  request.raw.headers['content-type'] = 'application/octet-stream';
}
