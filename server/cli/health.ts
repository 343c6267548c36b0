import type { Command } from 'commander';
import { readHealth } from '../health/read-health.ts';
import { spellLocks } from '../health/spell-locks.ts';
import { withCore, type Cli } from './cli.ts';
import { paintFor, table } from './table.ts';

export function addHealthCommand(program: Command, cli: Cli): void {
  program
    .command('health')
    .description('how database, servers, mail, orders, stock and sites are; exit status 1 when one is bad')
    .action(() => showHealth(cli));
}

async function showHealth(cli: Cli): Promise<void> {
  const { status, parts } = await withCore(cli, (core) => readHealth(core.rpc));
  const paint = paintFor(cli);
  const words = { ok: paint.green('ok'), warn: paint.yellow('warn'), bad: paint.red('BAD') };
  const columns = ['PART', 'IS', 'WHICH MEANS'].map((heading) => ({ heading }));
  const rows = Object.entries(parts).map(([name, part]) => [name, words[part.status], part.sentence]);
  cli.print(table(cli, columns, rows));
  const { locks } = parts.database.facts ?? {};
  if (locks) cli.print(`\n${spellLocks(locks)}`);
  const servers = parts.instances.facts?.instances ?? [];
  if (servers.length > 0) {
    const headings = ['SERVER', 'VERSION', 'SINCE (UTC)', 'SEEN (UTC)', 'RETRIES'];
    cli.print('');
    cli.print(
      table(
        cli,
        headings.map((heading) => ({ heading })),
        servers.map((one) => [
          one.isSilent ? paint.yellow(`${one.host} (silent)`) : one.host,
          one.version,
          second(one.startedAt),
          second(one.seenAt),
          String(one.retries),
        ]),
      ),
    );
  }
  cli.exitWith(status === 'bad' ? 1 : 0);
}

function second(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}
