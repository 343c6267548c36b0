import { orderId } from '../../shared/booking-event.ts';
import { makeFault, type Fault } from '../errors.ts';
import { fitToSend } from './fit-to-send.ts';
import { isFormerAddress } from './former-address.ts';
import { suppressionWords } from './suppression-words.ts';
import type { OrderFacts } from './order-facts.ts';
import type { MessageRow } from '../store/rows.ts';

const STUCK: readonly MessageRow['status'][] = ['failed', 'unknown', 'retrying'];

/** Pure: why staff may not queue this mail again, as things stand now; null when they may. */
export function retryFault(message: MessageRow, facts: OrderFacts): Fault | null {
  const { status, recipient } = message;
  if (status === 'bounced' || status === 'complained') return makeFault('mail.came_back', { status });
  if (!STUCK.includes(status)) return makeFault('mail.not_stuck', { status });
  if (message.orderId === null) return null;
  const order = facts.orders.get(message.orderId);
  const why = message.kind === 'key_waiting' ? noticeIsIdle(message, facts) : keyIsIdle(message, facts);
  if (why !== null) return makeFault('mail.nothing_to_say', { why });
  const suppressed = facts.suppressions.get(recipient.toLowerCase());
  if (!suppressed || !order) return null;
  return makeFault('email.suppressed', { orderId: orderId(order), ...suppressionWords(suppressed) });
}

function keyIsIdle(message: MessageRow, facts: OrderFacts): string | null {
  const fit = fitToSend(message, facts.orders.get(message.orderId ?? 0), facts.keys);
  return 'why' in fit ? fit.why : null;
}

function noticeIsIdle({ orderId: id, recipient }: MessageRow, facts: OrderFacts): string | null {
  const order = facts.orders.get(id ?? 0);
  if (order?.status !== 'waiting') return `the order is ${order?.status ?? 'gone'}`;
  return isFormerAddress(recipient, order.email) ? 'the order has another address now' : null;
}
