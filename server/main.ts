import { existsSync } from 'node:fs';
import { openCoreApp, type CoreApp } from './app.ts';
import type { Cli } from './cli/cli.ts';
import { run } from './cli/run.ts';
import { parseConfig } from './config.ts';
import { openLog } from './log.ts';
import { keepAlive } from './timers.ts';

// The only place that reads the environment and the command line.

if (existsSync('.env')) process.loadEnvFile('.env');

const isTerminal = process.stdout.isTTY === true && process.stderr.isTTY === true;
let status = 0;

const cli: Cli = {
  config: () => parseConfig(process.env),
  open: openQuietly,
  print: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
  exitWith: (wished) => void (status = wished),
  stdin: process.stdin,
  isTerminal,
  onSignal(stop) {
    // SIGHUP: the terminal was closed.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop(signal));
  },
};

/** For a command: log lines go to standard error, so that a result can be piped, and only what went wrong. */
async function openQuietly(): Promise<CoreApp> {
  const config = parseConfig(process.env);
  const level = config.logLevel === 'info' ? 'error' : config.logLevel;
  const core = await openCoreApp(config, openLog({ level, destination: process.stderr }));
  // Ctrl-C amid an import: what is committed stays, the rest is rolled back, and an embedded server is stopped.
  cli.onSignal(() => {
    cli.note('Stopping; what is done so far stays.');
    void core.close().finally(() => process.exit(130));
  });
  return core;
}

const letGo = keepAlive();
const failed = await run(cli, process.argv.slice(2), {
  fail: (text) => void process.stderr.write(`${text}\n`),
  debug: ['debug', 'trace'].includes(process.env.KEYBANK_LOG_LEVEL ?? ''),
});
letGo();
// A driver may keep a timer of a query whose connection is long gone; all that matters has been closed by now.
const code = failed === 0 ? status : failed;
process.stdout.write('', () => process.exit(code));
