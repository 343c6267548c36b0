import { orderId } from '../../shared/booking-event.ts';
import type { Act } from '../audit/record.ts';
import { moveOrder, queueMail, queueNotice, type Hand, type Ledger } from '../keys/ledger.ts';
import type { Owed } from '../keys/policy.ts';
import type { OrderRow, ProductRow } from '../store/rows.ts';

/**
 * The locked order waits from now on for what it lacks: its buyer is told if the product wants that, and so is the admin.
 * After COMMIT somebody must look for stock. `mailGiven` sends what the order has already, where no mail does.
 */
export function owe(
  ledger: Ledger,
  hand: Hand,
  order: OrderRow,
  given: {
    missing: Owed;
    product: ProductRow;
    why: string;
    refs: Act['refs'];
    isNew?: boolean;
    mailGiven?: boolean;
  },
): void {
  const { missing, product, why, refs, isNew = false, mailGiven = false } = given;
  const id = orderId(order);
  if (product.tellWaiting) queueNotice(ledger, hand, order);
  if (mailGiven) queueMail(ledger, hand, order, 'key');
  moveOrder(ledger, hand, order, 'waiting', why, refs, isNew);
  ledger.alerts.push({
    kind: 'out_of_stock',
    orderId: id,
    sku: missing.sku,
    detail: `${id} waits for ${missing.quantity} × ${missing.sku}`,
    createdAt: hand.now,
  });
}
