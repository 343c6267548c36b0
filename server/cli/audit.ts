import { open, rm, type FileHandle } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { exportAudit } from '../audit/export-audit.ts';
import { listAudit, type WantedLines } from '../audit/list-audit.ts';
import { valueOf } from '../errors.ts';
import { withCore, type Cli } from './cli.ts';
import { table } from './table.ts';
import { UsageError } from './usage.ts';

interface Options {
  order?: string;
  subject?: string;
  actor?: string;
  action?: string;
  since?: string;
  until?: string;
}

export function addAuditCommands(program: Command, cli: Cli): void {
  const audit = program.command('audit').description('who did what, when and why');
  withFilter(audit.command('list'))
    .description('the audit trail, newest first')
    .option('--cursor <mark>', 'the next page, as the page before names it')
    .action((options: Options & { cursor?: string }) => list(cli, options));
  withFilter(audit.command('export'))
    .description('the audit trail as CSV that is safe to open in a spreadsheet')
    .option('--out <file>', 'write it to a new file that its owner alone may read')
    .action((options: Options & { out?: string }) => exportTrail(cli, options));
}

function withFilter(command: Command): Command {
  const time = 'a day, 2026-11-22, or a time with its zone, 2026-11-22T20:06:00Z';
  return command
    .addOption(new Option('--order <order id>', 'of this order, e.g. amelia:13').conflicts('subject'))
    .option('--subject <subject>', 'of this subject, e.g. sku:COURSE-A')
    .option('--actor <actor>', 'by this actor: staff:2, cli, webhook, mail, job, …')
    .option('--action <action>', 'of this action, e.g. order.resent')
    .option('--since <time>', `at this time or later: ${time}`)
    .option('--until <time>', 'before this time');
}

function wanted({ order: orderId, subject, actor, action, since, until }: Options): WantedLines {
  return { orderId, subject, actor, action, since, until };
}

async function list(cli: Cli, options: Options & { cursor?: string }): Promise<void> {
  const asked = { ...wanted(options), cursor: options.cursor };
  const { lines, next } = await withCore(cli, async (core) => valueOf(await listAudit(core, asked)));
  if (lines.length === 0) return cli.print('No line fits.');
  const headings = ['WHEN (UTC)', 'WHO', 'ACTION', 'ON', 'FROM', 'TO', 'WHY'];
  const rows = lines.map((line) => [
    line.at.slice(0, 19).replace('T', ' '),
    line.actorName === null ? line.actor : `${line.actor} (${line.actorName})`,
    line.action,
    line.orderId ?? line.subject,
    line.from ?? '–',
    line.to ?? '–',
    line.reason,
  ]);
  cli.print(
    table(
      cli,
      headings.map((heading) => ({ heading })),
      rows,
    ),
  );
  if (next !== undefined) cli.note(`There is more: add --cursor ${next}`);
}

async function exportTrail(cli: Cli, options: Options & { out?: string }): Promise<void> {
  const { out } = options;
  // First, so that a name that is taken costs nothing.
  const file = out === undefined ? null : await newFile(out);
  try {
    // Spreadsheets take a file without this mark for another alphabet's.
    await file?.write('\ufeff');
    await withCore(cli, async (core) => {
      for (let cursor: string | undefined; ;) {
        const { csv, next }: { csv: string; next?: string } = valueOf(
          await exportAudit(core, { ...wanted(options), cursor }),
        );
        if (file) await file.write(csv);
        else cli.print(csv.trimEnd());
        if (next === undefined) break;
        cursor = next;
      }
    });
  } catch (error) {
    if (out !== undefined) await rm(out, { force: true });
    throw error;
  } finally {
    await file?.close();
  }
  if (out !== undefined) cli.print(`The audit trail is in ${out}.`);
}

/** SECURITY: it speaks of people; nobody else reads it, and no file or link that is there already is written to. */
async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(`${path} is there already. Name a new file.`);
    throw error;
  }
}
