import type { Command } from 'commander';
import { valueOf } from '../errors.ts';
import { listImports } from '../keys/list-imports.ts';
import { undoImport, type UndoneImport } from '../keys/undo-import.ts';
import { withCore, type Cli } from './cli.ts';
import { count, table } from './table.ts';

export function addUndoCommands(keys: Command, cli: Cli): void {
  keys
    .command('imports')
    .description('what was imported, newest first, and what became of it')
    .option('--cursor <mark>', 'the next page, as the page before names it')
    .action((options: { cursor?: string }) => list(cli, options.cursor));
  keys
    .command('undo-import')
    .description('take an import’s unsold keys out of stock for good; stops one that still runs')
    .argument('<import id>', 'as "keys imports" names it')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .option('--dry-run', 'say what would happen, change nothing')
    .action((id: string, options: { reason: string; dryRun?: boolean }) => undo(cli, id, options));
}

async function list(cli: Cli, cursor: string | undefined): Promise<void> {
  const { imports, next } = await withCore(cli, async (core) => valueOf(await listImports(core, { cursor })));
  if (imports.length === 0) return cli.print('No keys were imported yet.');
  const columns = [
    ...['IMPORT', 'WHEN (UTC)', 'BY', 'SKU', 'FROM'].map((heading) => ({ heading })),
    ...['ADDED', 'FREE', 'ASSIGNED', 'ON HOLD', 'REVOKED', 'TAKEN OUT'].map((heading) => ({
      heading,
      align: 'right' as const,
    })),
  ];
  const rows = imports.map(({ importId, createdAt, actor, sku, origin, added, removed, now }) => [
    ...[importId, createdAt.slice(0, 16).replace('T', ' '), actor, sku, origin || '–'],
    ...[added, now?.available, now?.assigned, now?.held, now?.revoked, removed].map((number) =>
      String(number ?? '–'),
    ),
  ]);
  cli.print(table(cli, columns, rows));
  if (next !== undefined) cli.note(`There is more: add --cursor ${next}`);
}

async function undo(
  cli: Cli,
  importId: string,
  options: { reason: string; dryRun?: boolean },
): Promise<void> {
  const { reason, dryRun = false } = options;
  const undone = await withCore(cli, async (core) =>
    valueOf(await undoImport(core.rpc, { importId, reason, dryRun, actor: 'cli' })),
  );
  cli.print(undoneText(undone, dryRun));
}

function undoneText({ sku, removed, kept, left }: UndoneImport, dryRun: boolean): string {
  const verb = dryRun ? 'would be taken' : 'taken';
  const stays = [
    ...(kept.assigned > 0 ? [`${count(kept.assigned, 'key')} sold`] : []),
    ...(kept.held > 0
      ? [
          `${count(kept.held, 'key')} on hold until its order is sold or gives it back, which takes it out of stock too`,
        ]
      : []),
    ...(kept.revoked > 0 ? [`${count(kept.revoked, 'key')} revoked`] : []),
  ];
  return [
    `${count(removed, 'unsold key')} of ${sku} ${verb} out of stock.`,
    ...(stays.length > 0 ? [`What stays: ${stays.join(', ')}.`] : []),
    ...(left > 0
      ? [`${count(left, 'free key')} could not be had, somebody has them locked. Run it once more.`]
      : []),
  ].join('\n');
}
