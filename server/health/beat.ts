import { faultFields, type Log } from '../log.ts';
import type { InstanceRow } from '../store/rows.ts';
import type { InstanceVerbs } from '../store/staff-verbs.ts';
import type { Timers } from '../timers.ts';

/** A serving process, as it is told apart from others on the same database. */
export type Instance = Pick<InstanceRow, 'id' | 'host' | 'version' | 'startedAt'>;

const BEAT_MS = 15_000;
/** Four beats missed: the process was killed, or its database connection is gone. */
export const SILENT_AFTER_MS = 60_000;
/** So long a process that died without a word stays in sight. */
const FORGET_AFTER_MS = 24 * 60 * 60_000;

export interface BeatDeps {
  store: InstanceVerbs;
  timers: Timers;
  log: Log;
  instance: Instance;
  /** Transactions run again since the start. */
  retries(): number;
}

export interface Heartbeat {
  /** Beats no more, and takes the process off the list: it ended in order. */
  stop(): Promise<void>;
}

/** Tells the others that this process is alive, now and every 15 s. A beat that fails stops nothing. */
export function startBeat(deps: BeatDeps): Heartbeat {
  const { store, timers, log, instance } = deps;
  let isStopping = false;
  let isFailing = false;
  let cancel = () => {};
  let beating = beat();

  async function beat(): Promise<void> {
    try {
      await store.beat({ ...instance, retries: deps.retries() });
      await store.deleteInstances({ deadForMs: FORGET_AFTER_MS });
      isFailing = false;
    } catch (error) {
      note(error);
    }
    if (!isStopping)
      cancel = timers.after(BEAT_MS, () => {
        beating = beat();
      });
  }

  /** With the database away, each beat would say the same. */
  function note(error: unknown): void {
    if (!isFailing) log.warn('instance.fault', faultFields(error));
    isFailing = true;
  }

  return {
    async stop() {
      isStopping = true;
      cancel();
      await beating;
      await store.deleteInstance({ id: instance.id }).catch(note);
    },
  };
}
