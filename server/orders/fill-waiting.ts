import { orderId } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import type { Claimer } from '../keys/claim.ts';
import { giveKeys, openLedger, writeLedger } from '../keys/ledger.ts';
import { openNotices } from '../keys/open-notices.ts';
import { lacking } from '../keys/plan.ts';
import { share, type Demand } from '../keys/share.ts';
import { lockSupply } from '../keys/supply.ts';
import type { Log } from '../log.ts';
import { openKeyMails } from '../mail/open-key-mails.ts';
import type { OrderRow } from '../store/rows.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store, Verbs } from '../store/store.ts';
import { pause } from '../timers.ts';

export interface FillDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  log: Log;
  claimer: Claimer;
}

/** Orders served per transaction. */
const CHUNK = 128;

interface Pass {
  /** Orders served, in words. */
  served: string[];
  /** Where the next pass goes on; null when the list is through. */
  nextAfterId: number | null;
  /** Others hold keys that some of these orders need: worth another look. */
  undecided: boolean;
}

/** Further looks when keys are locked by others; beyond, the minute job goes on. */
const MORE_LOOKS = 5;
const LOOK_AGAIN_MS = 20;

/**
 * Serves orders that wait for a product, oldest booking first, each all or none, until the stock or the list is used up.
 * One order too big for what is left is passed over, and that is audited. Answers the orders served, in words.
 */
export async function fillWaiting(deps: FillDeps, input: { sku: string }): Promise<string[]> {
  const served: string[] = [];
  for (let look = 0; look <= MORE_LOOKS; look += 1) {
    let undecided = false;
    let afterId: number | null = 0;
    while (afterId !== null) {
      const from: number = afterId;
      const pass: Pass = await transact(deps, (tx) => fillChunk(deps, tx, input.sku, from));
      served.push(...pass.served);
      undecided ||= pass.undecided;
      afterId = pass.nextAfterId;
    }
    if (!undecided) break;
    await pause(deps.timers, deps.random() * LOOK_AGAIN_MS * (look + 1));
  }
  if (served.length > 0) deps.log.info('fill.served', { sku: input.sku, orders: served.length });
  return served;
}

async function fillChunk(deps: FillDeps, tx: Verbs, sku: string, afterId: number): Promise<Pass> {
  // One filler at a time per product, or a second one would serve younger orders while the first holds the older ones.
  // Nothing else locks product rows, and a filler waits for nothing after this: no deadlock can come of it.
  await tx.lockProducts({ skus: [sku] });
  const ids = await tx.listWaiting({ sku, afterId, limit: CHUNK });
  const last = ids.at(-1);
  if (last === undefined) return { served: [], nextAfterId: null, undecided: false };
  const orders = await tx.lockFreeOrders({ ids, status: 'waiting' });
  const lines = await tx.findLines({ orderIds: orders.map((order) => order.id) });
  // Keys that an order kept through a cancellation count towards what it is owed.
  const kept = await tx.lockKeysOfOrders({ orderIds: orders.map(orderId) });
  const demands: Demand[] = orders.map((order) => {
    const own = kept.filter((key) => key.assignedOrderId === orderId(order) && key.status === 'assigned');
    const owed = lines.filter((line) => line.orderId === order.id);
    return { id: order.id, lines: lacking(owed, own) };
  });
  const supply = await lockSupply(deps, tx, demands, false);
  const { served, passedOver, undecided } = share(demands, supply);
  const found = await serve(deps, tx, orders, served, new Set(passedOver));
  // Orders that another transaction holds right now are left out above; it looks for stock itself after its commit.
  const usedUp = undecided.length === 0 && served.size < demands.length && allGiven(supply, served);
  const more = ids.length === CHUNK && !usedUp;
  return { served: found, nextAfterId: more ? last : null, undecided: undecided.length > 0 };
}

async function serve(
  deps: FillDeps,
  tx: Verbs,
  orders: OrderRow[],
  served: Map<number, number[]>,
  passedOver: Set<number>,
): Promise<string[]> {
  const ledger = openLedger();
  const hand = { now: deps.clock.now(), newId: deps.newId, actor: 'restock' };
  const found: string[] = [];
  for (const order of orders) {
    const keyIds = served.get(order.id);
    if (keyIds) {
      giveKeys(ledger, hand, order, keyIds, 'stock came; oldest waiting order first');
      found.push(orderId(order));
    } else if (passedOver.has(order.id) && !(await isOnRecord(tx, order))) {
      ledger.acts.push({
        subject: `order:${order.id}`,
        at: hand.now,
        actor: hand.actor,
        action: 'order.passed_over',
        fromStatus: 'waiting',
        toStatus: 'waiting',
        reason: 'too big for the stock that was left; a later order that fits was served',
        refs: {},
      });
    }
  }
  const filled = orders.filter(({ id }) => served.has(id)).map(({ id }) => id);
  const messages = await tx.lockMessagesOfOrders({ orderIds: filled });
  ledger.withdrawn.push(...openNotices(messages), ...openKeyMails(messages));
  await writeLedger(tx, ledger);
  return found;
}

/** Each look passes a big order over again; its trail says so once, until something else happens to it. */
async function isOnRecord(tx: Verbs, order: OrderRow): Promise<boolean> {
  const trail = await tx.findAudit({ subject: `order:${order.id}` });
  return trail.at(-1)?.action === 'order.passed_over';
}

/** True when every key that was locked has been handed out. */
function allGiven(supply: Map<string, { keyIds: number[] }>, served: Map<number, number[]>): boolean {
  const locked = [...supply.values()].reduce((sum, { keyIds }) => sum + keyIds.length, 0);
  const given = [...served.values()].reduce((sum, keyIds) => sum + keyIds.length, 0);
  return locked === given;
}
