import { Option, type Command } from 'commander';
import { SOURCES } from '../../shared/booking-event.ts';
import { RECEIPT_STATUSES, type ReceiptStatus } from '../../shared/statuses.ts';
import { valueOf } from '../errors.ts';
import { countReplay } from '../orders/count-replay.ts';
import type { WantedDeliveries } from '../orders/delivery-filter.ts';
import { listDeliveries } from '../orders/list-deliveries.ts';
import { replayMany, type ReplayedPage } from '../orders/replay-many.ts';
import { readReason } from '../staff/reason.ts';
import { withCore, type Cli } from './cli.ts';
import { openProgressBar } from './progress-bar.ts';
import { count, table } from './table.ts';

interface Filter {
  verdict?: string[];
  source?: string;
  site?: string;
  since?: string;
  until?: string;
}

export function addInboxCommands(deliveries: Command, cli: Cli): void {
  withFilter(deliveries.command('list'))
    .description('what was delivered, newest first')
    .option('--replays', 'with those that staff read again')
    .option('--cursor <mark>', 'the next page, as the page before names it')
    .action((options: Filter & { replays?: boolean; cursor?: string }) => list(cli, options));
  withFilter(deliveries.command('replay-many'))
    .description('read many stored deliveries again, oldest first; says how many, and runs with --yes')
    .requiredOption('--reason <text>', 'kept in the audit trail, and with each replay')
    .option('--yes', 'run it')
    .action((options: Filter & { reason: string; yes?: boolean }) => replay(cli, options));
}

function withFilter(command: Command): Command {
  const time = 'a day, 2026-11-22, or a time with its zone, 2026-11-22T20:06:00Z';
  return command
    .addOption(new Option('--verdict <word...>', 'answered with one of these').choices(RECEIPT_STATUSES))
    .addOption(new Option('--source <plugin>', 'from this booking plugin').choices(SOURCES))
    .option('--site <slug>', 'of this site; "" is the main one')
    .option('--since <time>', `received at this time or later: ${time}`)
    .option('--until <time>', 'received before this time');
}

function wanted({ verdict, source, ...rest }: Filter): WantedDeliveries {
  const words = verdict && RECEIPT_STATUSES.filter((word) => verdict.includes(word));
  return { verdict: words, source: SOURCES.find((plugin) => plugin === source), ...rest };
}

async function list(cli: Cli, options: Filter & { replays?: boolean; cursor?: string }): Promise<void> {
  const asked = { ...wanted(options), replays: options.replays, cursor: options.cursor };
  const { deliveries, next } = await withCore(cli, async (core) =>
    valueOf(await listDeliveries(core, asked)),
  );
  if (deliveries.length === 0) return cli.print('No delivery fits.');
  const columns = ['DELIVERY', 'RECEIVED (UTC)', 'FROM', 'VERDICT', 'ORDERS', 'REMARK'];
  const rows = deliveries.map((one) => [
    one.deliveryId,
    one.receivedAt.slice(0, 19).replace('T', ' '),
    `${one.source}${one.site === '' ? '' : `@${one.site}`}`,
    one.verdict,
    one.orders.map((order) => order.orderId).join(' ') || '–',
    one.flag || '–',
  ]);
  cli.print(
    table(
      cli,
      columns.map((heading) => ({ heading })),
      rows,
    ),
  );
  if (next !== undefined) cli.note(`There is more: add --cursor ${next}`);
}

async function replay(cli: Cli, options: Filter & { reason: string; yes?: boolean }): Promise<void> {
  const reason = valueOf(readReason(options.reason));
  await withCore(cli, async ({ rpc }) => {
    const counted = valueOf(await countReplay(rpc, wanted(options)));
    const until = counted.filter.until.slice(0, 19).replace('T', ' ');
    cli.print(`${count(counted.count, 'delivery', 'deliveries')} received before ${until} UTC.`);
    if (counted.count === 0) return;
    if (options.yes !== true)
      return cli.print('Nothing was read again. The same command with --yes does it.');
    const bar = openProgressBar(cli, counted.count, 'deliveries');
    const words = new Map<ReceiptStatus, number>();
    let replayed = 0;
    try {
      for (let cursor: string | undefined; ;) {
        const page: ReplayedPage = valueOf(
          await replayMany(rpc, { ...counted, reason, actor: 'cli', cursor }),
        );
        for (const { status, count: more } of page.outcomes)
          words.set(status, (words.get(status) ?? 0) + more);
        replayed += page.replayed;
        bar.update(replayed);
        if (page.next === undefined) break;
        cursor = page.next;
      }
    } finally {
      bar.stop();
    }
    const outcomes = [...words].map(([status, number]) => `${number} ${status}`).join(', ');
    cli.print(`${count(replayed, 'delivery', 'deliveries')} read again: ${outcomes}.`);
  });
}
