import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { SOURCES, type Source } from '../shared/booking-event.ts';
import type { App } from './app.ts';
import { letGoWhenClosing, logRequests, nameVersion } from './http/every-request.ts';
import { answerFaults } from './http/faults.ts';
import { helpForm, showHelp, takeHelp } from './http/help.ts';
import { serveConsole } from './http/console.ts';
import { incoming, isLocal } from './http/incoming.ts';
import { serveProcedures } from './http/procedures.ts';
import { BODY_LIMIT, readAnyContentType, readRawBodies } from './http/raw-bodies.ts';
import { closeSession, openSession, showSession } from './http/session.ts';
import { receiveEvents } from './mail/events/receive-events.ts';
import { MAIL_PROVIDERS, type MailProvider } from './store/rows.ts';
import { bearerOf, knowsToken } from './webhook/authenticate.ts';
import { receive, type Answer } from './webhook/receive.ts';
import { receiveReconcile } from './webhook/reconcile.ts';

/** The longest request, an import of 64 MiB, comes in time over a line of 2 Mbit/s. */
const REQUEST_TIMEOUT_MS = 5 * 60_000;
const HEADERS_TIMEOUT_MS = 30_000;

/** The route table. */
export async function openHttp(app: App): Promise<FastifyInstance> {
  const http = Fastify({
    // SECURITY: Fastify's own request log would hold the query, and so the webhook token; ours writes the path alone.
    logger: false,
    trustProxy: trusted(app.config.trustProxy),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 5000 },
    forceCloseConnections: 'idle',
    // SECURITY: Fastify's default waits for ever for what drips in, and a few thousand who drip are all connections there are.
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
  });
  readRawBodies(http);
  letGoWhenClosing(http);
  logRequests(http, app);
  answerFaults(http, app);
  nameVersion(http, app);

  for (const source of SOURCES)
    http.post(`/webhooks/${source}`, { onRequest: readAnyContentType }, (request, reply) =>
      webhook(app, source, request, reply),
    );
  http.post('/webhooks/reconcile', { onRequest: readAnyContentType }, (request, reply) =>
    reconciliation(app, request, reply),
  );
  for (const provider of MAIL_PROVIDERS)
    http.post(`/mail-events/${provider}`, { onRequest: readAnyContentType }, (request, reply) =>
      mailEvents(app, provider, request, reply),
    );
  http.get('/help', (_request, reply) => showHelp(app, reply));
  http.post('/help', helpForm(app), (request, reply) => takeHelp(app, request, reply));
  http.post('/session', { onRequest: readAnyContentType }, (request, reply) =>
    openSession(app, request, reply),
  );
  http.get('/session', (request, reply) => showSession(app, request, reply));
  http.delete('/session', { onRequest: readAnyContentType }, (request, reply) =>
    closeSession(app, request, reply),
  );
  http.get('/healthz', () => ({ status: 'ok' }));
  http.get('/readyz', (_request, reply) => readiness(app, reply));
  http.get('/metrics', (request, reply) => metrics(app, request, reply));
  await serveConsole(http);
  await serveProcedures(http, app);
  return http;
}

/** A number means so many proxies in front, counted from this server. */
function trusted(
  setting: boolean | number | string[],
): boolean | string[] | ((address: string, hop: number) => boolean) {
  return typeof setting === 'number' ? (_address, hop) => hop < setting : setting;
}

async function webhook(
  app: App,
  source: Source,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<object> {
  const startedAt = performance.now();
  const answer = await receive(app, { source, ...incoming(request) });
  const word = answer.code === 200 ? answer.status : answer.code === 503 ? 'unavailable' : 'refused';
  app.metrics.answered(source, word, (performance.now() - startedAt) / 1000);
  reply.code(answer.code);
  if (answer.code !== 200 && answer.retryAfterS !== undefined)
    reply.header('retry-after', answer.retryAfterS);
  return bodyOf(answer);
}

function bodyOf(answer: Answer): object {
  if (answer.code !== 200) return { error: answer.error };
  const { status, deliveryId, orderId, orders } = answer;
  return { status, ...(orderId !== undefined && { orderId }), orders, deliveryId };
}

async function reconciliation(app: App, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  const answer = await receiveReconcile({ ...app, ...app.reconcile }, incoming(request));
  reply.code(answer.code);
  if (answer.code === 200) {
    app.metrics.reconciled('ok');
    return { status: 'ok', lacking: answer.lacking, unknown: answer.unknown };
  }
  const words = { 400: 'faulty', 401: 'refused', 503: 'unavailable' } as const;
  app.metrics.reconciled(words[answer.code]);
  if (answer.code === 503) reply.header('retry-after', answer.retryAfterS);
  return { error: answer.error };
}

async function mailEvents(
  app: App,
  provider: MailProvider,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<object> {
  const answer = await receiveEvents({ ...app, ...app.mailEvents }, { provider, ...incoming(request) });
  reply.code(answer.code);
  if (answer.code === 200) return { status: 'ok', events: answer.events, new: answer.fresh };
  if (answer.code === 401 && provider === 'postmark')
    reply.header('www-authenticate', 'Basic realm="Key Bank mail events"');
  if (answer.code === 503) reply.header('retry-after', answer.retryAfterS);
  return { error: answer.error };
}

async function readiness(app: App, reply: FastifyReply): Promise<object> {
  try {
    await app.store.ping();
    return { status: 'ready', database: app.store.version, mail: app.outbox.state() };
  } catch {
    return reply.code(503).header('retry-after', 10).send({ status: 'database away' });
  }
}

/** Loopback may read them; others need a webhook token as bearer. */
async function metrics(app: App, request: FastifyRequest, reply: FastifyReply): Promise<string | object> {
  const bearer = bearerOf(request.headers.authorization);
  if (!isLocal(request) && !knowsToken(app.credentials.tokens, bearer)) {
    return reply.code(401).send({ error: 'metrics are for loopback, or for the webhook token as bearer' });
  }
  return reply.type(app.metrics.registry.contentType).send(await app.metrics.registry.metrics());
}
