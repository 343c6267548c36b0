import type { FastifyInstance } from 'fastify';
import type { App } from '../app.ts';
import { VERSION } from '../version.ts';

// What happens at every request, whatever its route.

/** A request under way when the server closes is the last on its connection, or close() would wait for the keep-alive. */
export function letGoWhenClosing(http: FastifyInstance): void {
  let closing = false;
  http.addHook('preClose', async () => {
    closing = true;
  });
  http.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

export function logRequests(http: FastifyInstance, app: App): void {
  http.addHook('onResponse', async (request, reply) => {
    app.log.info('http.request', {
      method: request.method,
      path: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      requestId: request.id,
    });
  });
}

/** The plugin says when the two sides do not fit, and whether its signature is checked; of a refusal too. */
export function nameVersion(http: FastifyInstance, { credentials }: App): void {
  const signature = credentials.signingSecret === null ? 'not asked for' : 'required';
  const headers = { 'x-keybank-version': VERSION, 'x-keybank-signature': signature };
  http.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/webhooks/')) reply.headers(headers);
  });
}
