import { done, refuse, type Result } from '../errors.ts';
import type { MessageStatus, OrderStatus } from '../../shared/statuses.ts';
import { ALERT_KINDS, type AlertKind, type AlertRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { readAlertFacts, type FactStore } from './alert-facts.ts';
import { fixesOf, mailOfAlert, type Fix } from './fixes.ts';
import { deliveryOfAlert, isOver, type AlertNow } from './is-over.ts';
import { saidOnce } from './said-once.ts';

const PAGE = 25;
/** Alerts of one kind that are read at once. */
const LOOK = 50;
/** Looks per page: where all that they find is over, a short page says where to go on. */
const LOOKS = 10;

/** Shortages have a list of their own, that of the orders that wait. */
export const ATTENTION_KINDS = ALERT_KINDS.filter((kind) => kind !== 'out_of_stock');

export interface AttentionItem {
  alertId: number;
  kind: AlertKind;
  orderId: string | null;
  sku: string | null;
  detail: string;
  since: string;
  order: {
    status: OrderStatus;
    reason: string | null;
    email: string | null;
    item: { kind: string; id: string; name: string | null } | null;
  } | null;
  /** The mail in trouble, of alerts about one. */
  message: {
    messageId: string;
    recipient: string;
    status: MessageStatus;
    lastCode: string | null;
    lastError: string | null;
  } | null;
  deliveryId: string | null;
  fixes: Fix[];
}

export interface AttentionPage {
  items: AttentionItem[];
  next?: string;
  /** On the first page: how many of each kind; with `isMore` only the newest were counted. */
  counts?: { kind: AlertKind; count: number; isMore: boolean }[];
}

type AttentionStore = FactStore & Pick<Store, 'listOpenAlerts'>;

/** What a person must see, newest first, a page at a time. What has settled itself, or is said again, is left out. */
export async function attentionList(
  { store }: { store: AttentionStore },
  input: { kinds?: readonly AlertKind[] | undefined; cursor?: string | undefined },
): Promise<Result<AttentionPage>> {
  const start = input.cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(input.cursor);
  if (start === null) return refuse('lookup.bad_cursor', {});
  const kinds = ATTENTION_KINDS.filter((kind) => input.kinds?.includes(kind) ?? true);
  const items: AttentionItem[] = [];
  let counts: AttentionPage['counts'];
  const isFirst = saidOnce();
  let from = start;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const { alerts, horizon, full } = await look(store, kinds, from);
    const nowOf = await readAlertFacts(store, alerts);
    const open = alerts.filter((alert) => !isOver(alert, nowOf(alert)));
    if (from === Number.MAX_SAFE_INTEGER) counts = count(kinds, open.filter(saidOnce()), full);
    const room = PAGE - items.length;
    const shown = open.filter(({ id }) => id >= horizon).filter(isFirst);
    items.push(...shown.slice(0, room).map((alert) => describe(alert, nowOf(alert))));
    const last = items.at(-1);
    if (shown.length > room && last) return done(page(items, counts, last.alertId));
    if (horizon === 0) return done(page(items, counts, null));
    from = horizon;
  }
  return done(page(items, counts, from));
}

/**
 * The newest alerts of each kind below `from`, merged. `horizon`: every alert from there up has been read; 0 when there
 * are no more. `full`: kinds that have more.
 */
async function look(
  store: AttentionStore,
  kinds: readonly AlertKind[],
  from: number,
): Promise<{ alerts: AlertRow[]; horizon: number; full: AlertKind[] }> {
  const lists = await Promise.all(
    kinds.map((kind) => store.listOpenAlerts({ kind, beforeId: from, limit: LOOK })),
  );
  const ends = lists.flatMap((list) => (list.length === LOOK ? (list.at(-1) ?? []) : []));
  return {
    alerts: lists.flat().toSorted((a, b) => b.id - a.id),
    horizon: Math.max(0, ...ends.map(({ id }) => id)),
    full: ends.map(({ kind }) => kind),
  };
}

function count(
  kinds: readonly AlertKind[],
  open: readonly AlertRow[],
  full: readonly AlertKind[],
): NonNullable<AttentionPage['counts']> {
  return kinds
    .map((kind) => ({
      kind,
      count: open.filter((alert) => alert.kind === kind).length,
      isMore: full.includes(kind),
    }))
    .filter((line) => line.count > 0 || line.isMore);
}

function page(
  items: AttentionItem[],
  counts: AttentionPage['counts'],
  beforeId: number | null,
): AttentionPage {
  return { items, ...(counts && { counts }), ...(beforeId !== null && { next: makeCursor(beforeId) }) };
}

function describe(alert: AlertRow, now: AlertNow): AttentionItem {
  const { order } = now;
  const mail = mailOfAlert(alert, now);
  return {
    alertId: alert.id,
    kind: alert.kind,
    orderId: alert.orderId,
    sku: alert.sku,
    detail: alert.detail,
    since: alert.createdAt.toISOString(),
    order: order && {
      status: order.status,
      reason: order.reason,
      email: order.email,
      item:
        order.itemKind === null || order.itemId === null
          ? null
          : { kind: order.itemKind, id: order.itemId, name: order.itemName },
    },
    message: mail && {
      messageId: mail.id,
      recipient: mail.recipient,
      status: mail.status,
      lastCode: mail.lastCode,
      lastError: mail.lastError,
    },
    deliveryId: deliveryOfAlert(alert),
    fixes: fixesOf(alert, now),
  };
}

function makeCursor(beforeId: number): string {
  return Buffer.from(`before:${beforeId}`).toString('base64url');
}

function readCursor(cursor: string): number | null {
  const match = /^before:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString());
  return match ? Number(match[1]) : null;
}
