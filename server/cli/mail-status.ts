import { MESSAGE_STATUSES, type MessageStatus } from '../../shared/statuses.ts';
import { withCore, type Cli } from './cli.ts';
import { paintFor, table } from './table.ts';

const DAY_MS = 24 * 60 * 60_000;

const MEANINGS: Record<MessageStatus, string> = {
  queued: 'to be sent',
  sending: 'under way',
  retrying: 'to be tried again',
  accepted: 'taken by the mail server',
  delivered: 'arrived, as the mail service says',
  failed: 'will not be sent; see the order',
  unknown: 'may have arrived; see the order',
  bounced: 'came back; see the order',
  complained: 'taken for spam by the recipient',
  withdrawn: 'no longer needed',
};

export async function listStatus(cli: Cli): Promise<void> {
  const { day, all } = await withCore(cli, async ({ store, clock }) => ({
    day: await store.messageCounts({ since: new Date(clock.now().getTime() - DAY_MS) }),
    all: await store.messageCounts({ since: null }),
  }));
  if (all.length === 0) return cli.print('No mail has been written yet.');
  const paint = paintFor(cli);
  const rows = MESSAGE_STATUSES.flatMap((status) => {
    const count = (of: typeof all) => of.find((line) => line.status === status)?.count ?? 0;
    const words = status === 'failed' || status === 'bounced' ? paint.yellow(status) : status;
    return count(all) === 0 ? [] : [[words, String(count(day)), String(count(all)), MEANINGS[status]]];
  });
  const columns = [
    { heading: 'STATUS' },
    { heading: 'LAST DAY', align: 'right' as const },
    { heading: 'ALL', align: 'right' as const },
    { heading: 'MEANS' },
  ];
  cli.print(table(cli, columns, rows));
}
