import { backoffMs } from './backoff.ts';
import type { SendOutcome } from './classify.ts';
import { worstOf } from './events/concern.ts';
import { foldEvents } from './fold-events.ts';
import type { MailEventRow, MessageRow, MessageSettlement } from '../store/rows.ts';

const MINUTE = 60_000;
/** How long a mail that may have been sent rests before its one second try: time for a bounce or a provider event. */
const UNKNOWN_RETRY_MS = 10 * MINUTE;
/** Leads `lastCode` once a try may have been delivered. It outlives leases, so that no mail is doubted twice. */
const MAYBE_SENT = 'maybe_sent_';

/** What becomes of a message, without the lease it is settled under. */
export interface Verdict extends Omit<MessageSettlement, 'ids'> {
  /** What a person must be told; null when the worker goes on by itself. */
  alert: string | null;
  /** False when the try did not count: nothing is written to the timeline. */
  audited: boolean;
}

export type TryResult =
  | SendOutcome
  | { kind: 'withdrawn'; why: string }
  /** The template could not be filled: tried again, since a person may correct the product meanwhile. */
  | { kind: 'unwritable'; code: string; why: string };

/** Pure. `message` is the row as it was found, before it was leased for this try. */
export function decide(
  message: Pick<MessageRow, 'orderId' | 'status' | 'attempts' | 'lastCode' | 'createdAt' | 'acceptedAt'>,
  result: TryResult,
  at: { now: Date; random: number },
): Verdict {
  const wasDoubted = message.status === 'unknown' || (message.lastCode ?? '').startsWith(MAYBE_SENT);
  const rest = { retryInMs: null, acceptedAt: message.acceptedAt, alert: null, audited: true, isTry: true };
  if (result.kind === 'accepted')
    return { ...rest, status: 'accepted', acceptedAt: at.now, lastCode: 'accepted', lastError: null };
  if (result.kind === 'withdrawn')
    return { ...rest, status: 'withdrawn', lastCode: 'withdrawn', lastError: result.why };

  const { code, why: lastError } = result;
  const isDoubted = wasDoubted || result.kind === 'unknown';
  const noted = { ...rest, lastCode: `${isDoubted ? MAYBE_SENT : ''}${code}`.slice(0, 64), lastError };
  // A mail to the admin raises no alert: it would be told by another mail to the admin.
  const alertFor = (text: string) => (message.orderId === null ? null : text);
  const tryAgain = (): Verdict => {
    const ageMs = at.now.getTime() - message.createdAt.getTime();
    const retryInMs = backoffMs({ attempts: message.attempts + 1, ageMs, random: at.random });
    if (retryInMs === null)
      return { ...noted, status: 'failed', alert: alertFor(`Given up after three days: ${lastError}.`) };
    return { ...noted, status: isDoubted ? 'unknown' : 'retrying', retryInMs };
  };

  switch (result.kind) {
    case 'transient':
      return tryAgain();
    case 'unwritable': {
      const verdict = tryAgain();
      const isFirst = !(message.lastCode ?? '').endsWith(result.code);
      return isFirst
        ? { ...verdict, alert: alertFor(`The mail could not be written: ${lastError}.`) }
        : verdict;
    }
    case 'permanent':
      return { ...noted, status: 'failed', alert: alertFor(`Refused for good: ${lastError}.`) };
    case 'unknown':
      if (wasDoubted)
        return {
          ...noted,
          status: 'unknown',
          alert: alertFor(`Sent twice with no answer, it may have arrived: ${lastError}.`),
        };
      return {
        ...noted,
        status: 'unknown',
        retryInMs: Math.round(UNKNOWN_RETRY_MS * (1 + at.random / 10)),
      };
    case 'configuration':
      return { ...noted, status: formerStatus(message.status), retryInMs: 0, audited: false };
  }
}

/**
 * The verdict, with what the provider has told of this mail by now. The event itself was audited, and raised its alert,
 * when it came.
 */
export function afterEvents(verdict: Verdict, told: readonly MailEventRow[]): Verdict {
  const status = foldEvents(verdict.status, told);
  if (status === verdict.status) return verdict;
  const event = worstOf(told);
  return {
    ...verdict,
    status,
    retryInMs: null,
    acceptedAt: verdict.acceptedAt ?? event?.at ?? null,
    lastCode: status,
    lastError: status === 'delivered' ? null : (event?.detail ?? null),
    alert: null,
  };
}

/** Gives a leased message back as it was found, due at once. Only for a try that has not begun. */
export function untouched(
  message: Pick<MessageRow, 'status' | 'lastCode' | 'acceptedAt'> & { lastError: string | null },
): Verdict {
  const { lastCode, lastError, acceptedAt } = message;
  const status = formerStatus(message.status);
  return { isTry: false, status, lastCode, lastError, acceptedAt, retryInMs: 0, alert: null, audited: false };
}

function formerStatus(status: MessageRow['status']): MessageRow['status'] {
  return status === 'sending' ? 'retrying' : status;
}
