import { orderId, parseOrderId } from '../../shared/booking-event.ts';
import { recordAudit } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { KeyRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';

export interface RevealedKey {
  keyId: number;
  licenseKey: string;
  sku: string;
  status: KeyRow['status'];
  orderId: string | null;
}

/** Shows a full key. The audit line is committed before the key is returned: nobody sees one unnoticed. */
export async function revealKey(
  deps: RetryDeps & { store: Store; clock: Clock },
  input: { keyId: number; reason: string; actor: string },
): Promise<Result<RevealedKey>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  return transact(deps, async (tx) => {
    const key = await tx.findKey({ id: input.keyId });
    if (!key) return refuse('key.unknown', { keyId: input.keyId });
    await recordAudit(tx, [
      {
        subject: await subjectOf(tx, key),
        at: deps.clock.now(),
        actor: input.actor,
        action: 'key.revealed',
        fromStatus: null,
        toStatus: null,
        reason: reason.value,
        refs: { keys: [key.id] },
      },
    ]);
    const { id, licenseKey, productSku, status, assignedOrderId } = key;
    return done({ keyId: id, licenseKey, sku: productSku, status, orderId: assignedOrderId });
  });
}

/** The order that holds the key, locked, so that its timeline shows the look; else the key itself. */
async function subjectOf(tx: Verbs, key: KeyRow): Promise<string> {
  const holder = key.assignedOrderId === null ? null : parseOrderId(key.assignedOrderId);
  const order = holder && (await tx.findOrder(holder));
  if (!order || orderId(order) !== key.assignedOrderId) return `key:${key.id}`;
  await tx.lockOrders({ ids: [order.id] });
  return `order:${order.id}`;
}
