import type { MessageRow } from '../store/rows.ts';
import type { MessageVerbs } from '../store/store.ts';

/** Takes up to `room` due messages, urgent ones first. Answers the rows as they were before the lease. */
export async function leaseDue(
  tx: MessageVerbs,
  q: { room: number; leaseToken: string; leaseMs: number },
): Promise<MessageRow[]> {
  const urgent = await tx.lockDueMessages({ priority: 0, limit: q.room });
  const limit = q.room - urgent.length;
  const due = limit > 0 ? [...urgent, ...(await tx.lockDueMessages({ priority: 1, limit }))] : urgent;
  await tx.leaseMessages({ ids: due.map(({ id }) => id), token: q.leaseToken, leaseMs: q.leaseMs });
  return due;
}
