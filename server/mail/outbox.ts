import { faultFields } from '../log.ts';
import { pause } from '../timers.ts';
import { attempt } from './attempt.ts';
import { createBreaker } from './breaker.ts';
import { createConclude } from './conclude.ts';
import { leaseDue } from './lease-due.ts';
import { createPace, roomFor } from './pace.ts';
import { createSettle } from './settle.ts';
import { decide, untouched } from './settlement.ts';
import type { Pause } from './breaker.ts';
import type { SendOutcome } from './classify.ts';
import type { ComposeDeps } from './compose.ts';
import type { Leased, Ready } from './lease-due.ts';
import type { TryResult } from './settlement.ts';
import type { Transport } from './transport.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { MessageRow } from '../store/rows.ts';
import type { RetryDeps } from '../store/retry.ts';
import type { Store } from '../store/store.ts';

const SECOND = 1000;
/** A draft that waited longer behind a slow server is written again: its order may have moved. */
const STALE_MS = 2 * SECOND;
/** With a slow database, mails that have left wait to be settled; beyond this no more are leased. */
const MOST_UNSETTLED = 300;
/** How often a full house looks for urgent mail. */
const URGENT_LOOK_MS = 250;
/** How long a stop waits for the database to write down what was cut. */
const LAST_WORDS_MS = 5 * SECOND;
const CUT: SendOutcome = { kind: 'unknown', code: 'stopped', why: 'the server stopped while sending' };

interface OutboxDeps extends Omit<ComposeDeps, 'store'>, RetryDeps {
  store: Store;
  transport: Transport;
  clock: Clock;
  newId: NewId;
  log: Log;
  /** A mail needs a person; its alert is committed. */
  onFailed(message: MessageRow): void;
  /** A try ended: its outcome in a word. */
  onOutcome?(outcome: SendOutcome['kind']): void;
}

export interface OutboxOptions {
  /** Mails under way at once. Unset: twice the transport's connections, so that a free one finds the next mail composed. */
  concurrency?: number;
  /** Longer than the longest send by far: a lease that runs out means that the server died. */
  leaseMs?: number;
  /** How soon mails queued by other processes, and retries, are noticed. */
  pollMs?: number;
  /** How long `stop` waits for mails under way. */
  graceMs?: number;
  /** In a stream of mails, how long the ends of tries gather before they are written. */
  gatherMs?: number;
}

export interface Outbox {
  /** Something was queued here: look now. */
  wake(): void;
  /** Resolves when nothing is due and nothing under way, or the queue is paused. Rejects when the store does. */
  drain(): Promise<void>;
  /** Leases no more, waits for what is under way, gives the rest back. */
  stop(): Promise<void>;
  state(): { paused: Pause | null; sending: number };
}

/** The worker that turns outbox rows into mails. Several may run on one database: leases keep them apart. */
export function startOutbox(deps: OutboxDeps, options: OutboxOptions = {}): Outbox {
  const { leaseMs = 600 * SECOND, pollMs = 2 * SECOND, graceMs = 15 * SECOND, gatherMs = 30 } = options;
  const { transport, clock, timers, random, log } = deps;
  const concurrency = options.concurrency ?? 2 * transport.connections;
  const settle = createSettle({ ...deps, gatherMs, isStopping: () => isStopping });
  const breaker = createBreaker({ clock, timers, log, verify: transport.verify, onResume: () => tick() });
  const conclude = createConclude({ ...deps, settle });
  const pace = createPace(concurrency);
  /** What is under way or being settled: the work that ends it. */
  const flights = new Set<Promise<void>>();
  /** Leased and written, urgent ones first; they go as soon as a slot is free. */
  const ready: Ready[] = [];
  const sending = new Set<Leased>();
  let looking: Promise<number> | null = null;
  let isAgain = false;
  let isMore = false;
  let isStopping = false;
  let lookedAtMs = -Infinity;
  let cancelPoll = () => {};

  const isHalted = () => isStopping || breaker.allows() === 'none';

  function tick(): void {
    if (isStopping) return;
    if (looking) isAgain = true;
    else look().catch((error: unknown) => log.error('mail.fault', faultFields(error)));
  }

  /** Leases what is due and starts sending; answers how many were leased. One look at a time. */
  function look(): Promise<number> {
    looking = refill().finally(() => {
      looking = null;
      cancelPoll();
      if (isStopping) return;
      cancelPoll = timers.after(pollMs, tick);
      if (isAgain) {
        isAgain = false;
        tick();
      }
    });
    return looking;
  }

  function rooms(): { room: number; urgentRoom: number } {
    if (isHalted() || flights.size > MOST_UNSETTLED) return { room: 0, urgentRoom: 0 };
    return roomFor({
      concurrency,
      ahead: pace.ahead(),
      sending: sending.size,
      ready: ready.map(({ message }) => message),
      isProbing: breaker.allows() === 'one',
      // In a rush the queue is woken many times a second.
      isUrgentLookDue: clock.now().getTime() - lookedAtMs >= URGENT_LOOK_MS,
    });
  }

  async function refill(): Promise<number> {
    const { room, urgentRoom } = rooms();
    isMore = room === 0;
    if (urgentRoom === 0) return 0;
    lookedAtMs = clock.now().getTime();
    const batch = await leaseDue(deps, { room, urgentRoom, leaseMs });
    const { cut, unwritten, fault } = batch;
    const leased = cut.length + unwritten.length + batch.ready.length;
    isMore = fault === null && leased >= room;
    for (const one of cut) fly(one, () => Promise.resolve(CUT));
    for (const one of unwritten) track(giveBack(one), one);
    // A stable sort: within a priority, as leased.
    ready.push(...batch.ready);
    ready.sort((a, b) => a.message.priority - b.message.priority);
    pump();
    if (fault) throw fault;
    return leased;
  }

  /** Sends what is ready, as far as slots are free. */
  function pump(): void {
    const slots = breaker.allows() === 'one' ? 1 : concurrency;
    while (ready.length > 0 && (isHalted() || sending.size < slots)) {
      const next = ready.shift();
      if (next) launch(next);
    }
    // The next batch is leased while this one's last mails leave.
    if (isMore && ready.length <= pace.lowWater() && rooms().room > 0) tick();
  }

  function launch(one: Ready): void {
    // Stopped or paused meanwhile: others may have better luck, or the mail waits in the store.
    const nowMs = clock.now().getTime();
    const isStale = nowMs - one.writtenAtMs > STALE_MS || nowMs - one.leasedAtMs > leaseMs / 2;
    // What is given back for its age is due again at once.
    if (isStale) isMore = true;
    if (isHalted() || isStale) track(giveBack(one), one);
    else fly(one, () => attempt(trying, one.message, one.draft));
  }

  const trying = {
    transport,
    clock,
    note(outcome: SendOutcome, ms: number): void {
      // A refusal says nothing of how fast mails leave.
      if (outcome.kind === 'accepted') pace.note(ms);
      breaker.note(outcome);
      deps.onOutcome?.(outcome.kind);
    },
  };

  /** A slot is taken until the try has ended; it is settled beside the next tries. */
  function fly(leased: Leased, work: () => Promise<TryResult>): void {
    const startedAtMs = clock.now().getTime();
    sending.add(leased);
    const tried = work().finally(() => {
      sending.delete(leased);
      pump();
    });
    track(
      tried.then((result) => conclude(leased, result, startedAtMs)),
      leased,
    );
  }

  function track(work: Promise<void>, leased: Leased): void {
    const flight: Promise<void> = work
      .catch((error: unknown) =>
        log.error('mail.fault', { messageId: leased.message.id, ...faultFields(error) }),
      )
      .finally(() => {
        flights.delete(flight);
        pump();
      });
    flights.add(flight);
  }

  async function giveBack({ message, leaseToken }: Leased): Promise<void> {
    await settle({ message, leaseToken, verdict: untouched(message) });
  }

  tick();
  return {
    wake() {
      breaker.nudge();
      tick();
    },
    async drain() {
      for (;;) {
        // A look that began before the caller's rows were committed says nothing about them.
        while (looking) await looking.catch(() => {});
        const leased = isStopping ? 0 : await look();
        while (flights.size > 0) await Promise.all(flights);
        if (isHalted() || (leased === 0 && !looking && ready.length === 0)) return;
      }
    },
    async stop() {
      isStopping = true;
      cancelPoll();
      breaker.stop();
      await looking?.catch(() => {});
      pump();
      await Promise.race([Promise.all(flights), pause(timers, graceMs)]);
      // What is still under way may arrive: it must not be sent again at once by another.
      const cut = [...sending].map(({ message, leaseToken }) =>
        settle({
          message,
          leaseToken,
          verdict: decide(message, CUT, { now: clock.now(), random: random() }),
        }),
      );
      // With the database away the leases run out by themselves.
      await Promise.race([Promise.allSettled(cut), pause(timers, LAST_WORDS_MS)]);
    },
    state: () => ({ paused: breaker.paused(), sending: sending.size }),
  };
}
