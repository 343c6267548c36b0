import type { Command } from 'commander';
import { ATTENTION_KINDS, attentionList, type AttentionItem } from '../alerts/attention.ts';
import type { Fix } from '../alerts/fixes.ts';
import { reopenAlerts, settleAlerts } from '../alerts/settle-alerts.ts';
import { valueOf } from '../errors.ts';
import { withCore, type Cli } from './cli.ts';
import { count, table } from './table.ts';
import { UsageError } from './usage.ts';

export function addAttentionCommands(program: Command, cli: Cli): void {
  const attention = program.command('attention').description('what a person must see, and what was seen to');
  attention
    .command('list')
    .description('what is open, newest first; orders that wait for stock are in "orders waiting"')
    .option('--kind <kind...>', `of these kinds only: ${ATTENTION_KINDS.join(', ')}`)
    .option('--cursor <mark>', 'the next page, as the page before names it')
    .action((options: { kind?: string[]; cursor?: string }) => list(cli, options));
  attention
    .command('settle')
    .description('take alerts off the list: they have been seen to')
    .argument('<alert ids...>', 'as the list names them')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action((ids: string[], options: { reason: string }) => settle(cli, ids, options.reason));
  attention
    .command('reopen')
    .description('put settled alerts back on the list')
    .argument('<alert ids...>')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action((ids: string[], options: { reason: string }) => reopen(cli, ids, options.reason));
}

async function list(cli: Cli, options: { kind?: string[]; cursor?: string }): Promise<void> {
  const wrong = options.kind?.find((word) => !ATTENTION_KINDS.some((kind) => kind === word));
  if (wrong !== undefined)
    throw new UsageError(`There is no kind ${wrong}. There are: ${ATTENTION_KINDS.join(', ')}.`);
  const kinds = options.kind && ATTENTION_KINDS.filter((kind) => options.kind?.includes(kind));
  const { items, next } = await withCore(cli, async (core) =>
    valueOf(await attentionList(core, { kinds, cursor: options.cursor })),
  );
  if (items.length === 0 && next === undefined) return cli.print('Nothing needs a person.');
  const columns = ['ALERT', 'SINCE (UTC)', 'KIND', 'ORDER', 'WHAT', 'TO DO'].map((heading) => ({ heading }));
  const rows = items.map((item) => [
    String(item.alertId),
    item.since.slice(0, 16).replace('T', ' '),
    item.kind,
    item.orderId ?? '–',
    whatOf(item),
    commandOf(item.fixes[0]),
  ]);
  cli.print(table(cli, columns, rows));
  if (next !== undefined) cli.note(`There is more: add --cursor ${next}`);
}

function whatOf({ detail, order, message }: AttentionItem): string {
  const state = order ? [order.reason ?? order.status] : [];
  return [detail, ...state, ...(message ? [`mail ${message.messageId} ${message.status}`] : [])].join('; ');
}

/** What to type for the best fix; settling comes last anyway. */
function commandOf(fix: Fix | undefined): string {
  switch (fix?.do) {
    case 'map':
      return `products map --source ${fix.item.source}${siteOf(fix.item)} --${fix.item.kind} ${fix.item.itemId} …`;
    case 'correct-address':
      return `orders correct ${fix.orderId} --email ADDRESS …`;
    case 'retry-mail':
      return `mail retry ${fix.messageId} …`;
    case 'replay':
      return fix.deliveryId === null
        ? `orders replay ${fix.orderId ?? 'ORDER'} …`
        : `deliveries replay ${fix.deliveryId} …`;
    case 'revoke-key':
      return `keys revoke ${fix.keyId} …`;
    case 'settle':
    case undefined:
      return 'attention settle …';
  }
}

function siteOf({ site }: { site: string }): string {
  return site === '' ? '' : ` --site ${site}`;
}

async function settle(cli: Cli, words: string[], reason: string): Promise<void> {
  const alertIds = idsOf(words);
  const { settled } = await withCore(cli, async (core) =>
    valueOf(await settleAlerts(core.rpc, { alertIds, reason, actor: 'cli' })),
  );
  cli.print(
    settled.length === 0
      ? 'They were settled before.'
      : `Settled: ${count(settled.length, 'alert')} (${settled.join(', ')}).`,
  );
}

async function reopen(cli: Cli, words: string[], reason: string): Promise<void> {
  const alertIds = idsOf(words);
  const { reopened, over } = await withCore(cli, async (core) =>
    valueOf(await reopenAlerts(core.rpc, { alertIds, reason, actor: 'cli' })),
  );
  if (over.length > 0) cli.note(`These have settled themselves, and stay off the list: ${over.join(', ')}.`);
  cli.print(
    reopened.length === 0
      ? 'Nothing was put back on the list.'
      : `Back on the list: ${count(reopened.length, 'alert')} (${reopened.join(', ')}).`,
  );
}

function idsOf(words: string[]): number[] {
  const wrong = words.find((word) => !/^\d{1,15}$/.test(word));
  if (wrong !== undefined)
    throw new UsageError('An alert is named by its number; "attention list" shows it.');
  if (words.length > 100) throw new UsageError('At most 100 alerts at once.');
  return words.map(Number);
}
