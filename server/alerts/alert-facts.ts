import { isBookingSource, orderId, parseOrderId } from '../../shared/booking-event.ts';
import { placeOf } from '../drift/place.ts';
import { SILENT_AFTER_MS } from '../drift/sites.ts';
import { keyText } from '../keys/arrival.ts';
import { givenKeys } from '../keys/given-keys.ts';
import type { AlertKind, AlertRow, BookingKey, OrderKey } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { AlertNow } from './is-over.ts';

export type FactStore = Pick<
  Store,
  'findDrift' | 'findKeysOfOrders' | 'findMessagesOfOrders' | 'findOrders' | 'listReconciles'
>;

const ABOUT_MAIL: readonly AlertKind[] = ['mail_failed', 'mail_bounced', 'mail_complained'];
const ABOUT_KEYS: readonly AlertKind[] = ['cancelled_seen', 'unknown_order'];

/** How what the alerts are about is now: one query per table for all of them, and none for what no alert asks. */
export async function readAlertFacts(
  store: FactStore,
  alerts: readonly AlertRow[],
): Promise<(alert: AlertRow) => AlertNow> {
  const keysOf = (kinds: readonly AlertKind[] | null) => {
    const asked = alerts.filter(({ kind }) => kinds === null || kinds.includes(kind));
    return [...new Set(asked.flatMap(({ orderId: words }) => words ?? []))].flatMap(
      (words) => parseOrderId(words) ?? [],
    );
  };
  const orders = new Map((await store.findOrders({ keys: keysOf(null) })).map((row) => [orderId(row), row]));
  const idsOf = (kinds: readonly AlertKind[]) =>
    keysOf(kinds).flatMap((key) => orders.get(orderId(key))?.id ?? []);
  const isAsked = alerts.some(({ kind }) => kind === 'silent_site');
  // One after the other: a transaction has one connection.
  const mails = await store.findMessagesOfOrders({ orderIds: idsOf(ABOUT_MAIL) });
  const keys = await store.findKeysOfOrders({ orderIds: keysOf(ABOUT_KEYS).map(orderId) });
  const lacking = keysOf(['lacking_booking']).flatMap(bookingOf);
  const drift = await store.findDrift({ keys: lacking, minAgeMs: 0 });
  const sites = isAsked ? await store.listReconciles({ silentAfterMs: SILENT_AFTER_MS }) : [];
  const arrived = new Set(
    drift.flatMap((note) => (note.kind === 'lacking' && note.state === 'over' ? [keyText(note)] : [])),
  );
  // A list that comes ends the silence that was told.
  const heard = sites.filter(({ silenceToldAt }) => silenceToldAt === null).map(placeOf);
  return (alert) => {
    const key = alert.orderId === null ? null : parseOrderId(alert.orderId);
    const order = (key && orders.get(orderId(key))) ?? null;
    return {
      order,
      keys: order ? givenKeys(order, keys) : [],
      mails: order ? mails.filter((mail) => mail.orderId === order.id) : [],
      hasArrived: key !== null && arrived.has(keyText(key)),
      isHeard: heard.some((place) => alert.detail.startsWith(`${place}: `)),
    };
  };
}

function bookingOf({ site, source, externalId }: OrderKey): BookingKey[] {
  return isBookingSource(source) ? [{ site, source, externalId }] : [];
}
