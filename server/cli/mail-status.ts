import { MESSAGE_STATUSES, type MessageStatus } from '../../shared/statuses.ts';
import { blamesSettings } from '../mail/classify.ts';
import { readMailStatus } from '../mail/mail-status.ts';
import { withCore, type Cli } from './cli.ts';
import { paintFor, plain, table } from './table.ts';

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
  const { day, status } = await withCore(cli, async ({ store, clock, rpc }) => ({
    day: await store.messageCounts({ since: new Date(clock.now().getTime() - DAY_MS) }),
    status: await readMailStatus(rpc),
  }));
  const all = status.counts;
  if (all.length === 0) return cli.print('No mail has been written yet.');
  const paint = paintFor(cli);
  const rows = MESSAGE_STATUSES.flatMap((name) => {
    const count = (of: typeof all) => of.find((line) => line.status === name)?.count ?? 0;
    const words = name === 'failed' || name === 'bounced' ? paint.yellow(name) : name;
    return count(all) === 0 ? [] : [[words, String(count(day)), String(count(all)), MEANINGS[name]]];
  });
  const columns = [
    { heading: 'STATUS' },
    { heading: 'LAST DAY', align: 'right' as const },
    { heading: 'ALL', align: 'right' as const },
    { heading: 'MEANS' },
  ];
  cli.print(table(cli, columns, rows));
  for (const { code, why, count } of status.refusals)
    cli.print(paint.yellow(`Last answer to ${count} of those to be sent: ${plain(why ?? code)}.`));
  if (!status.refusals.some(blamesSettings)) return;
  cli.print(
    paint.red(
      'The mail settings are wrong, so the queue stands still. Correct KEYBANK_MAIL and restart the server; test it: npx keybank mail send-test ADDRESS. Nothing is lost: what waits then leaves by itself.',
    ),
  );
  cli.exitWith(1);
}
