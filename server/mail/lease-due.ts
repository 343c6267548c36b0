import { composeMails } from './compose.ts';
import type { ComposeDeps } from './compose.ts';
import type { Draft } from './draft.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { MessageRow } from '../store/rows.ts';
import type { MessageVerbs } from '../store/mail-verbs.ts';
import type { Store } from '../store/store.ts';

/** A message as it was before it was leased, and the lease that is ours. */
export interface Leased {
  message: MessageRow;
  leaseToken: string;
  leasedAtMs: number;
}

export interface Ready extends Leased {
  draft: Draft;
  /** When the draft was true. */
  writtenAtMs: number;
}

interface Batch {
  /** Whoever held these died while sending, or before: nobody can tell. */
  cut: Leased[];
  ready: Ready[];
  /** To be given back: they could not be read, because of `fault` or because they are gone. */
  unwritten: Leased[];
  fault: Error | null;
}

/**
 * Takes up to `room` due messages, urgent ones first, and up to `urgentRoom` urgent ones even beyond that; then writes
 * them from what is true now.
 */
export async function leaseDue(
  deps: RetryDeps & Omit<ComposeDeps, 'store'> & { store: Store; clock: Clock; newId: NewId },
  q: { room: number; urgentRoom: number; leaseMs: number },
): Promise<Batch> {
  const leaseToken = deps.newId();
  const leasedAtMs = deps.clock.now().getTime();
  const due = await transact(deps, (tx) => lease(tx, { ...q, leaseToken }));
  const leased = due.map((message): Leased => ({ message, leaseToken, leasedAtMs }));
  const cut = leased.filter(({ message }) => message.status === 'sending');
  const whole = leased.filter((one) => !cut.includes(one));
  if (whole.length === 0) return { cut, ready: [], unwritten: [], fault: null };
  try {
    const drafts = await composeMails(
      deps,
      whole.map(({ message }) => message),
    );
    const writtenAtMs = deps.clock.now().getTime();
    const ready = whole.flatMap((one) => {
      const draft = drafts.get(one.message.id);
      return draft ? [{ ...one, draft, writtenAtMs }] : [];
    });
    return { cut, ready, unwritten: whole.filter(({ message }) => !drafts.has(message.id)), fault: null };
  } catch (error) {
    return { cut, ready: [], unwritten: whole, fault: error instanceof Error ? error : new Error('unknown') };
  }
}

async function lease(
  tx: MessageVerbs,
  q: { room: number; urgentRoom: number; leaseToken: string; leaseMs: number },
): Promise<MessageRow[]> {
  const urgent = await tx.lockDueMessages({ priority: 0, limit: q.urgentRoom });
  const limit = q.room - urgent.length;
  const due = limit > 0 ? [...urgent, ...(await tx.lockDueMessages({ priority: 1, limit }))] : urgent;
  await tx.leaseMessages({ ids: due.map(({ id }) => id), token: q.leaseToken, leaseMs: q.leaseMs });
  return due;
}
