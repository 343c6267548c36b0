import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SOURCES } from '../../shared/booking-event.ts';
import type { App } from '../app.ts';
import { faultFields } from '../log.ts';
import { MAIL_PROVIDERS } from '../store/rows.ts';
import { sendConsole } from './console.ts';
import { BODY_LIMIT } from './raw-bodies.ts';

const LISTENERS = [
  ...SOURCES.map((source) => `/webhooks/${source}`),
  '/webhooks/reconcile',
  ...MAIL_PROVIDERS.map((provider) => `/mail-events/${provider}`),
];

/** SECURITY: an unexpected fault is answered with a request id only. */
export function answerFaults(http: FastifyInstance, app: App): void {
  http.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const code = error.statusCode ?? 500;
    if (code < 500) return reply.code(code).send({ error: describeClientFault(code, request) });
    app.log.error('http.fault', {
      method: request.method,
      path: request.routeOptions.url ?? 'unknown',
      requestId: request.id,
      ...faultFields(error),
    });
    return reply.code(500).send({ error: `something went wrong here; the log has it under ${request.id}` });
  });
  http.setNotFoundHandler((request, reply) => {
    // Somebody who mistyped an address is a person; all else is a sender.
    if (request.method === 'GET' && request.headers.accept?.includes('text/html'))
      return sendConsole(reply, 404);
    return reply.code(404).send({ error: `no such address; these take a POST: ${LISTENERS.join(', ')}` });
  });
}

function describeClientFault(code: number, request: FastifyRequest): string {
  if (code === 413) {
    const length = request.headers['content-length'] ?? 'more';
    return `the body has ${length} bytes; at most ${request.routeOptions.bodyLimit ?? BODY_LIMIT} are taken`;
  }
  return code === 415 ? 'the content type is not one that is read here' : 'the request could not be read';
}
