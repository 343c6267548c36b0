import { parseOrderId } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import { keyText } from '../keys/arrival.ts';
import type { Log } from '../log.ts';
import type { AlertRow } from '../store/rows.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store, Verbs } from '../store/store.ts';
import { hasMovedOn } from './is-over.ts';
import { TOPICS } from './topics.ts';

/** Per topic: one mail at once, then at most one digest in this time, however many shortages there are. */
const DIGEST_EVERY_MS = 5 * 60_000;
/** Alerts per mail; what is beyond waits for the next digest. */
const PER_MAIL = 2000;
/** Alerts told but not worth a mail, since what they warned of has passed. */
const RESOLVED = 'resolved';

export interface TellDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  log: Log;
  adminEmail: string;
  onQueued(): void;
}

/**
 * Gathers the untold alerts of each topic into one mail to the admin, unless one on that topic went out minutes ago.
 * Answers how many alerts were told.
 */
export async function tellAlerts(deps: TellDeps): Promise<number> {
  let total = 0;
  // A transaction each: what two processes lock at once is then locked in one order, that of the alerts.
  for (const topic of TOPICS) {
    const told = await transact(deps, (tx) => tellTopic(deps, tx, topic));
    if (!told) continue;
    deps.log.warn('alert.told', { alerts: told.count, messageId: told.messageId });
    deps.onQueued();
    total += told.count;
  }
  return total;
}

async function tellTopic(
  deps: TellDeps,
  tx: Verbs,
  { mail, cooldown, kinds }: (typeof TOPICS)[number],
): Promise<{ messageId: string; count: number } | null> {
  const alerts = await tx.lockUntoldAlerts({ kinds, limit: PER_MAIL });
  if (alerts.length === 0) return null;
  const open = await stillOpen(tx, alerts);
  const passed = alerts.filter((alert) => !open.includes(alert));
  await tx.markAlertsTold({ ids: passed.map((alert) => alert.id), messageId: RESOLVED });
  if (open.length === 0 || !(await tx.takeCooldown({ name: cooldown, cooldownMs: DIGEST_EVERY_MS })))
    return null;
  const id = deps.newId();
  const createdAt = deps.clock.now();
  await tx.insertMessages({
    messages: [{ id, kind: mail, orderId: null, recipient: deps.adminEmail, priority: 0, createdAt }],
  });
  await tx.markAlertsTold({ ids: open.map((alert) => alert.id), messageId: id });
  return { messageId: id, count: open.length };
}

async function stillOpen(tx: Verbs, alerts: AlertRow[]): Promise<AlertRow[]> {
  const keys = alerts.flatMap((alert) => (alert.orderId ? [parseOrderId(alert.orderId)] : []));
  const orders = await tx.findOrders({ keys: keys.flatMap((key) => (key ? [key] : [])) });
  const byKey = new Map(orders.map((order) => [keyText(order), order]));
  return alerts.filter((alert) => {
    // A person has seen it on the attention list.
    if (alert.settledAt !== null) return false;
    const key = alert.orderId ? parseOrderId(alert.orderId) : null;
    return !hasMovedOn(alert, (key && byKey.get(keyText(key))) ?? null);
  });
}
