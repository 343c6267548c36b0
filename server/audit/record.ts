import type { NewAuditLine } from '../store/rows.ts';
import { cutText } from '../../shared/cut-text.ts';
import type { AuditVerbs } from '../store/store.ts';
import { seal } from './seal.ts';

/** An act as the use-cases state it. `first` says that the subject is new, which spares a look at its chain. */
export type Act = Omit<NewAuditLine, 'seq' | 'previousHash' | 'hash'> & { first?: boolean };

/** An act that moves no status. */
export function statelessAct(
  act: Pick<Act, 'subject' | 'at' | 'actor' | 'action' | 'reason' | 'refs' | 'first'>,
): Act {
  return { ...act, fromStatus: null, toStatus: null };
}

/** Audit columns are bounded; a reason is cut, never refused. */
const REASON_LENGTH = 500;

/**
 * Appends acts to their subjects' chains, in the order given. The caller holds a lock on what the subject stands for
 * (the order's row); without one, a concurrent writer makes this fail with `store.duplicate`, and nothing of the transaction stays.
 */
export async function recordAudit(
  tx: Pick<AuditVerbs, 'insertAudit' | 'lastAudit'>,
  acts: Act[],
): Promise<void> {
  const known = acts.filter((act) => !act.first).map((act) => act.subject);
  const ends = new Map(
    (await tx.lastAudit({ subjects: [...new Set(known)] })).map(({ subject, seq, hash }) => [
      subject,
      { seq, hash },
    ]),
  );
  const lines = acts.map(({ first: _first, ...given }) => {
    const act = wellFormed(given);
    const end = ends.get(given.subject) ?? { seq: 0, hash: '' };
    const reason = cutText(act.reason, REASON_LENGTH);
    const open = { ...act, reason, seq: end.seq + 1, previousHash: end.hash };
    const line: NewAuditLine = { ...open, hash: seal(open) };
    ends.set(given.subject, { seq: line.seq, hash: line.hash });
    return line;
  });
  await tx.insertAudit({ lines });
}

/**
 * Half an emoji, as a cut text may end with, is stored as U+FFFD: it is sealed as it is stored, or the chain would be broken
 * for good.
 */
function wellFormed<A extends Omit<Act, 'first'>>(act: A): A {
  const refs = Object.entries(act.refs).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.toWellFormed() : value,
  ]);
  const { subject, reason } = act;
  return {
    ...act,
    subject: subject.toWellFormed(),
    reason: reason.toWellFormed(),
    refs: Object.fromEntries(refs),
  };
}
