import { TRPCClientError } from '@trpc/client';
import type { AppRouter } from '../../server/rpc/router.ts';

/** What the server refused, in its own words. */
export interface ServerFault {
  sentence: string;
  /** Its code, e.g. `stock.short`; null where it has none: no answer, or an input of the wrong shape. */
  reason: string | null;
  status: number | null;
}

/** The routes of the session answer in a shape of their own; `cause` is the status. */
export class SessionFault extends Error {}

/** What a person is told of an error, whoever threw it. */
export function faultOf(error: unknown): ServerFault {
  if (error instanceof TRPCClientError) {
    const { data }: TRPCClientError<AppRouter> = error;
    if (data) return { sentence: error.message, reason: data.reason, status: data.httpStatus };
  }
  if (error instanceof SessionFault)
    return { sentence: error.message, reason: null, status: Number(error.cause) };
  return {
    sentence: 'The server did not answer. It may be restarting, or your connection is gone.',
    reason: null,
    status: null,
  };
}

/** The same of an act: without an answer nobody knows whether it was done. */
export function sentenceOfAct(error: unknown): string {
  const { sentence, status } = faultOf(error);
  return status === null ? `${sentence} Look whether it was done before you try again.` : sentence;
}

/** The session is over, its member was revoked, or another tab signed in as somebody else: ask who it is. */
export function isSignedOut(error: unknown): boolean {
  const { status, reason } = faultOf(error);
  return status === 401 || reason === 'session.not_from_here';
}
