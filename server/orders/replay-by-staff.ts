import { orderId } from '../../shared/booking-event.ts';
import type { ReceiptStatus } from '../../shared/statuses.ts';
import { done, refuse, type Result } from '../errors.ts';
import { readReason } from '../staff/reason.ts';
import { readOrderId } from './read-order-id.ts';

interface Deps {
  /** Reads an order's last delivery again; null when there is none. */
  replay(orderId: string, reason: string, actor: string): Promise<{ status: ReceiptStatus } | null>;
}

/** Reads an order's last delivery again, with today's mappings; one that staff cancelled is set going by it. */
export async function replayByStaff(
  deps: Deps,
  input: { orderId: string; reason: string; actor: string },
): Promise<Result<{ status: ReceiptStatus }>> {
  const key = readOrderId(input.orderId);
  if (!key.ok) return key;
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const name = orderId(key.value);
  const receipt = await deps.replay(name, reason.value, input.actor);
  return receipt ? done({ status: receipt.status }) : refuse('order.not_replayable', { orderId: name });
}
