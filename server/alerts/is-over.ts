import { isTroubleOver } from '../mail/trouble-over.ts';
import type { AlertKind, AlertRow, KeyRow, MessageRow, OrderRow } from '../store/rows.ts';

/** What an alert is about, as it is now. */
export interface AlertNow {
  /** Null when the alert names none, or one that is not here. */
  order: OrderRow | null;
  /** The keys that the order was given and still has; of alerts that ask for them. */
  keys: KeyRow[];
  /** All mails of the order; of alerts about mails. */
  mails: MessageRow[];
  /** The booking that was lacking has come. */
  hasArrived: boolean;
  /** The site that was silent sends its lists again. */
  isHeard: boolean;
}

/** Alerts that are about an order's state, and the state they are about. */
const ABOUT_STATE: Partial<Record<AlertKind, OrderRow['status']>> = {
  out_of_stock: 'waiting',
  attention: 'attention',
};

/** Pure: the order has left the state that the alert is about. */
export function hasMovedOn(
  { kind }: Pick<AlertRow, 'kind'>,
  order: Pick<OrderRow, 'status'> | null,
): boolean {
  const about = ABOUT_STATE[kind];
  return about !== undefined && order !== null && order.status !== about;
}

/** Pure: nobody needs to see this alert any more. What facts cannot tell, a person settles. */
export function isOver(alert: AlertRow, now: AlertNow): boolean {
  const { order } = now;
  switch (alert.kind) {
    case 'out_of_stock':
    case 'attention':
      return hasMovedOn(alert, order);
    case 'mail_failed':
    case 'mail_bounced':
    case 'mail_complained':
      return isTroubleOver(alert, order, now.mails);
    case 'cancelled_seen':
      // Set going again, or its keys were revoked.
      return order !== null && (order.status !== 'cancelled' || now.keys.length === 0);
    case 'unknown_order':
      return order !== null && order.status === 'cancelled' && now.keys.length === 0;
    case 'unreadable':
      // Read again, it made or moved its order.
      return (
        order !== null && order.status !== 'attention' && order.lastDeliveryId === deliveryOfAlert(alert)
      );
    case 'lacking_booking':
      return now.hasArrived;
    case 'silent_site':
      return now.isHeard;
    case 'conflict':
      return false;
  }
}

/** The delivery that an alert names; null when it names none. */
export function deliveryOfAlert({ kind, detail }: Pick<AlertRow, 'kind' | 'detail'>): string | null {
  if (kind !== 'unreadable') return null;
  return /^delivery ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):/.exec(detail)?.[1] ?? null;
}
