import { orderId } from '../../shared/booking-event.ts';
import { TOPICS } from '../alerts/topics.ts';
import { recordAudit } from '../audit/record.ts';
import { faultFields } from '../log.ts';
import { transact } from '../store/retry.ts';
import { pause } from '../timers.ts';
import { fitToSend } from './fit-to-send.ts';
import { afterEvents, untouched } from './settlement.ts';
import type { Verdict } from './settlement.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { MessageRow, MessageSettlement, OrderRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import type { Timers } from '../timers.ts';

/** Settled in one transaction, so that a commit is paid once for many mails. */
const BATCH = 100;
/** A mail that left must not look unsent because the database was away: beyond these, its lease runs out as `unknown`. */
const AGAIN_MS = [1000, 2000, 5000, 10_000, 30_000] as const;

interface Settling {
  message: MessageRow;
  leaseToken: string;
  verdict: Verdict;
}
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

/**
 * Batches form by themselves: while one transaction is in flight, the mails that end meanwhile gather for the next. A
 * lone mail is settled at once; in a stream of mails the next batch waits a moment to grow.
 */
export function createSettle(deps: SettleDeps): Settle {
  let waiting: {
    item: Settling;
    resolve: (written: Verdict | null) => void;
    reject: (error: unknown) => void;
  }[] = [];
  let isWriting = false;

  async function write(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      try {
        const written = await persist(
          deps,
          batch.map(({ item }) => item),
        );
        batch.forEach(({ item, resolve }) => resolve(written.get(item.message.id) ?? null));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      const isTrickle = deps.gatherMs > 0 && waiting.length > 0 && waiting.length < BATCH / 2;
      if (isTrickle && !deps.isStopping()) await pause(deps.timers, deps.gatherMs);
    }
    isWriting = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      void write();
    });
}

async function persist(deps: SettleDeps, items: Settling[]): Promise<Map<string, Verdict>> {
  for (let round = 0; ; round += 1) {
    try {
      // Safe to repeat after a lost COMMIT answer: what was settled then has no lease now, and nothing is written again.
      return await transact(deps, (tx) => settleAll(tx, items, deps.clock.now()), { repairs: true });
    } catch (error) {
      const waitMs = AGAIN_MS[round];
      deps.log.error('mail.fault', faultFields(error));
      if (waitMs === undefined || deps.isStopping()) throw error;
      await pause(deps.timers, waitMs);
    }
  }
}

/** Locks in the one order: orders → messages → audit. Answers what was written of the messages that were still ours. */
async function settleAll(tx: Verbs, items: Settling[], now: Date): Promise<Map<string, Verdict>> {
  const orderIds = items.flatMap(({ message }) => (message.orderId === null ? [] : [message.orderId]));
  const locked = await tx.lockOrders({ ids: [...new Set(orderIds)].sort((a, b) => a - b) });
  const words = new Map(locked.map((order) => [order.id, orderId(order)]));
  const ours = await stillOurs(tx, items);
  const tried = await reconsider(tx, ours, locked);
  const owned = await withEvents(tx, tried);
  for (const settlement of alike(owned)) await tx.settleMessages(settlement);
  // The admin has not read them: the next digest tells them again.
  await tx.untellAlerts({
    messageIds: owned.flatMap(({ message, verdict }) =>
      TOPICS.some(({ mail }) => mail === message.kind) && verdict.status === 'failed' ? [message.id] : [],
    ),
  });
  await tx.insertAlerts({
    alerts: owned.flatMap(({ message, verdict }) =>
      verdict.alert === null
        ? []
        : [
            {
              kind: 'mail_failed' as const,
              orderId: words.get(message.orderId ?? 0) ?? null,
              sku: null,
              detail: verdict.alert,
              createdAt: now,
            },
          ],
    ),
  });
  await recordAudit(
    tx,
    // The try itself; what the provider told was audited when it came.
    tried.flatMap(({ message, verdict }) =>
      message.orderId === null || !verdict.audited
        ? []
        : [
            {
              subject: `order:${message.orderId}`,
              at: now,
              actor: 'mail',
              action: `mail.${verdict.status}`,
              fromStatus: message.status,
              toStatus: verdict.status,
              reason: verdict.lastError ?? '',
              refs: { message: message.id },
            },
          ],
    ),
  );
  return new Map(owned.map(({ message, verdict }) => [message.id, verdict]));
}

/** Locks the messages; those whose lease was lost meanwhile are left out. */
async function stillOurs(tx: Verbs, items: Settling[]): Promise<Settling[]> {
  const rows = await tx.lockMessages({ ids: items.map(({ message }) => message.id) });
  const tokens = new Map(rows.map((row) => [row.id, row.status === 'sending' ? row.leaseToken : null]));
  return items.filter(({ message, leaseToken }) => tokens.get(message.id) === leaseToken);
}

/** What the provider told while the mail was under way counts more than how the try looked from here. */
async function withEvents(tx: Verbs, items: Settling[]): Promise<Settling[]> {
  const events = await tx.findMailEvents({ messageIds: items.map(({ message }) => message.id) });
  if (events.length === 0) return items;
  return items.map((item) => {
    const told = events.filter(({ messageId }) => messageId === item.message.id);
    return { ...item, verdict: afterEvents(item.verdict, told) };
  });
}

/** Mails that end alike are written by one statement. */
function alike(items: Settling[]): MessageSettlement[] {
  const groups = new Map<string, MessageSettlement>();
  for (const { message, verdict } of items) {
    const { alert: _alert, audited: _audited, ...settlement } = verdict;
    const { acceptedAt, ...rest } = settlement;
    const like = JSON.stringify([rest, acceptedAt === null]);
    const group = groups.get(like) ?? { ...settlement, ids: [] };
    group.ids.push(message.id);
    groups.set(like, group);
  }
  return [...groups.values()];
}

/**
 * A mail that found its order cancelled, and an approval that took the mail to be under way: what is true now that the
 * order is locked decides. A mail that may go out after all is due again.
 */
async function reconsider(tx: Verbs, items: Settling[], locked: OrderRow[]): Promise<Settling[]> {
  const withdrawn = new Set(
    items.flatMap(({ message, verdict }) => (verdict.status === 'withdrawn' ? [message.orderId] : [])),
  );
  const orders = locked.filter(({ id, status }) => status === 'fulfilled' && withdrawn.has(id));
  if (orders.length === 0) return items;
  const keys = await tx.findKeysOfOrders({ orderIds: orders.map(orderId) });
  return items.map((item) => {
    const { message, verdict } = item;
    if (message.kind !== 'key' || verdict.status !== 'withdrawn') return item;
    const order = orders.find(({ id }) => id === message.orderId);
    return 'why' in fitToSend(message, order, keys) ? item : { ...item, verdict: untouched(message) };
  });
}
