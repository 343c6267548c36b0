import { faultFields, type Log } from '../log.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import { transact } from '../store/retry.ts';
import { isTransient, storeErrorCode } from '../store/store-error.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../timers.ts';
import type { Arrival, Receipt } from './arrival.ts';
import { noOutcome, type Outcome } from './apply.ts';
import type { Claimer } from './claim.ts';
import { gather, membersOf, orderTexts, QUICK_TRIES, type Batch, type Member } from './gather.ts';
import { keepAlone } from './keep-alone.ts';
import { storedReceipts } from './stored-receipts.ts';
import { vend, type VendMode, type Vended } from './vend.ts';

/** Measured best (docs/why-skip-locked.md), and few enough that a flash sale never eats the connection pool. */
const IN_FLIGHT = 2;
const PATIENT_TRIES = 4;

export interface VendQueueDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  log: Log;
  timers: Timers;
  random: () => number;
  claimer: Claimer;
  defaultSku: string | null;
  /** Runs after each COMMIT; may improve receipts (a waiting order that could be filled at once). */
  afterCommit(outcome: Outcome, receipts: Receipt[]): Promise<void>;
  observe?(batch: { deliveries: number; ms: number }): void;
}

export interface VendQueue {
  /** Resolves once the delivery is committed; rejects with a StoreError when the database is away. */
  submit(arrival: Arrival): Promise<Receipt>;
  /** Resolves when nothing is under way and nothing waits. */
  idle(): Promise<void>;
}

/**
 * Batches that form by themselves: while transactions are in flight, arrivals gather; the next one takes them all. No
 * timers: a lone buyer is a batch of one and waits for nobody.
 */
export function createVendQueue(deps: VendQueueDeps): VendQueue {
  let waiting: Member[] = [];
  const busyOrders = new Set<string>();
  let inFlight = 0;
  /** Members that pause between two looks at locked keys. */
  let pausing = 0;
  /** Committed, with work left to do before the answer. */
  const finishing = new Set<Promise<void>>();
  let idlers: (() => void)[] = [];

  function pump(): void {
    while (inFlight < IN_FLIGHT && waiting.length > 0) {
      const { batch, rest } = gather(waiting, busyOrders);
      waiting = rest;
      if (batch.leaders.length === 0) return;
      inFlight += 1;
      const orders = batch.leaders.flatMap((member) => orderTexts(member.arrival));
      for (const order of orders) busyOrders.add(order);
      void run(batch).finally(() => {
        inFlight -= 1;
        for (const order of orders) busyOrders.delete(order);
        pump();
        tellIdlers();
      });
    }
  }

  function isIdle(): boolean {
    return inFlight === 0 && pausing === 0 && waiting.length === 0 && finishing.size === 0;
  }

  function tellIdlers(): void {
    if (isIdle()) for (const done of idlers.splice(0)) done();
  }

  async function run(batch: Batch): Promise<void> {
    const startedAt = deps.clock.now().getTime();
    try {
      const vended = await commit(batch);
      deps.observe?.({ deliveries: vended.receipts.size, ms: deps.clock.now().getTime() - startedAt });
      settle(batch, vended);
    } catch (error) {
      await failed(batch, error);
    }
  }

  /** The slot is free again; what follows a COMMIT (a fill may be long) holds up nobody else. */
  function settle(batch: Batch, vended: Vended): void {
    requeue(batch, vended);
    const end = finish(vended, membersOf(batch)).finally(() => {
      finishing.delete(end);
      tellIdlers();
    });
    finishing.add(end);
  }

  async function failed(batch: Batch, error: unknown): Promise<void> {
    const code = storeErrorCode(error);
    if (code === 'store.duplicate') {
      // A COMMIT whose answer was lost may land only after we asked whether it had.
      const receipts = await storedReceipts(deps.store, everyArrival(batch)).catch(() => null);
      if (receipts) return settle(batch, { receipts, undecided: new Set(), outcome: readBack() });
    }
    const away = code === 'store.unavailable' || code === 'store.lost';
    // One order that somebody keeps locked must not hold up the others of its batch.
    if (away || (isTransient(error) && batch.leaders.length === 1)) {
      for (const member of membersOf(batch)) member.reject(error);
    } else await bisect(batch, error);
  }

  async function commit(batch: Batch): Promise<Vended> {
    const byId = (copies: Map<Member, Member[]>) =>
      new Map(
        [...copies].map(([leader, own]) => [leader.arrival.delivery.id, own.map((copy) => copy.arrival)]),
      );
    const arrivals = batch.leaders.map((member) => member.arrival);
    const mode = modeOf(batch.leaders);
    const vended = await transact(
      deps,
      async (tx, attempt) => {
        const hand = { now: deps.clock.now(), newId: deps.newId };
        const stored = attempt === 1 ? null : await storedReceipts(tx, everyArrival(batch));
        if (stored) return { receipts: stored, undecided: new Set<string>(), outcome: null };
        return vend(
          { claimer: deps.claimer, defaultSku: deps.defaultSku, hand },
          tx,
          arrivals,
          byId(batch.copies),
          mode,
        );
      },
      {
        repairs: true,
        onRetry: (attempt, error) => {
          deps.claimer.resetAll();
          deps.log.warn('vend.retry', {
            attempt,
            code: faultFields(error).code,
            deliveries: arrivals.length,
          });
        },
      },
    );
    return { ...vended, outcome: vended.outcome ?? readBack() };
  }

  async function finish(vended: Vended, members: Member[]): Promise<void> {
    for (const [sku, highest] of vended.outcome.taken) deps.claimer.settled(sku, highest);
    deps.claimer.reset(vended.outcome.releasedSkus);
    const receipts = [...vended.receipts.values()];
    try {
      await deps.afterCommit(vended.outcome, receipts);
    } catch (error) {
      // Committed is committed: what could not be done now, the minute job repairs.
      deps.log.error('job.fault', { job: 'after-commit', ...faultFields(error) });
    }
    for (const member of members) {
      const receipt = vended.receipts.get(member.arrival.delivery.id);
      if (receipt) member.resolve(receipt);
    }
  }

  /** Whoever has no receipt was not decided, and comes again after a moment, with its copies. */
  function requeue(batch: Batch, vended: Vended): void {
    for (const leader of batch.leaders) {
      if (vended.receipts.has(leader.arrival.delivery.id)) continue;
      leader.tries += 1;
      const again = [leader, ...(batch.copies.get(leader) ?? [])];
      pausing += 1;
      deps.timers.after(deps.random() * 10 * leader.tries, () => {
        pausing -= 1;
        waiting.push(...again);
        pump();
      });
    }
  }

  /** One bad delivery must not take its neighbours down: halve until it stands alone, then keep its bytes for a person. */
  async function bisect(batch: Batch, error: unknown): Promise<void> {
    const code = faultFields(error).code;
    deps.log.warn('vend.bisect', { code, deliveries: batch.leaders.length });
    if (batch.leaders.length > 1) {
      const middle = Math.ceil(batch.leaders.length / 2);
      for (const leaders of [batch.leaders.slice(0, middle), batch.leaders.slice(middle)]) {
        await run({ leaders, copies: batch.copies });
      }
      return;
    }
    for (const member of membersOf(batch)) {
      deps.log.error('vend.kept', { deliveryId: member.arrival.delivery.id, code });
      await keepAlone(deps, member.arrival, code).then(
        ({ receipt, outcome }) => deps.afterCommit(outcome, [receipt]).then(() => member.resolve(receipt)),
        member.reject,
      );
    }
  }

  return {
    submit: (arrival) =>
      new Promise((resolve, reject) => {
        const fingerprint = JSON.stringify([arrival.events, arrival.verdict, arrival.revives]);
        waiting.push({ arrival, fingerprint, tries: 0, resolve, reject });
        pump();
      }),
    idle: () =>
      new Promise((resolve) => {
        if (isIdle()) resolve();
        else idlers = [...idlers, resolve];
      }),
  };
}

/** After a lost COMMIT answer the receipts are read back; what else they imply is left to the minute job. */
function readBack(): Outcome {
  return { ...noOutcome(), mails: 1, alerts: 1 };
}

function everyArrival(batch: Batch): Arrival[] {
  return membersOf(batch).map((member) => member.arrival);
}

function modeOf(leaders: Member[]): VendMode {
  const tries = Math.max(...leaders.map((member) => member.tries));
  if (tries < QUICK_TRIES) return 'quick';
  return tries < QUICK_TRIES + PATIENT_TRIES ? 'patient' : 'debt';
}
