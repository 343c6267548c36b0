import { orderId } from '../../shared/booking-event.ts';
import { itemOfOrder } from '../keys/arrival.ts';
import { maskKey } from '../keys/mask-key.ts';
import type { AlertRow, ItemRef, MessageRow } from '../store/rows.ts';
import { deliveryOfAlert, type AlertNow } from './is-over.ts';

/** What a person can do about an alert with one click; `settle` says that it has been seen to. */
export type Fix =
  | { do: 'map'; item: ItemRef }
  | { do: 'correct-address'; orderId: string }
  | { do: 'retry-mail'; messageId: string }
  | { do: 'replay'; orderId: string | null; deliveryId: string | null }
  | { do: 'revoke-key'; keyId: number; masked: string }
  | { do: 'settle' };

const TROUBLE = {
  mail_failed: ['failed', 'unknown', 'retrying'],
  mail_bounced: ['bounced', 'complained'],
  mail_complained: ['complained'],
} as const satisfies Partial<Record<AlertRow['kind'], readonly MessageRow['status'][]>>;

/** The mail that an alert is about: the newest of its order in that kind of trouble. Alerts name their order alone. */
export function mailOfAlert({ kind }: Pick<AlertRow, 'kind'>, { mails }: AlertNow): MessageRow | null {
  if (kind !== 'mail_failed' && kind !== 'mail_bounced' && kind !== 'mail_complained') return null;
  const words: readonly MessageRow['status'][] = TROUBLE[kind];
  return (
    mails
      .filter(({ status }) => words.includes(status))
      .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
      .at(-1) ?? null
  );
}

/** Pure: the best one first, `settle` always and last. */
export function fixesOf(alert: AlertRow, now: AlertNow): Fix[] {
  return [...ownFixes(alert, now), { do: 'settle' }];
}

function ownFixes(alert: AlertRow, now: AlertNow): Fix[] {
  const { order, keys } = now;
  const words = order && orderId(order);
  const address: Fix[] = words === null ? [] : [{ do: 'correct-address', orderId: words }];
  switch (alert.kind) {
    case 'attention': {
      const item = itemOfOrder(order);
      const replay: Fix[] = words === null ? [] : [{ do: 'replay', orderId: words, deliveryId: null }];
      if (order?.reason === 'unmapped' && item) return [{ do: 'map', item }, ...replay];
      return order?.reason === 'no_email' ? [...address, ...replay] : replay;
    }
    case 'unreadable': {
      const deliveryId = deliveryOfAlert(alert);
      return deliveryId === null ? [] : [{ do: 'replay', orderId: alert.orderId, deliveryId }];
    }
    case 'mail_failed': {
      const mail = mailOfAlert(alert, now);
      const isStopped = mail === null || mail.lastCode === 'suppressed';
      return isStopped ? address : [{ do: 'retry-mail', messageId: mail.id }, ...address];
    }
    case 'mail_bounced':
    case 'mail_complained':
      return address;
    case 'cancelled_seen':
    case 'unknown_order':
      return keys.map(({ id, licenseKey }) => ({
        do: 'revoke-key',
        keyId: id,
        masked: maskKey(licenseKey),
      }));
    case 'out_of_stock':
    case 'conflict':
    case 'lacking_booking':
    case 'silent_site':
      return [];
  }
}
