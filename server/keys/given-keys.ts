import { orderId } from '../../shared/booking-event.ts';
import type { KeyRow, OrderRow } from '../store/rows.ts';

/** Of these keys, those that the order was given. A key on hold is `assigned` too, without a time: it was promised to nobody yet. */
export function givenKeys(order: OrderRow, keys: readonly KeyRow[]): KeyRow[] {
  const id = orderId(order);
  return keys.filter(
    (key) => key.assignedOrderId === id && key.status === 'assigned' && key.assignedAt !== null,
  );
}
