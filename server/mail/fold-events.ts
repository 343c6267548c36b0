import type { MessageStatus } from '../../shared/statuses.ts';
import type { MailEventKind, MailEventRow } from '../store/rows.ts';

/** From what is hoped for to what is most concerning: a status moves up this ladder and never down. */
const LADDER: readonly MailEventKind[] = ['delivered', 'bounced', 'complained'];

/**
 * The status of a mail after all that its provider has told of it, in whatever order it was told. Pure. What was
 * believed before matters only where it is more concerning: a mail that was given up, withdrawn or doubted has arrived
 * all the same when its provider delivered it.
 */
export function foldEvents(
  status: MessageStatus,
  events: readonly Pick<MailEventRow, 'kind'>[],
): MessageStatus {
  const told = LADDER.findLast((kind) => status === kind || events.some((event) => event.kind === kind));
  return told ?? status;
}
