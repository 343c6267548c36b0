import { openCoreApp } from '../../server/app.ts';
import type { Cli } from '../../server/cli/cli.ts';
import { run } from '../../server/cli/run.ts';
import type { Config } from '../../server/config.ts';
import { silentLog } from '../../server/log.ts';

export interface Outcome {
  status: number;
  /** On standard output and, in between, on standard error. */
  printed: string;
  failed: string;
}

type Voice = (text: string) => void;

/** Runs a command in this process; answers its exit status. */
export async function statusOfCommand(
  config: Config,
  line: string[],
  say: { print: Voice; note: Voice; fail: Voice },
  stdin = '',
): Promise<number> {
  let wished = 0;
  const cli: Cli = {
    config: () => config,
    open: () => openCoreApp(config, silentLog),
    print: say.print,
    note: say.note,
    exitWith: (status) => void (wished = status),
    stdin: (async function* () {
      yield new TextEncoder().encode(stdin);
    })(),
    isTerminal: false,
    onSignal: () => {},
  };
  const status = await run(cli, line, { fail: say.fail, debug: false });
  return status || wished;
}

export async function runCommand(config: Config, line: string[], stdin = ''): Promise<Outcome> {
  const printed: string[] = [];
  const failed: string[] = [];
  const print = (text: string) => void printed.push(text);
  const fail = (text: string) => void failed.push(text);
  const status = await statusOfCommand(config, line, { print, note: print, fail }, stdin);
  return { status, printed: printed.join('\n'), failed: failed.join('\n') };
}
