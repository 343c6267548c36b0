import { parseOrderId } from '../../shared/booking-event.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { OrderKey } from '../store/rows.ts';

/** SECURITY: what reads as no order id is not repeated: somebody may have pasted a key. */
export function readOrderId(text: string): Result<OrderKey> {
  const key = parseOrderId(text);
  return key ? done(key) : refuse('order.unknown', { orderId: 'of that name' });
}
