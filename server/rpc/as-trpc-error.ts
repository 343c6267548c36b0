import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { FaultError, makeFault, type Fault } from '../errors.ts';
import { isTransient, storeErrorCode } from '../store/store-error.ts';

/** Our faults become tRPC's errors here and nowhere else. */
export function asTrpcError(fault: Fault): TRPCError {
  return new TRPCError({ code: fault.status, message: fault.sentence, cause: new FaultError(fault) });
}

/** The HTTP status that a fault travels with. */
export function httpStatusOf(fault: Fault): number {
  return getHTTPStatusCodeFromError(asTrpcError(fault));
}

/** What people are told of an error of the database; null when it is one that nobody planned. */
export function storeFault(error: unknown): Fault | null {
  const code = storeErrorCode(error);
  if (code === 'store.duplicate') return makeFault('store.changed', {});
  if (code === 'store.unavailable' || isTransient(error)) return makeFault('store.away', {});
  return null;
}
