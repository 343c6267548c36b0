import { initTRPC, type TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { ReceiptStatus } from '../../shared/statuses.ts';
import type { Clock } from '../clock.ts';
import { FaultError, makeFault, type Result } from '../errors.ts';
import type { Instance } from '../health/beat.ts';
import type { SetUp } from '../health/read-health.ts';
import type { NewId } from '../ids.ts';
import type { Claimer } from '../keys/claim.ts';
import type { VendQueue } from '../keys/vend-batch.ts';
import { faultFields, type Log } from '../log.ts';
import type { Outbox } from '../mail/outbox.ts';
import { mayDo, PROCEDURE_RIGHTS } from '../staff/rights.ts';
import { identify, type Credentials, type SignInDeps } from '../staff/sign-in.ts';
import type { RetryDeps } from '../store/retry.ts';
import type { ItemRef, StaffRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { asTrpcError, storeFault } from './as-trpc-error.ts';

/** What the procedures need of the service; app.ts puts it together. */
export interface RpcDeps extends RetryDeps, SignInDeps {
  store: Store;
  clock: Clock;
  log: Log;
  newId: NewId;
  claimer: Claimer;
  /** How staff reach this server. */
  publicUrl: string;
  /** KEYBANK_LOW_STOCK: the threshold of products that name none. */
  lowStock: number;
  setUp: SetUp;
  /** This process, where it serves; null on the command line. */
  instance: Instance | null;
  /** Keys came into stock: fills the orders that wait. */
  restocked(skus: string[]): Promise<unknown>;
  /** A course was mapped: releases the orders that waited for it. */
  mappingChanged(item: ItemRef): Promise<unknown>;
  /** Reads an order's last delivery again; null when there is none. */
  replay(orderId: string, reason: string, actor: string): Promise<{ status: ReceiptStatus } | null>;
  /** Reads any stored delivery again, whether it has an order or not; null when there is none. */
  replayDelivery(
    deliveryId: string,
    reason: string,
    actor: string,
  ): Promise<{ status: ReceiptStatus; orders: { orderId: string; status: ReceiptStatus }[] } | null>;
  /** What is read again in numbers goes the way of deliveries. */
  queue: VendQueue;
  /** An alert was written: the admin is told soon. */
  onAlert(): void;
  /** A message was queued: the outbox may wake. */
  onMail(): void;
  /** What the mail worker of this process is doing; null where there is none, as on the command line. */
  mailState(): ReturnType<Outbox['state']> | null;
}

export interface RpcContext {
  deps: RpcDeps;
  /** Where the request comes from. */
  ip: string;
  /** Asked once for all calls of a batch: a wrong token is one guess and one line in the log, however many calls come with it. */
  identify(path: string): Promise<Result<StaffRow>>;
}

export function openContext(deps: RpcDeps, credentials: Credentials): RpcContext {
  let member: Promise<Result<StaffRow>> | undefined;
  const look = async (path: string) => {
    const found = await identify(deps, credentials);
    if (!found.ok) deps.log.warn('staff.refused', { path, ip: credentials.ip, why: found.fault.code });
    return found;
  };
  return { deps, ip: credentials.ip, identify: (path) => (member ??= look(path)) };
}

const t = initTRPC.context<RpcContext>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    message: sentenceOf(error),
    data: { ...shape.data, reason: error.cause instanceof FaultError ? error.cause.fault.code : null },
  }),
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** SECURITY: what a client is told of an input it got wrong names the field and the rule, never the value. */
function sentenceOf(error: TRPCError): string {
  if (error.cause instanceof SyntaxError) return 'The body is not JSON. Nothing was done.';
  if (!(error.cause instanceof z.ZodError)) return error.message;
  return error.cause.issues
    .map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`)
    .slice(0, 5)
    .join('; ');
}

/** What nobody planned is logged and stays unsaid. */
const withFaults = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok || result.error.code !== 'INTERNAL_SERVER_ERROR') return result;
  const { cause } = result.error;
  const planned = cause instanceof FaultError ? cause.fault : storeFault(cause);
  if (!planned || (cause instanceof FaultError && cause.cause !== undefined))
    ctx.deps.log.error('http.fault', { method: 'tRPC', path, ...faultFields(deepest(cause)) });
  throw asTrpcError(planned ?? makeFault('server.fault', { path }));
});

function deepest(error: unknown): unknown {
  return error instanceof FaultError && error.cause !== undefined ? error.cause : error;
}

/** May this member call the procedure at that path? */
export function isAllowed(member: StaffRow, path: string): boolean {
  const right = PROCEDURE_RIGHTS[path];
  return right !== undefined && mayDo(member, right);
}

/**
 * A procedure for staff; which right it asks for stands in staff/rights.ts, by its path. `ctx.actor` is what the audit
 * trail calls them.
 */
export const staffProcedure = t.procedure.use(withFaults).use(async ({ ctx, path, next }) => {
  const found = await ctx.identify(path);
  if (!found.ok) throw new FaultError(found.fault);
  const member = found.value;
  if (!isAllowed(member, path)) {
    const right = PROCEDURE_RIGHTS[path] ?? 'unlisted';
    throw new FaultError(makeFault('staff.not_allowed', { role: member.role, right }));
  }
  return next({ ctx: { ...ctx, member, actor: `staff:${member.id}` } });
});
