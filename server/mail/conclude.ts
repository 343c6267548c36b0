import { reportMail } from './report.ts';
import { decide } from './settlement.ts';
import type { Leased } from './lease-due.ts';
import type { createSettle } from './settle.ts';
import type { TryResult } from './settlement.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { MessageRow } from '../store/rows.ts';

/** The end of a try: judged, written, reported. Rejects when the database stayed away. */
export function createConclude(deps: {
  settle: ReturnType<typeof createSettle>;
  clock: Clock;
  random: () => number;
  log: Log;
  onFailed(message: MessageRow): void;
}): (leased: Leased, result: TryResult, startedAtMs: number) => Promise<void> {
  return async ({ message, leaseToken }, result, startedAtMs) => {
    const now = deps.clock.now();
    const decided = decide(message, result, { now, random: deps.random() });
    const verdict = await deps.settle({ message, leaseToken, verdict: decided });
    if (!verdict) {
      deps.log.warn('mail.fault', {
        messageId: message.id,
        code: 'lease_lost',
        what: 'settled by another',
      });
      return;
    }
    reportMail(deps.log, message, verdict, now.getTime() - startedAtMs);
    if (verdict.alert !== null) deps.onFailed(message);
  };
}
