import { orderId, parseOrderId } from '../../shared/booking-event.ts';
import { recordAudit, statelessAct, type Act } from '../audit/record.ts';
import { standInLine } from '../audit/stand-in-line.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { AlertRow, OrderRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { readAlertFacts } from './alert-facts.ts';
import { isOver } from './is-over.ts';
import { saidBefore } from './said-once.ts';

type SettleDeps = RetryDeps & { store: Store; clock: Clock };
interface Wish {
  alertIds: number[];
  reason: string;
  actor: string;
}

/** Takes alerts off the attention list, and older ones that say the same; answers those that were still on it. */
export async function settleAlerts(deps: SettleDeps, input: Wish): Promise<Result<{ settled: number[] }>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const wish = { ...input, reason: reason.value };
  return transact(deps, (tx) => settleInside(tx, wish, deps.clock.now()));
}

async function settleInside(tx: Verbs, wish: Wish, at: Date): Promise<Result<{ settled: number[] }>> {
  const found = await lockAbout(tx, wish.alertIds);
  if (!found.ok) return found;
  const { alerts, orders } = found.value;
  const open = alerts.filter(({ settledAt }) => settledAt === null);
  // Of the same orders, so under the same locks.
  const ids = [...open, ...(await saidBefore(tx, open))].map(({ id }) => id);
  await tx.settleAlerts({ ids, by: wish.actor, at });
  // Alerts without an order have no lock to stand in line for: whoever came first has settled them.
  const ours = (await tx.findAlerts({ ids })).filter(
    ({ settledAt, settledBy }) => settledBy === wish.actor && settledAt?.getTime() === at.getTime(),
  );
  await recordAudit(tx, acts('alert.settled', ours, orders, wish, at));
  return done({ settled: ours.map(({ id }) => id) });
}

/** Puts alerts back on the attention list; those that have settled themselves meanwhile stay off it, as `over`. */
export async function reopenAlerts(
  deps: SettleDeps,
  input: Wish,
): Promise<Result<{ reopened: number[]; over: number[] }>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const wish = { ...input, reason: reason.value };
  // An alert without an order has no lock to stand in line for.
  return standInLine(deps, () => transact(deps, (tx) => reopenInside(tx, wish, deps.clock.now())));
}

async function reopenInside(
  tx: Verbs,
  wish: Wish,
  at: Date,
): Promise<Result<{ reopened: number[]; over: number[] }>> {
  const found = await lockAbout(tx, wish.alertIds);
  if (!found.ok) return found;
  const { alerts, orders } = found.value;
  const settled = alerts.filter(({ settledAt }) => settledAt !== null);
  const nowOf = await readAlertFacts(tx, settled);
  const over = settled.filter((alert) => isOver(alert, nowOf(alert)));
  const again = settled.filter((alert) => !over.includes(alert));
  await tx.reopenAlerts({ ids: again.map(({ id }) => id) });
  await recordAudit(tx, acts('alert.reopened', again, orders, wish, at));
  return done({ reopened: again.map(({ id }) => id), over: over.map(({ id }) => id) });
}

/** The alerts as they are under the locks of their orders: orders → alerts → audit. */
async function lockAbout(
  tx: Verbs,
  alertIds: number[],
): Promise<Result<{ alerts: AlertRow[]; orders: Map<string, OrderRow> }>> {
  const ids = [...new Set(alertIds)];
  const found = await tx.findAlerts({ ids });
  const missing = ids.find((id) => !found.some((alert) => alert.id === id));
  if (missing !== undefined) return refuse('alert.unknown', { alertId: missing });
  const words = [...new Set(found.flatMap((alert) => alert.orderId ?? []))];
  const seen = await tx.findOrders({ keys: words.flatMap((text) => parseOrderId(text) ?? []) });
  const locked = await tx.lockOrders({ ids: seen.map(({ id }) => id).toSorted((a, b) => a - b) });
  const orders = new Map(locked.map((order) => [orderId(order), order]));
  return done({ alerts: await tx.findAlerts({ ids }), orders });
}

/** One line per order, or per alert that has none. */
function acts(
  action: string,
  alerts: readonly AlertRow[],
  orders: ReadonlyMap<string, OrderRow>,
  { actor, reason }: Wish,
  at: Date,
): Act[] {
  const bySubject = new Map<string, AlertRow[]>();
  for (const alert of alerts) {
    const order = alert.orderId === null ? undefined : orders.get(alert.orderId);
    const subject = order ? `order:${order.id}` : `alert:${alert.id}`;
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), alert]);
  }
  return [...bySubject].map(([subject, own]) => {
    const kinds = [...new Set(own.map(({ kind }) => kind))].join(' ');
    const refs = { alerts: own.map(({ id }) => id), kinds };
    return statelessAct({ subject, at, actor, action, reason, refs });
  });
}
