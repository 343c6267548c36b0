import type { Verdict } from './settlement.ts';
import type { Log } from '../log.ts';
import type { MessageRow } from '../store/rows.ts';

/** One log line for the end of a try; a mail that was only given back to the queue has none. */
export function reportMail(
  log: Log,
  { id: messageId, kind }: MessageRow,
  verdict: Verdict,
  ms: number,
): void {
  const { status, lastCode: code, lastError: why, retryInMs } = verdict;
  if (status === 'accepted') log.info('mail.sent', { messageId, kind, ms });
  else if (status === 'withdrawn') log.info('mail.withdrawn', { messageId, kind });
  else if (status === 'failed') log.error('mail.failed', { messageId, kind, code, why });
  else if (status === 'unknown' && verdict.audited)
    log.warn('mail.unknown', { messageId, kind, code, why, retryInMs });
  else if (verdict.audited) log.warn('mail.retrying', { messageId, kind, code, why, retryInMs });
}
