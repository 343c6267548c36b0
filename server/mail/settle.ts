import { faultFields } from '../log.ts';
import { transact } from '../store/retry.ts';
import { pause } from '../timers.ts';
import { settleBatch } from './settle-batch.ts';
import type { Settling } from './settle-batch.ts';
import type { Verdict } from './settlement.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../timers.ts';

/** Settled in one transaction, so that a commit is paid once for many mails. */
const BATCH = 100;
/** A mail that left must not look unsent because the database was away: beyond these, its lease runs out as `unknown`. */
const AGAIN_MS = [1000, 2000, 5000, 10_000, 30_000] as const;
/** When a mail whose order somebody holds is looked at again; after the last it waits for the order, alone. */
const LOOK_AGAIN_MS = [50, 200, 1000] as const;

/**
 * Answers the verdict that was written, or null when the lease was lost meanwhile and nothing was. Rejects when the
 * database stayed away.
 */
type Settle = (item: Settling) => Promise<Verdict | null>;

interface SettleDeps {
  store: Store;
  clock: Clock;
  timers: Timers;
  random: () => number;
  log: Log;
  /** How long the batch after a batch may grow. */
  gatherMs: number;
  /** A clean stop does not wait for a database that is away. */
  isStopping: () => boolean;
}

interface Waiting {
  item: Settling;
  /** How often its order was held by somebody else. */
  looks: number;
  resolve: (written: Verdict | null) => void;
  reject: (error: unknown) => void;
}

/**
 * Batches form by themselves: while one transaction is in flight, the mails that end meanwhile gather for the next. A
 * lone mail is settled at once; in a stream of mails the next batch waits a moment to grow. Nobody waits for a stranger:
 * a mail whose order is held by somebody else comes again later, and at last alone, beside the batches.
 */
export function createSettle(deps: SettleDeps): Settle {
  let waiting: Waiting[] = [];
  let isWriting = false;
  let alone: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      await end(batch, false);
      const isTrickle = deps.gatherMs > 0 && waiting.length > 0 && waiting.length < BATCH / 2;
      if (isTrickle && !deps.isStopping()) await pause(deps.timers, deps.gatherMs);
    }
    isWriting = false;
  }

  async function end(batch: Waiting[], isPatient: boolean): Promise<void> {
    try {
      const items = batch.map(({ item }) => item);
      const { written, busy } = await persist(deps, items, isPatient);
      for (const one of batch) {
        const { id } = one.item.message;
        if (busy.has(id)) void comeAgain({ ...one, looks: one.looks + 1 });
        else one.resolve(written.get(id) ?? null);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async function comeAgain(one: Waiting): Promise<void> {
    const waitMs = LOOK_AGAIN_MS[one.looks - 1];
    if (waitMs === undefined || deps.isStopping()) {
      alone = alone.then(() => end([one], true));
      return;
    }
    await pause(deps.timers, waitMs);
    waiting.push(one);
    void write();
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, looks: 0, resolve, reject });
      void write();
    });
}

async function persist(
  deps: SettleDeps,
  items: Settling[],
  isPatient: boolean,
): ReturnType<typeof settleBatch> {
  for (let round = 0; ; round += 1) {
    try {
      // Safe to repeat after a lost COMMIT answer: what was settled then has no lease now, and nothing is written again.
      return await transact(deps, (tx) => settleBatch(tx, items, { now: deps.clock.now(), isPatient }), {
        repairs: true,
      });
    } catch (error) {
      const waitMs = AGAIN_MS[round];
      deps.log.error('mail.fault', faultFields(error));
      if (waitMs === undefined || deps.isStopping()) throw error;
      await pause(deps.timers, waitMs);
    }
  }
}
