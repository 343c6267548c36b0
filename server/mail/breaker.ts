import { pauseMs, restMs } from './backoff.ts';
import type { SendOutcome } from './classify.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Timers } from '../timers.ts';

/** A wake may ask the server again no sooner than this: mails are queued many times a second. */
const WAKE_VERIFY_MS = 30_000;

export interface Pause {
  /** The settings are at fault (login, TLS), or the server asks for less mail. */
  cause: 'configuration' | 'busy';
  code: string;
  why: string;
  /** When it goes on, or the settings are tried again, by itself. */
  until: Date;
}

/**
 * Stops the queue when no mail can be blamed and each try would be wasted. Settings at fault: after a pause the
 * connection is verified. A server that asks for less: it is left alone for a while. Either way one mail goes first then.
 */
interface Breaker {
  allows(): 'all' | 'one' | 'none';
  paused(): Pause | null;
  /** A send ended; `configuration` and `slowDown` pause, anything else closes the breaker again. */
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
  let lastCause: Pause['cause'] | null = null;
  let pause: Pause | null = null;
  let isProbing = false;
  let isVerifying = false;
  let isStopped = false;
  let lookedAt = 0;
  let cancel = () => {};

  function rest(cause: Pause['cause'], { code, why }: { code: string; why: string }): void {
    failures = cause === lastCause ? failures + 1 : 1;
    lastCause = cause;
    const delayMs = cause === 'busy' ? restMs(failures) : pauseMs(failures);
    lookedAt = deps.clock.now().getTime();
    pause = { cause, code, why, until: new Date(lookedAt + delayMs) };
    isProbing = false;
    if (cause === 'busy') deps.log.warn('mail.throttled', { code, pauseMs: delayMs });
    // Once per trouble, not once per look.
    else if (failures === 1) deps.log.error('mail.paused', { code, why, pauseMs: delayMs });
    cancel();
    if (!isStopped) cancel = deps.timers.after(delayMs, () => void look());
  }

  async function look(): Promise<void> {
    if (!pause || isVerifying || isStopped) return;
    if (pause.cause === 'configuration') {
      isVerifying = true;
      cancel();
      const outcome = await deps.verify().finally(() => {
        isVerifying = false;
      });
      if (outcome.kind !== 'accepted') return rest('configuration', outcome);
    }
    pause = null;
    isProbing = true;
    deps.onResume();
  }

  return {
    allows: () => (pause ? 'none' : isProbing ? 'one' : 'all'),
    paused: () => pause,
    note(outcome) {
      // Mails that were under way beside the first one say the same again.
      if (pause) return;
      if (outcome.kind === 'configuration') rest('configuration', outcome);
      else if (outcome.kind !== 'accepted' && outcome.slowDown) rest('busy', outcome);
      else if (failures > 0) {
        failures = 0;
        lastCause = null;
        isProbing = false;
        deps.log.info('mail.resumed', {});
      }
    },
    nudge() {
      const isSettings = pause?.cause === 'configuration';
      if (isSettings && deps.clock.now().getTime() - lookedAt >= WAKE_VERIFY_MS) void look();
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
