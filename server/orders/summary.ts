import { orderId } from '../../shared/booking-event.ts';
import type { OrderStatus } from '../../shared/statuses.ts';
import { maskKey } from '../keys/mask-key.ts';
import type { KeyRow, OrderLine, OrderRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

/** An order as lists show it; keys by their last four characters only. */
export interface OrderSummary {
  orderId: string;
  status: OrderStatus;
  /** Why a person must look; null unless the status is `attention`. */
  reason: string | null;
  email: string | null;
  name: string | null;
  coupon: string | null;
  /** Of all lines, e.g. `rqi_bls`; null when nothing is owed. */
  sku: string | null;
  quantity: number;
  keysMasked: string[];
  createdAt: string;
}

/** Summaries in the order of `rows`. */
export async function summarize(
  deps: { store: Pick<Store, 'findKeysOfOrders' | 'findLines'> },
  rows: OrderRow[],
): Promise<OrderSummary[]> {
  const [lines, keys] = await Promise.all([
    deps.store.findLines({ orderIds: rows.map((row) => row.id) }),
    deps.store.findKeysOfOrders({ orderIds: rows.map(orderId) }),
  ]);
  return rows.map((row) =>
    summaryOf(
      row,
      lines.filter((line) => line.orderId === row.id),
      keys.filter((key) => key.assignedOrderId === orderId(row)),
    ),
  );
}

export function summaryOf(row: OrderRow, lines: OrderLine[], keys: KeyRow[]): OrderSummary {
  return {
    orderId: orderId(row),
    status: row.status,
    reason: row.reason,
    email: row.email,
    name: row.name,
    coupon: row.coupon,
    sku: lines.length === 0 ? null : lines.map((line) => line.sku).join(', '),
    quantity: lines.reduce((sum, line) => sum + line.quantity, 0),
    keysMasked: keys.filter((key) => key.status !== 'revoked').map((key) => maskKey(key.licenseKey)),
    createdAt: row.createdAt.toISOString(),
  };
}
