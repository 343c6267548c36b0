import type { Outbox } from './outbox.ts';
import type { MessageStatus } from '../../shared/statuses.ts';
import type { Store } from '../store/store.ts';

/** Distinct answers that are told. */
const REFUSALS = 5;

type WorkerState = ReturnType<Outbox['state']>;

interface MailStatus {
  counts: { status: MessageStatus; count: number }[];
  refusals: { code: string; why: string | null; count: number }[];
  worker: {
    sending: number;
    paused: (Omit<NonNullable<WorkerState['paused']>, 'until'> & { until: string }) | null;
  } | null;
}

/** How many mails stand how, what the waiting ones were answered last, and what the worker of this process is doing. */
export async function readMailStatus(deps: {
  store: Pick<Store, 'messageCounts' | 'lastRefusals'>;
  mailState(): WorkerState | null;
}): Promise<MailStatus> {
  const counts = await deps.store.messageCounts({ since: null });
  const refusals = await deps.store.lastRefusals({ limit: REFUSALS });
  const state = deps.mailState();
  if (state === null) return { counts, refusals, worker: null };
  const { sending, paused } = state;
  return {
    counts,
    refusals,
    worker: { sending, paused: paused && { ...paused, until: paused.until.toISOString() } },
  };
}
