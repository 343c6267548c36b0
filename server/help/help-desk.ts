import { faultFields, type Log } from '../log.ts';
import type { ResendDeps } from '../orders/resend.ts';
import { askAgain } from './ask-again.ts';
import type { HelpRequest } from './read-form.ts';

/** What buyers asked for, done after they were answered, one at a time: a crowd on a public page takes one connection. */
export interface HelpDesk {
  /** A crowd is waiting; whoever comes now is asked to come again. */
  isFull(): boolean;
  take(request: HelpRequest): void;
  /** Resolves when all that was taken is done. */
  idle(): Promise<void>;
}

const MOST_WAITING = 200;

export function openHelpDesk(deps: ResendDeps & { log: Log }): HelpDesk {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    isFull: () => waiting >= MOST_WAITING,
    take(request) {
      waiting += 1;
      last = last
        .then(() => askAgain(deps, request))
        .catch((error: unknown) => deps.log.error('job.fault', { job: 'help', ...faultFields(error) }))
        .finally(() => (waiting -= 1));
    },
    idle: () => last,
  };
}
