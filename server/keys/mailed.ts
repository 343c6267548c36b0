import type { KeyRow, MessageRow } from '../store/rows.ts';

/** Replicas' clocks may differ by this much; a key that was assigned so shortly after a mail had left counts as in it. */
const CLOCKS_APART_MS = 10 * 60_000;

/**
 * May a mail have brought this key? Mails are written when they are sent, with the keys that the order has then: only
 * one that was accepted before the key was assigned is known to be without it, and of several tries not even that: what a
 * provider tells may be of the first.
 */
export function wasMailed(key: Pick<KeyRow, 'assignedAt'>, messages: readonly MessageRow[]): boolean {
  const since = (key.assignedAt?.getTime() ?? 0) - CLOCKS_APART_MS;
  return messages.some(
    (message) =>
      message.kind === 'key' &&
      wasTried(message) &&
      (message.acceptedAt === null || message.attempts > 1 || message.acceptedAt.getTime() >= since),
  );
}

/**
 * A withdrawn mail may have been tried before it was withdrawn. After a restore from a backup, a mail that was never tried
 * may have arrived all the same: its provider said so.
 */
export function wasTried({ attempts, acceptedAt }: MessageRow): boolean {
  return attempts > 0 || acceptedAt !== null;
}

/** Mails that will not bring the key to the buyer any more. */
const GONE: readonly MessageRow['status'][] = ['withdrawn', 'failed', 'bounced'];

/**
 * Of each of these keys that an order was given, a mail arrived or is on its way, to the address that the order has now: a
 * former one may be a stranger's.
 */
export function areMailed(
  keys: readonly Pick<KeyRow, 'assignedAt'>[],
  messages: readonly MessageRow[],
  email: string | null,
): boolean {
  const live = messages.filter(
    ({ kind, status, recipient }) =>
      kind === 'key' && !GONE.includes(status) && recipient.toLowerCase() === email?.toLowerCase(),
  );
  return keys.every(({ assignedAt }) =>
    live.some(({ acceptedAt }) => acceptedAt === null || assignedAt === null || acceptedAt >= assignedAt),
  );
}
