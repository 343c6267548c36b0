import type { Config } from './config.ts';
import { openLog } from './log.ts';
import { greeting } from './greeting.ts';
import { start } from './start.ts';

/** Where the printout goes, and what may end the service. */
export interface ServeDeps {
  /** True for a terminal: only there are tokens shown. */
  isTerminal: boolean;
  print(text: string): void;
  /** Calls back once, with the signal's name. */
  onSignal(stop: (signal: string) => void): void;
}

/** Runs the service until a signal comes; resolves when all is closed. */
export async function serve(config: Config, deps: ServeDeps): Promise<void> {
  const log = openLog({ level: config.logLevel, terminal: deps.isTerminal });
  // Heard from the start: a signal that comes while the database starts must not leave it behind.
  const signalled = new Promise<string>((resolve) => deps.onSignal(resolve));
  const running = await start(config, log);
  deps.print(greeting(running, deps.isTerminal));
  const signal = await signalled;
  log.info('server.stopping', { signal });
  await running.stop();
}
