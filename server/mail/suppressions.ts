import { recordAudit } from '../audit/record.ts';
import { isAddress } from '../config-values.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { SuppressionRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { isMailAddress } from './sender.ts';

const PAGE = 50;

/** The addresses that mail must not go to, by address, a page at a time. */
export async function listSuppressed(
  { store }: { store: Store },
  input: { cursor?: string | undefined },
): Promise<Result<{ suppressed: SuppressionRow[]; next?: string }>> {
  const afterAddress = input.cursor === undefined ? '' : readCursor(input.cursor);
  if (afterAddress === null) return refuse('lookup.bad_cursor', {});
  const found = await store.listSuppressions({ afterAddress, limit: PAGE + 1 });
  const suppressed = found.slice(0, PAGE);
  const last = suppressed.at(-1);
  return done(found.length > PAGE && last ? { suppressed, next: makeCursor(last.address) } : { suppressed });
}

type AllowDeps = RetryDeps & { store: Store; clock: Clock };
interface Wish {
  address: string;
  reason: string;
  actor: string;
}

/** Lets mail through to an address again. Noted on the order whose mail came back; the address itself stays out of the trail. */
export async function allowAddress(deps: AllowDeps, input: Wish): Promise<Result<{ address: string }>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const address = input.address.trim().toLowerCase();
  if (!isAddress(address) || !isMailAddress(address)) return refuse('email.invalid', {});
  return transact(deps, (tx) => allowInside(deps, tx, { ...input, address, reason: reason.value }));
}

async function allowInside(deps: AllowDeps, tx: Verbs, wish: Wish): Promise<Result<{ address: string }>> {
  const addresses = [wish.address];
  const [seen] = await tx.findSuppressions({ addresses });
  const [message] = seen ? await tx.findMessages({ ids: [seen.messageId] }) : [];
  const orderId = message?.orderId ?? null;
  if (orderId !== null) await tx.lockOrders({ ids: [orderId] });
  // Two may have asked at once: whoever had the order's lock first has lifted it.
  const [suppression] = await tx.findSuppressions({ addresses });
  if (!suppression) return refuse('email.not_suppressed', {});
  await tx.deleteSuppressions({ addresses });
  await recordAudit(tx, [
    {
      subject: orderId === null ? `message:${suppression.messageId}` : `order:${orderId}`,
      at: deps.clock.now(),
      actor: wish.actor,
      action: 'mail.allowed',
      fromStatus: null,
      toStatus: null,
      reason: wish.reason,
      refs: { message: suppression.messageId },
    },
  ]);
  return done({ address: wish.address });
}

function makeCursor(afterAddress: string): string {
  return Buffer.from(`after:${afterAddress}`).toString('base64url');
}

function readCursor(cursor: string): string | null {
  const address = /^after:(.+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? '';
  return isMailAddress(address) ? address : null;
}
