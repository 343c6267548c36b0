import type { FastifyReply } from 'fastify';

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** SECURITY: a page of this server loads nothing, runs nothing, and stands in no frame. */
export function sendPage(reply: FastifyReply, page: { code: 200 | 404; html: string }): FastifyReply {
  return reply.code(page.code).headers(PAGE_HEADERS).send(page.html);
}
