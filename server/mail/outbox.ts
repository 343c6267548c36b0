import { faultFields } from '../log.ts';
import { transact } from '../store/retry.ts';
import { pause } from '../timers.ts';
import { createBreaker } from './breaker.ts';
import { composeMails } from './compose.ts';
import { leaseDue } from './lease-due.ts';
import { reportMail } from './report.ts';
import { createSettle } from './settle.ts';
import { decide, untouched } from './settlement.ts';
import type { Pause } from './breaker.ts';
import type { SendOutcome } from './classify.ts';
import type { ComposeDeps, Draft } from './compose.ts';
import type { TryResult } from './settlement.ts';
import type { OutgoingMail, Transport } from './transport.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { MessageRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../timers.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const CUT: SendOutcome = { kind: 'unknown', code: 'stopped', why: 'the server stopped while sending' };

interface OutboxDeps extends Omit<ComposeDeps, 'store'> {
  store: Store;
  transport: Transport;
  clock: Clock;
  timers: Timers;
  /** 0 ≤ x < 1 */
  random: () => number;
  newId: NewId;
  log: Log;
  /** A mail needs a person; its alert is committed. */
  onFailed(message: MessageRow): void;
}

export interface OutboxOptions {
  /** Mails under way at once; the transport's pool should be as large. */
  concurrency?: number;
  /** Mails leased ahead at most. */
  batch?: number;
  /** Longer than the longest send by far: a lease that runs out means that the server died. */
  leaseMs?: number;
  /** How soon mails queued by other processes, and retries, are noticed. */
  pollMs?: number;
  /** How long `stop` waits for mails under way. */
  graceMs?: number;
}

export interface Outbox {
  /** Something was queued here: look now. */
  wake(): void;
  /** Resolves when nothing is due and nothing under way, or the queue is paused. Rejects when the store does. */
  drain(): Promise<void>;
  /** Leases no more, waits for what is under way, gives the rest back. */
  stop(): Promise<void>;
  state(): { paused: Pause | null; sending: number; ready: number };
}

interface Leased {
  message: MessageRow;
  draft: Draft;
  leaseToken: string;
  leasedAtMs: number;
}

/** The worker that turns outbox rows into mails. Several may run on one database: leases keep them apart. */
export function startOutbox(deps: OutboxDeps, options: OutboxOptions = {}): Outbox {
  const {
    concurrency = 5,
    batch = 20,
    leaseMs = 10 * MINUTE,
    pollMs = 2 * SECOND,
    graceMs = 15 * SECOND,
  } = options;
  const { store, transport, clock, timers, random, log } = deps;
  const settle = createSettle({ ...deps, isStopping: () => isStopping });
  const breaker = createBreaker({ clock, timers, log, verify: transport.verify, onResume: () => tick() });
  const flights = new Map<Promise<void>, Leased>();
  let ready: Leased[] = [];
  let looking: Promise<number> | null = null;
  let isAgain = false;
  let isMore = false;
  let isStopping = false;
  let cancelPoll = () => {};

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

  async function refill(): Promise<number> {
    const allowed = breaker.allows();
    const room = allowed === 'all' ? batch - ready.length : allowed === 'one' && !isBusy() ? 1 : 0;
    if (isStopping || room <= 0) return 0;
    const leaseToken = deps.newId();
    const leasedAtMs = clock.now().getTime();
    const due = await transact(deps, (tx) => leaseDue(tx, { room, leaseToken, leaseMs }));
    isMore = due.length === room;
    // Whoever held these died while sending, or before: nobody can tell.
    for (const message of due.filter(({ status }) => status === 'sending'))
      fly({ message, leaseToken, leasedAtMs, draft: { kind: 'nothing', why: '' } }, () =>
        Promise.resolve(CUT),
      );
    const whole = due.filter(({ status }) => status !== 'sending');
    try {
      const drafts = await composeMails(deps, whole);
      for (const message of whole) {
        const draft = drafts.get(message.id);
        if (draft) ready.push({ message, draft, leaseToken, leasedAtMs });
      }
    } catch (error) {
      await Promise.all(whole.map((message) => giveBack({ message, leaseToken })));
      throw error;
    }
    ready.sort((a, b) => a.message.priority - b.message.priority);
    launch();
    return due.length;
  }

  const isBusy = (): boolean => ready.length + flights.size > 0;

  function launch(): void {
    while (!isStopping && flights.size < concurrency) {
      // The queue was paused meanwhile: others may have better luck, or the mails wait in the store.
      const isPaused = breaker.allows() === 'none';
      const next = ready.shift();
      if (!next) break;
      const isStale = clock.now().getTime() - next.leasedAtMs > leaseMs / 2;
      if (isPaused || isStale) track(giveBack(next), next);
      else fly(next, () => attempt(next));
    }
    if (isMore && ready.length < concurrency && breaker.allows() === 'all') tick();
  }

  async function attempt({ message, draft }: Leased): Promise<TryResult> {
    if (draft.kind === 'nothing') return { kind: 'withdrawn', why: draft.why };
    if (draft.kind === 'unwritable') return { kind: 'unwritable', code: 'unwritable', why: draft.why };
    const outcome = await transport.send(outgoing(message, draft));
    breaker.note(outcome);
    return outcome;
  }

  function fly(leased: Leased, work: () => Promise<TryResult>): void {
    const startedAtMs = clock.now().getTime();
    track(
      work().then(async (result) => {
        const { message, leaseToken } = leased;
        const verdict = decide(message, result, { now: clock.now(), random: random() });
        if (!(await settle({ message, leaseToken, verdict }))) {
          log.warn('mail.fault', { messageId: message.id, code: 'lease_lost', what: 'settled by another' });
          return;
        }
        reportMail(log, message, verdict, clock.now().getTime() - startedAtMs);
        if (verdict.alert !== null) deps.onFailed(message);
      }),
      leased,
    );
  }

  function track(work: Promise<unknown>, leased: Leased): void {
    const flight: Promise<void> = work
      .then(() => {})
      .catch((error: unknown) =>
        log.error('mail.fault', { messageId: leased.message.id, ...faultFields(error) }),
      )
      .finally(() => {
        flights.delete(flight);
        launch();
      });
    flights.set(flight, leased);
  }

  async function giveBack({ message, leaseToken }: Pick<Leased, 'message' | 'leaseToken'>): Promise<void> {
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
        await looking?.catch(() => {});
        const leased = isStopping ? 0 : await look();
        while (flights.size > 0) await Promise.all(flights.keys());
        if (isStopping || breaker.allows() === 'none' || (leased === 0 && !isBusy() && !looking)) return;
      }
    },
    async stop() {
      isStopping = true;
      cancelPoll();
      breaker.stop();
      await looking?.catch(() => {});
      await Promise.race([Promise.all(flights.keys()), pause(timers, graceMs)]);
      // What is still under way may arrive: it must not be sent again at once by another.
      const cut = [...flights.values()].map(({ message, leaseToken }) =>
        settle({
          message,
          leaseToken,
          verdict: decide(message, CUT, { now: clock.now(), random: random() }),
        }),
      );
      const tokens = new Set(ready.map(({ leaseToken }) => leaseToken));
      await Promise.allSettled(cut);
      // With the database away the leases run out by themselves.
      const released = await Promise.allSettled([...tokens].map((token) => store.releaseLeases({ token })));
      for (const { reason } of released.filter((result) => result.status === 'rejected'))
        log.error('mail.fault', faultFields(reason));
      ready = [];
    },
    state: () => ({ paused: breaker.paused(), sending: flights.size, ready: ready.length }),
  };
}

function outgoing(message: MessageRow, draft: Extract<Draft, { kind: 'mail' }>): OutgoingMail {
  return {
    messageId: message.id,
    to: { name: draft.name, address: message.recipient },
    ...draft.mail,
    metadata: { message: message.id },
  };
}
