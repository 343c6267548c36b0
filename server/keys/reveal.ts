import { orderId, parseOrderId } from '../../shared/booking-event.ts';
import { recordAudit } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import { storeErrorCode } from '../store/store-error.ts';
import type { KeyRow, OrderRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { pause } from '../timers.ts';

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

/** Looks at one free key at the same moment stand in line: as many may as staff will ever be. */
const TRIES = 20;
const LONGEST_DELAY_MS = 50;

/** Shows a full key. The audit line is committed before the key is returned: nobody sees one unnoticed. */
export async function revealKey(deps: RevealDeps, input: Look): Promise<Result<RevealedKey>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  for (let round = 1; ; round += 1) {
    try {
      return await transact(deps, (tx) => revealInside(deps, tx, { ...input, reason: reason.value }));
    } catch (error) {
      // A key that no order holds has nothing to lock: another look wrote the next line of its trail first.
      if (storeErrorCode(error) !== 'store.duplicate' || round >= TRIES) throw error;
      await pause(deps.timers, deps.random() * LONGEST_DELAY_MS);
    }
  }
}

async function revealInside(deps: RevealDeps, tx: Verbs, look: Look): Promise<Result<RevealedKey>> {
  const found = await tx.findKey({ id: look.keyId });
  const order = found && (await lockHolder(tx, found));
  // It may have been released, and sold again, before the lock was had.
  const key = order ? await tx.findKey({ id: look.keyId }) : found;
  if (!key) return refuse('key.unknown', { keyId: look.keyId });
  await recordAudit(tx, [
    {
      // The order that holds the key, so that its timeline shows the look; else the key itself.
      subject: order && orderId(order) === key.assignedOrderId ? `order:${order.id}` : `key:${key.id}`,
      at: deps.clock.now(),
      actor: look.actor,
      action: 'key.revealed',
      fromStatus: null,
      toStatus: null,
      reason: look.reason,
      // Not `keys`: on an order's trail these are keys that it was given (server/audit/verify.ts).
      refs: { revealed: key.id },
    },
  ]);
  const { id, licenseKey, productSku, status, assignedOrderId } = key;
  return done({ keyId: id, licenseKey, sku: productSku, status, orderId: assignedOrderId });
}

/** The order that holds the key, locked. */
async function lockHolder(tx: Verbs, key: KeyRow): Promise<OrderRow | null> {
  const holder = key.assignedOrderId === null ? null : parseOrderId(key.assignedOrderId);
  const order = holder && (await tx.findOrder(holder));
  if (!order || orderId(order) !== key.assignedOrderId) return null;
  const [locked] = await tx.lockOrders({ ids: [order.id] });
  return locked ?? null;
}
