import { orderId } from '../../shared/booking-event.ts';
import type { Act } from '../audit/record.ts';
import type { KeyRow, OrderRow } from '../store/rows.ts';
import { applyKeyPlan, keyRefs } from './key-plan.ts';
import { moveOrder, type Hand, type Ledger } from './ledger.ts';
import { maskKey } from './mask-key.ts';
import type { CancelPlan } from './plan-cancel.ts';

/** Cancels a locked order whose keys and mails are locked too; a person is told of keys that stay with it. */
export function applyCancel(
  ledger: Ledger,
  hand: Hand,
  order: OrderRow,
  plan: CancelPlan,
  { refs = {}, isNew = false }: { refs?: Act['refs']; isNew?: boolean } = {},
): void {
  applyKeyPlan(ledger, plan.keys);
  ledger.withdrawn.push(...plan.withdraw);
  if (plan.keys.keep.length > 0) {
    const detail = keptNote(order, plan.keys.keep);
    ledger.alerts.push({
      kind: 'cancelled_seen',
      orderId: orderId(order),
      sku: null,
      detail,
      createdAt: hand.now,
    });
  }
  moveOrder(ledger, hand, order, 'cancelled', plan.note, { ...keyRefs(plan.keys), ...refs }, isNew);
}

/** What a person is told of keys that stay with a cancelled order. */
function keptNote(order: OrderRow, keys: KeyRow[]): string {
  const masked = keys.map((key) => maskKey(key.licenseKey)).join(', ');
  return `${orderId(order)} was cancelled after its key may have been seen; ${masked} stays assigned to it`;
}
