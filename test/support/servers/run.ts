import { execFile, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** What the program printed, or undefined when it failed or is not there. */
export async function output(program: string, args: string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }))
      .stdout;
  } catch {
    return undefined;
  }
}

/** Runs a program to its end, handing each line it prints to `onLine`; throws with the last lines when it fails. */
export async function runLoudly(
  program: string,
  args: string[],
  onLine: (line: string) => void,
): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      onLine(line);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} failed: ${lines.slice(-6).join(' | ')}`);
}

/** The first of these programs, on the PATH or where servers live beside it. */
export async function findProgram(...names: string[]): Promise<string | undefined> {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/libexec',
  ];
  for (const name of names) {
    for (const folder of folders.filter(Boolean)) {
      const path = join(folder, name);
      const found = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return path;
    }
  }
  return undefined;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
