import { callTRPCProcedure, TRPCError } from '@trpc/server';
import { appRouter } from '../../server/rpc/router.ts';
import { openContext, type RpcDeps } from '../../server/rpc/trpc.ts';

export interface Procedure {
  path: string;
  type: 'query' | 'mutation';
}

/** Every procedure that there is. tRPC keeps them by path, though its type nests them. */
export const procedures: Procedure[] = Object.entries<unknown>(appRouter._def.procedures).map(
  ([path, procedure]) => {
    if (!isProcedure(procedure)) throw new Error(`${path} is no procedure`);
    return { path, type: procedure._def.type };
  },
);

function isProcedure(value: unknown): value is { _def: { type: Procedure['type'] } } {
  return typeof value === 'function' && '_def' in value;
}

/** Calls a procedure by its path with whatever input; answers `OK` or the status it was refused with, and why. */
export async function answerTo(
  deps: RpcDeps,
  { path, type }: Procedure,
  { authorization, input }: { authorization?: string | undefined; input?: unknown },
): Promise<{ code: string; message: string }> {
  const credentials = {
    authorization,
    session: undefined,
    csrf: undefined,
    isGet: false,
    isCrossSite: false,
  };
  try {
    await callTRPCProcedure({
      router: appRouter,
      path,
      type,
      ctx: openContext(deps, { ...credentials, ip: path }),
      getRawInput: async () => input,
      signal: undefined,
      batchIndex: 0,
    });
    return { code: 'OK', message: '' };
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** The status of a refusal, and its sentence. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'no refusal';
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}
