/** The only place that sets timers, so that tests can hold them. */
export interface Timers {
  /** Calls `work` once after `delayMs`; the answer cancels it. Does not keep the process alive. */
  after(delayMs: number, work: () => void): () => void;
}

export const systemTimers: Timers = {
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export function pause(timers: Timers, delayMs: number): Promise<void> {
  return new Promise((resolve) => timers.after(delayMs, resolve));
}

/**
 * Keeps the process alive until the answer is called. The timers above do not, and a process that waits for nothing but
 * them (the database is away, a retry is due) would just end.
 */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, 3_600_000);
  return () => clearInterval(timer);
}
