import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { valueOf } from '../errors.ts';
import type { ImportReport } from '../keys/import-report.ts';
import { importKeys } from '../keys/import.ts';
import { withCore, type Cli } from './cli.ts';
import { addKeyActs } from './keys-acts.ts';
import { addUndoCommands } from './keys-undo.ts';
import { openProgressBar, type ProgressBar } from './progress-bar.ts';
import { count, paintFor } from './table.ts';
import { UsageError } from './usage.ts';

interface Options {
  sku: string;
  dryRun?: boolean;
  column?: string;
  reason?: string;
}

export function addKeysCommands(program: Command, cli: Cli): void {
  const keys = program.command('keys').description('the stock of license keys');
  keys
    .command('import')
    .description('bring keys into stock from a file: one key a line, or a table (CSV)')
    .argument('<file>', 'the file, or - for standard input')
    .requiredOption('--sku <sku>', 'the product the keys are of; made with its first key')
    .option('--dry-run', 'say what would happen, change nothing')
    .option('--column <name or number>', 'the column of the keys, when the heading does not say it')
    .option('--reason <text>', 'kept in the audit trail; left out, that says where the keys come from')
    .action((file: string, options: Options) => importFile(cli, file, options));
  addUndoCommands(keys, cli);
  addKeyActs(keys, cli);
}

async function importFile(cli: Cli, file: string, options: Options): Promise<void> {
  const found = file === '-' ? null : await stat(file);
  if (found?.isDirectory()) throw new UsageError(`${file} is a folder. Name the file that holds the keys.`);
  const bar = openProgressBar(cli, found?.size ?? 0, 'bytes');
  const report = await withCore(cli, async (core) =>
    valueOf(
      await importKeys(core.rpc, {
        sku: options.sku,
        lines: counted(file === '-' ? cli.stdin : createReadStream(file), bar),
        dryRun: options.dryRun ?? false,
        column: options.column ?? null,
        reason: options.reason,
        actor: 'cli',
        origin: file === '-' ? 'standard input' : basename(file),
      }),
    ),
  ).finally(() => bar.stop());
  cli.print(reportText(cli, report));
  const allInvalid = report.added === 0 && report.duplicateTotal === 0 && report.invalidTotal > 0;
  cli.exitWith(allInvalid ? 1 : 0);
}

async function* counted(
  pieces: AsyncIterable<string | Uint8Array>,
  bar: ProgressBar,
): AsyncGenerator<string | Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    yield piece;
    bytes += piece.length;
    bar.update(bytes);
  }
}

const SHOWN = 100;

export function reportText(cli: { isTerminal: boolean }, report: ImportReport): string {
  const paint = paintFor(cli);
  const { sku, added, duplicateTotal, invalidTotal } = report;
  const verb = report.dryRun ? 'would be added' : 'added';
  const isNew = added > 0 ? 'a new product' : 'which is no product, and none was made';
  const product = report.newProduct ? `${sku}, ${isNew}` : sku;
  const duplicates = report.duplicates.map(({ line, of, firstLine, sku: other }) =>
    of === 'file'
      ? `line ${line}: the same key as in line ${firstLine}`
      : `line ${line}: already in stock${other === sku ? '' : ` as ${other}`}`,
  );
  const invalid = report.invalid.map(({ line, why }) => `line ${line}: ${why}`);
  return [
    ...readAs(report),
    paint.green(`${count(added, 'key')} ${verb} (${product}).`),
    ...section(paint.yellow(count(duplicateTotal, 'duplicate')), duplicates, duplicateTotal),
    ...section(paint.red(`${count(invalidTotal, 'line')} refused`), invalid, invalidTotal),
  ].join('\n');
}

function readAs({ format }: ImportReport): string[] {
  if (format === null) return ['The file holds no keys.'];
  if (format.kind === 'lines') return [];
  const marks = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' };
  return [`Read as a table with ${marks[format.delimiter]}; the keys are in column ${format.column + 1}.`];
}

function section(heading: string, lines: string[], total: number): string[] {
  if (total === 0) return [];
  const shown = lines.slice(0, SHOWN).map((line) => `  ${line}`);
  return [`${heading}:`, ...shown, ...(total > shown.length ? [`  … and ${total - shown.length} more`] : [])];
}
