import type { AuditLine } from '../store/rows.ts';
import type { AuditVerbs } from '../store/store.ts';

/**
 * The line of an act by an id that its caller made, in `refs.act` or `refs.message`: after a COMMIT whose answer was lost it
 * tells that the act was done. Looks only from the second attempt on.
 */
export async function findAct(
  tx: Pick<AuditVerbs, 'findAudit'>,
  q: { subject: string; actId: string; attempt: number },
): Promise<AuditLine | null> {
  if (q.attempt === 1) return null;
  const trail = await tx.findAudit({ subject: q.subject });
  return trail.find(({ refs }) => refs.act === q.actId || refs.message === q.actId) ?? null;
}
