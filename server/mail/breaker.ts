import { pauseMs } from './backoff.ts';
import type { SendOutcome } from './classify.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Timers } from '../timers.ts';

/** A wake may ask the server again no sooner than this: mails are queued many times a second. */
const WAKE_VERIFY_MS = 30_000;

export interface Pause {
  code: string;
  why: string;
  /** When the settings are tried again by themselves. */
  until: Date;
}

/**
 * Stops the queue when the settings are at fault (login, TLS): no mail can be blamed, and each try would be wasted.
 * After a pause the connection is verified; when that works, one mail goes first as a probe.
 */
interface Breaker {
  allows(): 'all' | 'one' | 'none';
  paused(): Pause | null;
  /** A send ended; `configuration` pauses, anything else closes the breaker again. */
  note(outcome: SendOutcome): void;
  /** Looks at the server now, if the last look was a while ago. */
  nudge(): void;
  stop(): void;
}

export function createBreaker(deps: {
  clock: Clock;
  timers: Timers;
  log: Log;
  verify: () => Promise<SendOutcome>;
  onResume: () => void;
}): Breaker {
  let failures = 0;
  let pause: Pause | null = null;
  let isProbing = false;
  let isVerifying = false;
  let isStopped = false;
  let lookedAt = 0;
  let cancel = () => {};

  function rest(code: string, why: string): void {
    failures += 1;
    const delayMs = pauseMs(failures);
    lookedAt = deps.clock.now().getTime();
    pause = { code, why, until: new Date(lookedAt + delayMs) };
    isProbing = false;
    // Once per trouble, not once per look.
    if (failures === 1) deps.log.error('mail.paused', { code, why, pauseMs: delayMs });
    cancel();
    if (!isStopped) cancel = deps.timers.after(delayMs, () => void look());
  }

  async function look(): Promise<void> {
    if (!pause || isVerifying || isStopped) return;
    isVerifying = true;
    cancel();
    const outcome = await deps.verify().finally(() => {
      isVerifying = false;
    });
    if (outcome.kind !== 'accepted') return rest(outcome.code, outcome.why);
    pause = null;
    isProbing = true;
    deps.onResume();
  }

  return {
    allows: () => (pause ? 'none' : isProbing ? 'one' : 'all'),
    paused: () => pause,
    note(outcome) {
      if (outcome.kind === 'configuration') {
        // Mails that were under way beside the first one say the same again.
        if (!pause) rest(outcome.code, outcome.why);
      } else if (!pause && failures > 0) {
        failures = 0;
        isProbing = false;
        deps.log.info('mail.resumed', {});
      }
    },
    nudge() {
      if (pause && deps.clock.now().getTime() - lookedAt >= WAKE_VERIFY_MS) void look();
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
