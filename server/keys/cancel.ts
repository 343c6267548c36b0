import { orderId } from '../../shared/booking-event.ts';
import type { Act } from '../audit/record.ts';
import type { KeyRow, MessageRow, OrderRow, ProductRow } from '../store/rows.ts';
import { applyKeyPlan, keyRefs, NO_KEYS, type KeyPlan } from './key-plan.ts';
import { moveOrder, type Hand, type Ledger } from './ledger.ts';
import { maskKey } from './mask-key.ts';
import { openNotices } from './open-notices.ts';

/** How an order is cancelled. */
export interface CancelPlan {
  note: string;
  keys: KeyPlan;
  withdraw: string[];
}

/** Keys that no mail was tried with go back to the head of their queue; others follow the product's setting. */
export function planCancel(
  note: string,
  holdings: { keys: KeyRow[]; messages: MessageRow[]; products: Map<string, ProductRow> },
): CancelPlan {
  const { messages, products } = holdings;
  const live = holdings.keys.filter((key) => key.status === 'assigned');
  const onHold = live.filter((key) => key.assignedAt === null);
  const given = live.filter((key) => key.assignedAt !== null);
  const keyMails = messages.filter((message) => message.kind === 'key');
  const notices = openNotices(messages);
  // A withdrawn mail may have been tried before it was withdrawn. After a restore from a backup, a mail that was never
  // tried may have arrived all the same: its provider said so.
  const seen = keyMails.some((message) => message.attempts > 0 || message.acceptedAt !== null);
  if (!seen) {
    const keys = { ...NO_KEYS, release: [...onHold, ...given], unhold: onHold };
    const unsent = keyMails.filter((message) => message.status !== 'withdrawn');
    return { note, keys, withdraw: [...unsent.map((message) => message.id), ...notices] };
  }
  const revoked = given.filter((key) => products.get(key.productSku)?.onCancel === 'revoke');
  const kept = given.filter((key) => !revoked.includes(key));
  return {
    note,
    keys: { release: onHold, unhold: onHold, revoke: revoked, keep: kept },
    withdraw: notices,
  };
}

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
  return `${orderId(order)} was cancelled after its key mail was sent; ${masked} stays assigned to it`;
}
