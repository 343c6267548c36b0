import { recordAudit } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, makeFault, type FaultCode, type Result } from '../errors.ts';
import { isUuid } from '../ids.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { MessageRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { inTurn } from './in-turn.ts';
import { retryFault } from './may-retry.ts';
import { readFacts } from './order-facts.ts';

type RetryMailsDeps = RetryDeps & { store: Store; clock: Clock; onMail(): void };

export interface Retried {
  retried: string[];
  refused: { messageId: string; code: FaultCode; why: string }[];
}

interface Wish {
  messageIds: string[];
  reason: string;
  actor: string;
}

/**
 * Queues mails again that failed, are in doubt or wait for their next try: the same rows, so the same Message-ID and
 * the same keys. What would not go out, or must not, is refused one by one; the others go.
 */
export async function retryMails(deps: RetryMailsDeps, input: Wish): Promise<Result<Retried>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const messageIds = [...new Set(input.messageIds.map((id) => id.trim().toLowerCase()))];
  const wish = { ...input, messageIds, reason: reason.value };
  const result = await transact(deps, (tx) => retryInside(tx, wish, deps.clock.now()));
  if (result.retried.length > 0) deps.onMail();
  return done(result);
}

/** Locks in the one order: orders → messages → audit. */
async function retryInside(tx: Verbs, { messageIds, reason, actor }: Wish, at: Date): Promise<Retried> {
  const seen = await tx.findMessages({ ids: messageIds.filter(isUuid) });
  const orderIds = [...new Set(seen.flatMap(({ orderId }) => orderId ?? []))];
  await tx.lockOrders({ ids: orderIds.toSorted((a, b) => a - b) });
  const messages = await tx.lockMessages({ ids: seen.map(({ id }) => id) });
  const facts = await readFacts(inTurn(tx), messages);
  const refused = messageIds.flatMap((messageId) => {
    const message = messages.find(({ id }) => id === messageId);
    const fault = message ? retryFault(message, facts) : unknown(messageId);
    return fault ? [{ messageId, code: fault.code, why: fault.sentence }] : [];
  });
  const again = messages.filter(({ id }) => !refused.some(({ messageId }) => messageId === id));
  await tx.requeueMessages({ ids: again.map(({ id }) => id) });
  await recordAudit(
    tx,
    again.map(({ id, orderId, status }) => ({
      subject: subjectOf({ id, orderId }),
      ...{ at, actor, reason },
      action: 'mail.requeued',
      fromStatus: status,
      toStatus: 'queued',
      refs: { message: id },
    })),
  );
  return { retried: again.map(({ id }) => id), refused };
}

function subjectOf({ id, orderId }: Pick<MessageRow, 'id' | 'orderId'>): string {
  return orderId === null ? `message:${id}` : `order:${orderId}`;
}

/** SECURITY: what is no id may be anything that was pasted, and is not repeated in the sentence. */
function unknown(messageId: string) {
  return makeFault('mail.unknown', { messageId: isUuid(messageId) ? messageId : 'of that name' });
}
