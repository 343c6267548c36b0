import { isFormerAddress } from './former-address.ts';
import type { AlertRow, MessageRow, OrderRow } from '../store/rows.ts';

/**
 * A mail that fails has an alert of its own, and where clocks differ that may seem older than its mail: only one that may
 * still arrive settles what failed before it.
 */
const UNDER_WAY: readonly MessageRow['status'][] = ['queued', 'sending', 'retrying', 'accepted', 'delivered'];
/** Not in trouble (any more): staff queued it again, or it arrived after all. */
const RECOVERED: readonly MessageRow['status'][] = ['queued', 'accepted', 'delivered'];

/**
 * Pure: does nobody need to look into a mail that failed, came back or was called spam? Its order is cancelled; or
 * another mail to the order's address of today is under way since; or, of one that failed, the newest of these is well
 * again. `mails` may hold those of other orders.
 */
export function isTroubleOver(
  alert: Pick<AlertRow, 'kind' | 'createdAt'>,
  order: Pick<OrderRow, 'id' | 'status' | 'email'> | null,
  mails: readonly MessageRow[],
): boolean {
  if (!order) return false;
  if (order.status === 'cancelled') return true;
  const own = mails.filter(
    ({ orderId, recipient, kind }) =>
      orderId === order.id &&
      !isFormerAddress(recipient, order.email) &&
      // That a key is on its way does not make up for a key that did not come.
      (kind === 'key' || order.status === 'waiting'),
  );
  const later = own.filter(({ createdAt }) => createdAt > alert.createdAt);
  if (later.some(({ status }) => UNDER_WAY.includes(status))) return true;
  // What came back, or was called spam, is not undone by a copy that was accepted before.
  if (alert.kind !== 'mail_failed') return false;
  const newest = own
    .filter(({ status }) => status !== 'withdrawn')
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
    .at(-1);
  return newest !== undefined && RECOVERED.includes(newest.status);
}
