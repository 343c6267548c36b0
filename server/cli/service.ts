import type { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { openDatabase } from '../database.ts';
import { silentLog, type Log } from '../log.ts';
import { serve } from '../serve.ts';
import type { Cli } from './cli.ts';
import { runDemo } from './demo.ts';
import { openProgressBar, type ProgressBar } from './progress-bar.ts';
import { tryBooking, type TryInput } from './try.ts';
import { wholeNumber } from './usage.ts';

/** The commands that run the service itself. */
export function addServiceCommands(program: Command, cli: Cli): void {
  program
    .command('serve')
    .description('run the service')
    .action(() => serve(cli.config(), cli));
  program
    .command('demo')
    .description('show the whole job with sample data in a temporary folder')
    .action(() => demo(cli));
  program
    .command('migrate')
    .description('bring the database to this version')
    .action(() => migrate(cli));
  program
    .command('try')
    .description('send a sample Amelia booking to the running server')
    .option('--service <number>', 'the service it books', wholeNumber(1, 999_999_999), 1)
    .option('--email <address>', 'who books', 'ada@example.com')
    .option('--persons <number>', 'for how many', wholeNumber(1, 50), 1)
    .action(async (options: TryInput) =>
      cli.print(await tryBooking(cli.config(), options, systemClock.now())),
    );
}

async function migrate(cli: Cli): Promise<void> {
  const log: Log = {
    ...silentLog,
    info: (event, fields) => {
      if (event === 'store.note' && fields && 'what' in fields) cli.print(String(fields.what));
    },
  };
  const database = await openDatabase(cli.config(), log);
  const { version } = database.store;
  await database.close();
  cli.print(`The database is up to date (${version}).`);
}

async function demo(cli: Cli): Promise<void> {
  let bar: ProgressBar | null = null;
  await runDemo({
    isTerminal: cli.isTerminal,
    print: (text) => cli.print(text),
    progress(done, of) {
      bar ??= openProgressBar(cli, of, 'bookings');
      bar.update(done);
      if (done >= of) bar.stop();
    },
    untilStopped: () => new Promise((resolve) => cli.onSignal(() => resolve())),
  });
}
