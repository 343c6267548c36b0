import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  fastifyTRPCPlugin,
  type CreateFastifyContextOptions,
  type FastifyTRPCPluginOptions,
} from '@trpc/server/adapters/fastify';
import { SOURCES, type Source } from '../shared/booking-event.ts';
import type { App } from './app.ts';
import { faultFields } from './log.ts';
import { appRouter, type AppRouter } from './rpc/router.ts';
import { VERSION } from './version.ts';
import { bearerOf, knowsToken } from './webhook/authenticate.ts';
import { receive, type Answer, type Incoming } from './webhook/receive.ts';
import { receiveReconcile } from './webhook/reconcile.ts';
import { readFigures, welcomePage } from './welcome.ts';

/** A booking is a few kilobytes; more than this is refused with 413. */
const WEBHOOK_BODY_LIMIT = 1024 * 1024;
/** An import of a million keys as text fits. */
const RPC_BODY_LIMIT = 64 * 1024 * 1024;

/** The route table. */
export async function openHttp(app: App): Promise<FastifyInstance> {
  const http = Fastify({
    // SECURITY: Fastify's own request log would hold the query, and so the webhook token; ours writes the path alone.
    logger: false,
    trustProxy: trusted(app.config.trustProxy),
    genReqId: () => randomUUID(),
    bodyLimit: WEBHOOK_BODY_LIMIT,
    routerOptions: { maxParamLength: 5000 },
    forceCloseConnections: 'idle',
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
  http.get('/healthz', () => ({ status: 'ok' }));
  http.get('/readyz', (_request, reply) => readiness(app, reply));
  http.get('/metrics', (request, reply) => metrics(app, request, reply));
  http.get('/', (request, reply) => welcome(app, request, reply));
  await http.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: {
      router: appRouter,
      // Queries may be POSTed, so that a full key never lands in a URL.
      allowMethodOverride: true,
      createContext: ({ req }: CreateFastifyContextOptions) => ({
        deps: app.rpc,
        authorization: req.headers.authorization,
      }),
    } satisfies FastifyTRPCPluginOptions<AppRouter>['trpcOptions'],
  });
  return http;
}

/** A number means so many proxies in front, counted from this server. */
function trusted(
  setting: boolean | number | string[],
): boolean | string[] | ((address: string, hop: number) => boolean) {
  return typeof setting === 'number' ? (_address, hop) => hop < setting : setting;
}

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

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

function incoming(request: FastifyRequest): Omit<Incoming, 'source'> {
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

function bodyOf(answer: Answer): object {
  if (answer.code !== 200) return { error: answer.error };
  const { status, deliveryId, orderId, orders } = answer;
  return { status, ...(orderId !== undefined && { orderId }), orders, deliveryId };
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

async function readiness(app: App, reply: FastifyReply): Promise<object> {
  try {
    await app.store.ping();
    return { status: 'ready', database: app.store.version, mail: app.outbox.state() };
  } catch {
    return reply.code(503).header('retry-after', 10).send({ status: 'database away' });
  }
}

async function welcome(app: App, request: FastifyRequest, reply: FastifyReply): Promise<string> {
  const figures = isLocal(request) ? await readFigures(app.store).catch(() => null) : null;
  return reply.headers(PAGE_HEADERS).send(welcomePage(app, figures));
}

/** SECURITY: a reverse proxy on this machine comes from loopback too, but it says for whom. */
function isLocal(request: FastifyRequest): boolean {
  const forwarded = request.headers['x-forwarded-for'] ?? request.headers.forwarded;
  return forwarded === undefined && ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip);
}

/** Loopback may read them; others need a webhook token as bearer. */
async function metrics(app: App, request: FastifyRequest, reply: FastifyReply): Promise<string | object> {
  const bearer = bearerOf(request.headers.authorization);
  if (!isLocal(request) && !knowsToken(app.credentials.tokens, bearer)) {
    return reply.code(401).send({ error: 'metrics are for loopback, or for the webhook token as bearer' });
  }
  return reply.type(app.metrics.registry.contentType).send(await app.metrics.registry.metrics());
}

/** Webhook bodies stay the bytes that were signed. tRPC's plugin brings its own JSON parser, in its own scope. */
function readRawBodies(http: FastifyInstance): void {
  http.addHook('onRoute', (route) => {
    if (route.url.startsWith('/trpc')) route.bodyLimit = RPC_BODY_LIMIT;
  });
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** Fastify answers 415 to a content type that it cannot parse; no delivery may be lost for that. */
async function readAnyContentType(request: FastifyRequest): Promise<void> {
  request.raw.headers['content-type'] = 'application/octet-stream';
}

/** The plugin says when the two sides do not fit, and whether its signature is checked; of a refusal too. */
function nameVersion(http: FastifyInstance, { credentials }: App): void {
  const signature = credentials.signingSecret === null ? 'not asked for' : 'required';
  const headers = { 'x-keybank-version': VERSION, 'x-keybank-signature': signature };
  http.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/webhooks/')) reply.headers(headers);
  });
}

/** As the sender wrote it, the first when there are several. */
function statedContentType(request: FastifyRequest): string | undefined {
  const { rawHeaders } = request.raw;
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  return at === -1 ? undefined : rawHeaders[at + 1];
}

/** A request under way when the server closes is the last on its connection, or close() would wait for the keep-alive. */
function letGoWhenClosing(http: FastifyInstance): void {
  let closing = false;
  http.addHook('preClose', async () => {
    closing = true;
  });
  http.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

function logRequests(http: FastifyInstance, app: App): void {
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

/** SECURITY: an unexpected fault is answered with a request id only. */
function answerFaults(http: FastifyInstance, app: App): void {
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
  http.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send({ error: 'no such address; webhooks go to POST /webhooks/amelia or /webhooks/bookly' }),
  );
}

function describeClientFault(code: number, request: FastifyRequest): string {
  if (code === 413) {
    const length = request.headers['content-length'] ?? 'more';
    return `the body has ${length} bytes; at most ${WEBHOOK_BODY_LIMIT} are taken`;
  }
  return code === 415 ? 'the content type is not one that is read here' : 'the request could not be read';
}
