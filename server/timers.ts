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
