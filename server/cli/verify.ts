import type { Command } from 'commander';
import { verifyAll } from '../audit/verify.ts';
import type { PromiseCount } from '../store/rows.ts';
import { withCore, type Cli } from './cli.ts';
import { count, paintFor } from './table.ts';

export function addVerifyCommand(program: Command, cli: Cli): void {
  program
    .command('verify')
    .description('check every promise in the database; exit status 1 when one is broken')
    .action(() => verify(cli));
}

async function verify(cli: Cli): Promise<void> {
  const promises = await withCore(cli, (core) => verifyAll(core.store));
  const broken = promises.filter(({ violations }) => violations > 0).length;
  const paint = paintFor(cli);
  for (const promise of promises) cli.print(promiseText(cli, promise));
  cli.print(
    broken === 0
      ? paint.green(`\nAll ${promises.length} promises are kept.`)
      : paint.red(`\n${broken} of ${promises.length} promises ${broken === 1 ? 'is' : 'are'} broken.`),
  );
  cli.exitWith(broken === 0 ? 0 : 1);
}

function promiseText(cli: Cli, { promise, checked, violations, examples }: PromiseCount): string {
  const paint = paintFor(cli);
  const looked = paint.dim(`${checked.toLocaleString('en-US')} checked`);
  if (violations === 0) return `${paint.green('kept  ')}  ${promise} (${looked})`;
  const broken = `${count(violations, 'case')}, e.g. ${examples.join(', ')}`;
  return `${paint.red('BROKEN')}  ${promise} (${looked}): ${broken}`;
}
