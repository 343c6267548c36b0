import { queueDigest } from './alerts/digest.ts';
import { createSettleOver } from './alerts/settle-over.ts';
import { tellAlerts } from './alerts/tell.ts';
import type { Clock } from './clock.ts';
import { checkSilence } from './drift/check-silence.ts';
import type { NewId } from './ids.ts';
import type { Outcome } from './keys/apply.ts';
import type { Receipt } from './keys/arrival.ts';
import { createClaimer, type Claimer } from './keys/claim.ts';
import { createVendQueue, type VendQueue } from './keys/vend-batch.ts';
import { faultFields, type Log } from './log.ts';
import { reconsiderUnmapped } from './orders/reconsider.ts';
import { releaseExpiredHolds } from './orders/release-holds.ts';
import { createRestock, type Restock } from './orders/restock.ts';
import { checkStock } from './stock/check.ts';
import type { RetryDeps } from './store/retry.ts';
import type { ItemRef } from './store/rows.ts';
import type { Store } from './store/store.ts';
import { pause } from './timers.ts';
import { orderId, parseOrderId } from '../shared/booking-event.ts';
import { mostUrgent } from '../shared/statuses.ts';

/** How long an answer waits for a filler that is at work on its product. */
const FILL_PATIENCE_MS = 1000;

export interface CoreDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  log: Log;
  defaultSku: string | null;
  adminEmail: string;
  lowStock: number;
  /** A message was queued: the outbox may wake. */
  onMail(): void;
  observe?(batch: { deliveries: number; ms: number }): void;
}

/** The vending side of the service, without HTTP and without mail transport: what the command line shares with the server. */
export interface Core {
  claimer: Claimer;
  queue: VendQueue;
  restock: Restock;
  /** Looks at all waiting orders whose product has stock; answers the orders served. */
  fillAll(): Promise<string[]>;
  releaseHolds(): Promise<void>;
  /** Replays orders whose course has a product by now; `item` narrows the look. */
  reconsider(item: ItemRef | null): Promise<number>;
  tellAlerts(): Promise<number>;
  /** The same, without waiting for it. */
  tellSoon(): void;
  /** Takes alerts off the attention list whose matter has settled itself; answers how many. */
  settleAlerts(): Promise<number>;
  checkStock(): Promise<string[]>;
  /** The mail of the day, if there is anything to say. */
  digest(): Promise<boolean>;
  /** Sites that stopped sending their lists. */
  checkSilence(): Promise<number>;
  /** Resolves when vends, fills and alerts that are under way have ended. */
  idle(): Promise<void>;
}

export function createCore(deps: CoreDeps): Core {
  const claimer = createClaimer(deps.clock);
  const running = new Set<Promise<unknown>>();
  let telling: Promise<number> | null = null;

  /** Work that a request does not wait for; what fails here, the minute jobs repair. */
  function background(job: string, work: () => Promise<unknown>): void {
    const run: Promise<unknown> = work()
      .catch((error: unknown) => deps.log.error('job.fault', { job, ...faultFields(error) }))
      .finally(() => running.delete(run));
    running.add(run);
  }

  const restock = createRestock({ ...deps, claimer, onServed: deps.onMail });
  const queue = createVendQueue({
    ...deps,
    claimer,
    afterCommit,
    ...(deps.observe && { observe: deps.observe }),
  });
  const replay = { ...deps, queue };

  const tell = async (): Promise<number> => {
    // One at a time: a crowd of shortages must not become a crowd of lookers.
    telling ??= tellAlerts({ ...deps, onQueued: deps.onMail }).finally(() => {
      telling = null;
    });
    return telling;
  };
  const reconsider = (item: ItemRef | null) => reconsiderUnmapped(replay, { onlyItem: item });

  /** Both sides commit first, then look: whoever commits second sees the other. */
  async function afterCommit(outcome: Outcome, receipts: Receipt[]): Promise<void> {
    if (outcome.mails > 0) deps.onMail();
    if (outcome.waitingSkus.size > 0) await fillBeforeAnswering(outcome.waitingSkus, receipts);
    if (outcome.releasedSkus.size > 0) background('fill', () => restock.fill(outcome.releasedSkus));
    if (outcome.unmapped.length > 0) background('reconsider', () => lookForMappings(outcome.unmapped));
    if (outcome.alerts > 0) background('alerts', tell);
  }

  /** An order that waited only behind others may be served before its own answer goes out; the sender does not wait long. */
  async function fillBeforeAnswering(skus: Set<string>, receipts: Receipt[]): Promise<void> {
    const fill = restock.fill(skus);
    background('fill', () => fill);
    await Promise.race([fill, pause(deps.timers, FILL_PATIENCE_MS)]);
    await markServed(deps.store, receipts);
  }

  async function lookForMappings(items: ItemRef[]): Promise<void> {
    if ((await deps.store.findMappings({ items })).length > 0) await reconsider(null);
  }

  return {
    claimer,
    queue,
    restock,
    fillAll: async () => restock.fill(await deps.store.skusToFill()),
    async releaseHolds() {
      await restock.fill(await releaseExpiredHolds(deps));
    },
    reconsider,
    tellAlerts: tell,
    tellSoon: () => background('alerts', tell),
    settleAlerts: createSettleOver(deps),
    checkStock: () => checkStock({ ...deps, onQueued: deps.onMail }),
    digest: () => queueDigest({ ...deps, onQueued: deps.onMail }),
    checkSilence: () => checkSilence({ ...deps, onAlerts: () => background('alerts', tell) }),
    async idle() {
      await queue.idle();
      while (running.size > 0) {
        await Promise.all(running);
        await queue.idle();
      }
    },
  };
}

/** Answers say what is true now: a filler may have served a waiting order meanwhile. */
async function markServed(store: Store, receipts: Receipt[]): Promise<void> {
  const waiting = receipts.flatMap((receipt) => receipt.orders.filter((order) => order.status === 'waiting'));
  const keys = waiting.flatMap((order) => parseOrderId(order.orderId) ?? []);
  const rows = await store.findOrders({ keys });
  const served = new Set(rows.filter((row) => row.status === 'fulfilled').map(orderId));
  for (const order of waiting) if (served.has(order.orderId)) order.status = 'fulfilled';
  for (const receipt of receipts) {
    if (receipt.status === 'waiting')
      receipt.status = mostUrgent(receipt.orders.map((order) => order.status));
  }
}
