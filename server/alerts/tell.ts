import { parseOrderId } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import { keyText } from '../keys/arrival.ts';
import type { Log } from '../log.ts';
import type { AlertKind, AlertRow } from '../store/rows.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store, Verbs } from '../store/store.ts';

/** One urgent mail at once, then at most one digest in this time, however many shortages there are. */
const DIGEST_EVERY_MS = 5 * 60_000;
/** Alerts per mail; what is beyond waits for the next digest. */
const PER_MAIL = 2000;
/** Alerts told but not worth a mail, since what they warned of has passed. */
const RESOLVED = 'resolved';

/** Alerts that are about an order's state, and the state they are about: they lapse when the order has left it. */
const ABOUT_STATE: Partial<Record<AlertKind, string>> = { out_of_stock: 'waiting', attention: 'attention' };

export interface TellDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  log: Log;
  adminEmail: string;
  onQueued(): void;
}

/** Gathers all untold alerts into one urgent mail to the admin, unless one went out minutes ago. Answers how many were told. */
export async function tellAlerts(deps: TellDeps): Promise<number> {
  const told = await transact(deps, async (tx) => {
    const alerts = await tx.lockUntoldAlerts({ limit: PER_MAIL });
    if (alerts.length === 0) return [];
    const open = await stillOpen(tx, alerts);
    const passed = alerts.filter((alert) => !open.includes(alert));
    await tx.markAlertsTold({ ids: passed.map((alert) => alert.id), messageId: RESOLVED });
    if (open.length === 0 || !(await tx.takeCooldown({ name: 'alerts.digest', cooldownMs: DIGEST_EVERY_MS })))
      return [];
    const id = deps.newId();
    const createdAt = deps.clock.now();
    const { adminEmail: recipient } = deps;
    await tx.insertMessages({
      messages: [{ id, kind: 'admin_urgent', orderId: null, recipient, priority: 0, createdAt }],
    });
    await tx.markAlertsTold({ ids: open.map((alert) => alert.id), messageId: id });
    return [{ id, count: open.length }];
  });
  for (const { id, count } of told) {
    deps.log.warn('alert.told', { alerts: count, messageId: id });
    deps.onQueued();
  }
  return told.reduce((sum, { count }) => sum + count, 0);
}

async function stillOpen(tx: Verbs, alerts: AlertRow[]): Promise<AlertRow[]> {
  const keys = alerts.flatMap((alert) => (alert.orderId ? [parseOrderId(alert.orderId)] : []));
  const orders = await tx.findOrders({ keys: keys.flatMap((key) => (key ? [key] : [])) });
  const status = new Map(orders.map((order) => [keyText(order), order.status]));
  return alerts.filter((alert) => {
    const about = ABOUT_STATE[alert.kind];
    const key = alert.orderId ? parseOrderId(alert.orderId) : null;
    if (!about || !key) return true;
    const now = status.get(keyText(key));
    return now === undefined || now === about;
  });
}
