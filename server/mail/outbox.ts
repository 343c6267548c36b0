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
  state(): { paused: Pause | null; sending: number };
}

interface Leased {
  message: MessageRow;
  leaseToken: string;
  leasedAtMs: number;
}

/** The worker that turns outbox rows into mails. Several may run on one database: leases keep them apart. */
export function startOutbox(deps: OutboxDeps, options: OutboxOptions = {}): Outbox {
  const { concurrency = 5, leaseMs = 10 * MINUTE, pollMs = 2 * SECOND, graceMs = 15 * SECOND } = options;
  const { transport, clock, timers, random, log } = deps;
  const settle = createSettle({ ...deps, isStopping: () => isStopping });
  const breaker = createBreaker({ clock, timers, log, verify: transport.verify, onResume: () => tick() });
  const flights = new Map<Promise<void>, Leased>();
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

  /** Leases as many as can be sent at once: a leased mail counts as tried, and a draft that waits grows stale. */
  async function refill(): Promise<number> {
    const allowed = breaker.allows();
    if (isStopping || allowed === 'none') return 0;
    const room = (allowed === 'all' ? concurrency : 1) - flights.size;
    isMore = room <= 0;
    if (isMore) return 0;
    const leaseToken = deps.newId();
    const leasedAtMs = clock.now().getTime();
    const due = await transact(deps, (tx) => leaseDue(tx, { room, leaseToken, leaseMs }));
    const leased = due.map((message): Leased => ({ message, leaseToken, leasedAtMs }));
    isMore = due.length === room;
    // Whoever held these died while sending, or before: nobody can tell.
    for (const one of leased.filter(({ message }) => message.status === 'sending'))
      fly(one, () => Promise.resolve(CUT));
    const whole = leased.filter(({ message }) => message.status !== 'sending');
    let drafts: Map<string, Draft>;
    try {
      drafts = await composeMails(
        deps,
        whole.map(({ message }) => message),
      );
    } catch (error) {
      isMore = false;
      await Promise.all(whole.map(giveBack));
      throw error;
    }
    for (const one of whole) launch(one, drafts.get(one.message.id));
    return due.length;
  }

  function launch(leased: Leased, draft: Draft | undefined): void {
    // Stopped or paused meanwhile: others may have better luck, or the mail waits in the store.
    const isHalted = isStopping || breaker.allows() === 'none';
    const isStale = clock.now().getTime() - leased.leasedAtMs > leaseMs / 2;
    if (!draft || isHalted || isStale) track(giveBack(leased), leased);
    else fly(leased, () => attempt(leased.message, draft));
  }

  /** A slot is free. */
  function refillSoon(): void {
    if (isMore && breaker.allows() !== 'none') tick();
  }

  async function attempt(message: MessageRow, draft: Draft): Promise<TryResult> {
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
        const decided = decide(message, result, { now: clock.now(), random: random() });
        const verdict = await settle({ message, leaseToken, verdict: decided });
        if (!verdict) {
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
        refillSoon();
      });
    flights.set(flight, leased);
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
        while (flights.size > 0) await Promise.all(flights.keys());
        if (isStopping || breaker.allows() === 'none' || (leased === 0 && !looking)) return;
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
      // With the database away the leases run out by themselves.
      await Promise.allSettled(cut);
    },
    state: () => ({ paused: breaker.paused(), sending: flights.size }),
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
