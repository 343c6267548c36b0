import {
  fastifyRequestHandler,
  fastifyTRPCPlugin,
  type CreateFastifyContextOptions,
  type FastifyHandlerOptions,
} from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { appRouter, type AppRouter } from '../rpc/router.ts';
import { isAllowed, openContext, type RpcContext } from '../rpc/trpc.ts';
import { credentialsOf } from './credentials.ts';

/** An import of a million keys as text fits. */
const IMPORT_LIMIT = 64 * 1024 * 1024;
const IMPORT = 'keys.import';

type Options = FastifyHandlerOptions<AppRouter, FastifyRequest, FastifyReply>;

/** The procedures of staff, under `/trpc`. */
export async function serveProcedures(http: FastifyInstance, app: App): Promise<void> {
  const contexts = new WeakMap<FastifyRequest, RpcContext>();
  const contextOf = (request: FastifyRequest) => {
    const context =
      contexts.get(request) ?? openContext(app.rpc, credentialsOf(request, app.config.publicUrl));
    contexts.set(request, context);
    return context;
  };
  const trpcOptions: Options = {
    router: appRouter,
    // Queries may be POSTed, so that a full key never lands in a URL.
    allowMethodOverride: true,
    maxBatchSize: 20,
    createContext: ({ req }: CreateFastifyContextOptions) => contextOf(req),
  };
  takeJsonAlone(http);
  await http.register(
    async (scope) => {
      fastifyTRPCPlugin<AppRouter>(scope, { trpcOptions }, () => {});
      scope.post(
        `/${IMPORT}`,
        { bodyLimit: IMPORT_LIMIT, onRequest: (request, reply) => admit(request, reply) },
        (request, reply) => fastifyRequestHandler({ ...trpcOptions, req: request, res: reply, path: IMPORT }),
      );
    },
    { prefix: '/trpc' },
  );

  /** SECURITY: only whose import it may be is read at length; others get the procedure's refusal, their text unread. */
  async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const found = await contextOf(request)
      .identify(IMPORT)
      .catch(() => null);
    if (found?.ok && isAllowed(found.value, IMPORT)) return;
    reply.header('connection', 'close');
    await fastifyRequestHandler({ ...trpcOptions, req: request, res: reply, path: IMPORT });
  }
}

/**
 * SECURITY: tRPC's adapter turns a body that no parser knew into text, byte by byte, before anybody is identified: a lot of
 * it would hold up everything else. So it is refused unread.
 */
function takeJsonAlone(http: FastifyInstance): void {
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
