import { TRPCClientError } from '@trpc/client';
import type { AppRouter } from '../../server/rpc/router.ts';

/** What the server refused, in its own words. */
export interface ServerFault {
  sentence: string;
  /** Its code, e.g. `stock.short`; null where it has none: no answer, or an input of the wrong shape. */
  reason: string | null;
  status: number | null;
}

/** What a person is told of an error, whoever threw it. */
export function faultOf(error: unknown): ServerFault {
  if (error instanceof TRPCClientError) {
    const { data }: TRPCClientError<AppRouter> = error;
    if (data) return { sentence: error.message, reason: data.reason, status: data.httpStatus };
  }
  return {
    sentence:
      'The server did not answer. It may be restarting, or your connection is gone; this page asks again by itself.',
    reason: null,
    status: null,
  };
}

/** The session is over, its member was revoked, or another tab signed in as somebody else: ask who it is. */
export function isSignedOut(error: unknown): boolean {
  const { status, reason } = faultOf(error);
  return status === 401 || reason === 'session.not_from_here';
}
