import { givenKeys } from '../keys/given-keys.ts';
import { isFormerAddress } from './former-address.ts';
import type { KeyRow, MessageRow, OrderRow } from '../store/rows.ts';

/** What a key mail is written from, or why it must not go out. */
type Fitness = { order: OrderRow; keys: KeyRow[] } | { why: string };

/**
 * May this key mail go out, as things stand now? Asked when it is written, and again, with the order locked, before it
 * is withdrawn for good: both must give the same answer. `keys` may hold those of other orders.
 */
export function fitToSend(
  message: Pick<MessageRow, 'recipient'>,
  order: OrderRow | undefined,
  keys: KeyRow[],
): Fitness {
  // A waiting order lacks some of its keys: those that it has are its buyer's.
  if (order?.status !== 'fulfilled' && order?.status !== 'waiting')
    return { why: `the order is ${order?.status ?? 'gone'}` };
  const given = givenKeys(order, keys);
  if (given.length === 0) return { why: 'the order has no key' };
  // SECURITY: a corrected address means that the former one may be a stranger's.
  const isElsewhere = isFormerAddress(message.recipient, order.email);
  return isElsewhere ? { why: 'the order has another address now' } : { order, keys: given };
}
