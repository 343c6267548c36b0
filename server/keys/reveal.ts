import { orderId } from '../../shared/booking-event.ts';
import { recordAudit } from '../audit/record.ts';
import { standInLine } from '../audit/stand-in-line.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { KeyRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { lockHolder } from './lock-holder.ts';
import { revealedAct } from './revealed-act.ts';

export interface RevealedKey {
  keyId: number;
  licenseKey: string;
  sku: string;
  status: KeyRow['status'];
  orderId: string | null;
}

type RevealDeps = RetryDeps & { store: Store; clock: Clock };
interface Look {
  keyId: number;
  reason: string;
  actor: string;
}

/** Shows a full key. The audit line is committed before the key is returned: nobody sees one unnoticed. */
export async function revealKey(deps: RevealDeps, input: Look): Promise<Result<RevealedKey>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  // A key that no order holds has nothing to lock.
  return standInLine(deps, () =>
    transact(deps, (tx) => revealInside(deps, tx, { ...input, reason: reason.value })),
  );
}

async function revealInside(deps: RevealDeps, tx: Verbs, look: Look): Promise<Result<RevealedKey>> {
  const found = await tx.findKey({ id: look.keyId });
  const order = found && (await lockHolder(tx, found));
  // It may have been released, and sold again, before the lock was had.
  const key = order ? await tx.findKey({ id: look.keyId }) : found;
  if (!key) return refuse('key.unknown', { keyId: look.keyId });
  await recordAudit(tx, [
    revealedAct(
      { at: deps.clock.now(), actor: look.actor, reason: look.reason },
      {
        // The order that holds the key, so that its timeline shows the look; else the key itself.
        subject: order && orderId(order) === key.assignedOrderId ? `order:${order.id}` : `key:${key.id}`,
        // Not `keys`: on an order's trail these are keys that it was given (server/audit/verify.ts).
        refs: { revealed: key.id },
      },
    ),
  ]);
  const { id, licenseKey, productSku, status, assignedOrderId } = key;
  return done({ keyId: id, licenseKey, sku: productSku, status, orderId: assignedOrderId });
}
