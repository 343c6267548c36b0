import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a shell line when this process ends, however it ends: a little shell of its own session waits on a pipe that
 * the system closes with us, even after kill -9. Returns a function that runs it now.
 */
export function whenWeEnd(line: string, ...args: string[]): () => Promise<void> {
  const keeper = spawn('/bin/sh', ['-c', `read -r _; ${line}`, 'keeper', ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Windows has no such shell; there a killed run leaves its temporary folder behind.
  const ended = once(keeper, 'exit').catch(() => undefined);
  keeper.unref();
  keeper.stdin.on('error', () => undefined);
  return async () => {
    keeper.ref();
    keeper.stdin.end();
    await ended;
  };
}
