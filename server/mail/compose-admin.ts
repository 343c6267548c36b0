import { orderId, parseOrderId } from '../../shared/booking-event.ts';
import { digestSince, readDigest } from '../alerts/digest-facts.ts';
import { lowProducts } from '../stock/check.ts';
import { withForecast } from '../stock/outlook.ts';
import { shortages } from './shortages.ts';
import { isTroubleOver } from './trouble-over.ts';
import { written, type Draft } from './draft.ts';
import {
  renderAdminAttention,
  renderAdminUrgent,
  renderDigest,
  renderLowStock,
  renderMailFailing,
} from './render.ts';
import type { ComposeDeps } from './compose.ts';
import type { AlertKind, AlertRow, MessageKind, MessageRow, OrderRow } from '../store/rows.ts';

/** Failed mails shown in one mail; the rest are counted. */
const MAX_FAILURES = 50;

type AdminKind = Exclude<MessageKind, 'key' | 'key_waiting'>;

/** A mail to the admin, from what is true now. */
export function composeAdminMail(
  deps: ComposeDeps,
  message: MessageRow & { kind: AdminKind },
): Promise<Draft> {
  switch (message.kind) {
    case 'admin_urgent':
      return composeUrgent(deps, message);
    case 'admin_attention':
      return composeAttention(deps, message);
    case 'admin_mail_failing':
      return composeFailing(deps, message);
    case 'admin_low_stock':
      return composeLowStock(deps);
    case 'admin_digest':
      return composeDigest(deps, message);
  }
}

async function composeUrgent(deps: ComposeDeps, { id }: MessageRow): Promise<Draft> {
  const alerts = await deps.store.findAlertsByMessage({ messageId: id });
  const orders = await ordersOf(deps, alerts.filter(isShortage));
  const waiting = [...orders.values()].filter(({ status }) => status === 'waiting');
  // Before mails had topics this one told alerts of every kind; one that was queued then tells them still.
  const isWaiting = ({ orderId: words }: AlertRow) => orders.get(words ?? '')?.status === 'waiting';
  if (!alerts.every(isShortage)) {
    const open = alerts.filter((alert) => !isShortage(alert) || isWaiting(alert));
    return written(() => renderAdminAttention({ ...deps, alerts: open }));
  }
  if (waiting.length === 0) return { kind: 'nothing', why: 'no order of it waits any more' };
  const lines = await deps.store.findLines({ orderIds: waiting.map((order) => order.id) });
  const products = shortages({ orders: waiting, lines, levels: await deps.store.stockLevels() });
  return written(() => renderAdminUrgent({ ...deps, products }));
}

async function composeAttention(deps: ComposeDeps, { id }: MessageRow): Promise<Draft> {
  const alerts = await deps.store.findAlertsByMessage({ messageId: id });
  if (alerts.length === 0) return { kind: 'nothing', why: 'no alert is left to tell' };
  return written(() => renderAdminAttention({ ...deps, alerts }));
}

async function composeFailing(deps: ComposeDeps, { id }: MessageRow): Promise<Draft> {
  const alerts = (await deps.store.findAlertsByMessage({ messageId: id })).filter(isOfMail);
  const orders = await ordersOf(deps, alerts);
  const orderOf = ({ orderId: words }: AlertRow) => (words === null ? null : (orders.get(words) ?? null));
  const mails = await deps.store.findMessagesOfOrders({
    orderIds: [...orders.values()].map((order) => order.id),
  });
  const open = alerts.filter((alert) => !isTroubleOver(alert, orderOf(alert), mails));
  if (open.length === 0) return { kind: 'nothing', why: 'no failed mail of it is left to tell' };
  const addresses = [...orders.values()].flatMap(({ email }) => email?.toLowerCase() ?? []);
  const stopped = new Set((await deps.store.findSuppressions({ addresses })).map(({ address }) => address));
  const failures = open.slice(0, MAX_FAILURES).map((alert) => {
    const { kind, orderId: words, detail, createdAt: at } = alert;
    const order = orderOf(alert);
    const isWaiting = order?.status === 'waiting';
    const [email, name] = [order?.email ?? null, order?.name ?? null];
    const isStopped = stopped.has((email ?? '').toLowerCase());
    return { kind, orderId: words, email, name, isWaiting, isStopped, detail, at };
  });
  return written(() => renderMailFailing({ ...deps, failures, more: open.length - failures.length }));
}

async function composeLowStock(deps: ComposeDeps): Promise<Draft> {
  const low = lowProducts(await deps.store.stockLevels(), deps.lowStock);
  if (low.length === 0) return { kind: 'nothing', why: 'no product is low any more' };
  const products = (await withForecast(deps, low)).map((level) => ({
    ...level,
    threshold: level.lowStock ?? deps.lowStock,
  }));
  return written(() => renderLowStock({ ...deps, products }));
}

async function composeDigest(deps: ComposeDeps, message: MessageRow): Promise<Draft> {
  const from = digestSince(message.createdAt);
  const facts = await readDigest(deps, { since: from });
  // The digest itself is under way while it is written.
  const mails = facts.mails
    .map((line) => (line.status === 'sending' ? { ...line, count: line.count - 1 } : line))
    .filter(({ count }) => count > 0);
  return written(() => renderDigest({ ...deps, ...facts, mails, from, to: deps.clock.now() }));
}

function isShortage({ kind }: AlertRow): boolean {
  return kind === 'out_of_stock';
}

type MailAlert = AlertRow & {
  kind: Extract<AlertKind, 'mail_failed' | 'mail_bounced' | 'mail_complained'>;
};

function isOfMail(alert: AlertRow): alert is MailAlert {
  return alert.kind === 'mail_failed' || alert.kind === 'mail_bounced' || alert.kind === 'mail_complained';
}

/** The orders of these alerts as they are now, by their ids in words. */
async function ordersOf(
  { store }: Pick<ComposeDeps, 'store'>,
  alerts: readonly AlertRow[],
): Promise<Map<string, OrderRow>> {
  const words = new Set(alerts.flatMap((alert) => alert.orderId ?? []));
  const keys = [...words].flatMap((text) => parseOrderId(text) ?? []);
  const orders = keys.length === 0 ? [] : await store.findOrders({ keys });
  return new Map(orders.map((order) => [orderId(order), order]));
}
