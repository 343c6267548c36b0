import { getTRPCErrorShape } from '@trpc/server';
import {
  fastifyRequestHandler,
  fastifyTRPCPlugin,
  type CreateFastifyContextOptions,
  type FastifyHandlerOptions,
} from '@trpc/server/adapters/fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { makeFault, type Fault } from '../errors.ts';
import { asTrpcError, httpStatusOf } from '../rpc/as-trpc-error.ts';
import { appRouter, type AppRouter } from '../rpc/router.ts';
import { isAllowed, openContext, type RpcContext } from '../rpc/trpc.ts';
import { credentialsOf } from './credentials.ts';
import { BODY_LIMIT } from './raw-bodies.ts';

const MIB = 1024 * 1024;
/** An import of a million keys as text fits. */
const IMPORT_LIMIT = 64 * MIB;
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
  await http.register(
    async (scope) => {
      takeJsonAlone(scope);
      refuseLongBodies(scope);
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
    // Asked again when the text is here, which may take minutes: rights that were taken meanwhile are gone.
    if (found?.ok && isAllowed(found.value, IMPORT)) return void contexts.delete(request);
    reply.header('connection', 'close');
    // What has a body already, tRPC's adapter does not begin to read.
    request.body = '';
    await fastifyRequestHandler({ ...trpcOptions, req: request, res: reply, path: IMPORT });
  }
}

/**
 * SECURITY: tRPC's adapter turns a body that no parser knew into text, byte by byte, before anybody is identified: a lot of
 * it would hold up everything else. So it is refused unread.
 */
function takeJsonAlone(scope: FastifyInstance): void {
  scope.addHook('onRequest', async (request, reply) => {
    const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
    if (hasBody && !/^application\/json\s*(;|$)/i.test(type ?? ''))
      await refuse(reply, makeFault('body.not_json', {}));
  });
}

function refuseLongBodies(scope: FastifyInstance): void {
  scope.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.statusCode !== 413) throw error;
    const limit = (request.routeOptions.bodyLimit ?? BODY_LIMIT) / MIB;
    return refuse(reply, makeFault('body.too_large', { limit, importLimit: IMPORT_LIMIT / MIB }));
  });
}

/** In the shape of a procedure's own refusals, where none was reached. */
function refuse(reply: FastifyReply, fault: Fault): FastifyReply {
  const error = getTRPCErrorShape({
    config: appRouter._def._config,
    error: asTrpcError(fault),
    type: 'unknown',
    path: undefined,
    input: undefined,
    ctx: undefined,
  });
  return reply.code(httpStatusOf(fault)).header('connection', 'close').send({ error });
}
