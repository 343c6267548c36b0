import type { CoreApp } from '../app.ts';
import type { Config } from '../config.ts';

/** What a command may do to the outside; main.ts makes the real one, tests their own. */
export interface Cli {
  /** Reads the environment; throws a ConfigError. */
  config(): Config;
  /** Opens the database and the use-cases. */
  open(): Promise<CoreApp>;
  print(text: string): void;
  /** For people only: progress and remarks, never a result. */
  note(text: string): void;
  exitWith(status: 0 | 1): void;
  stdin: AsyncIterable<Uint8Array>;
  /** Result and remarks go to a terminal: colours and bars are welcome. */
  isTerminal: boolean;
  onSignal(stop: (signal: string) => void): void;
}

/** Runs a command on an open service, and closes it whatever comes. */
export async function withCore<T>(cli: Cli, work: (core: CoreApp) => Promise<T>): Promise<T> {
  const core = await cli.open();
  try {
    return await work(core);
  } finally {
    await core.close();
  }
}
