import type { FastifyReply } from 'fastify';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
/** Of every page of this server. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export interface Page {
  code: 200 | 400 | 404 | 429 | 503;
  html: string;
  /** Its form is sent to this server, as no other page's is. */
  takesForms?: boolean;
}

/** SECURITY: a page of this server loads nothing, runs nothing, and stands in no frame. */
export function sendPage(reply: FastifyReply, { code, html, takesForms = false }: Page): FastifyReply {
  const policy = `${POLICY}; form-action ${takesForms ? "'self'" : "'none'"}`;
  return reply.code(code).headers(PAGE_HEADERS).header('content-security-policy', policy).send(html);
}
