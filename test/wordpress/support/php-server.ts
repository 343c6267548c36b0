import { spawn } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { whenWeEnd } from '../../support/servers/keeper.ts';
import type { Php } from '../../support/php/find-php.ts';
import { startFront, type Front } from './front.ts';
import { quietPort } from './quiet-port.ts';

export const ROUTER = fileURLToPath(new URL('./router.php', import.meta.url));

export interface PhpServerOptions {
  php: Php;
  /** Where the logs and settings of the server go. */
  folder: string;
  /** WordPress. */
  root: string;
  /** The address stays the same over restarts. */
  port: number;
  workers: number;
  env: Record<string, string>;
  /** Settings of php.ini. */
  settings: Record<string, string>;
}

export interface PhpServer {
  /** Of PHP-FPM only: what went over the wire, and when each worker was free again. */
  front: Front | null;
  stop(): Promise<void>;
}

/** PHP's own web server: the response ends when the script ends, as on a host without PHP-FPM. */
export async function startCliServer(options: PhpServerOptions): Promise<PhpServer> {
  const { php, port, root, workers, settings } = options;
  const args = [
    '-d',
    'opcache.enable_cli=1',
    ...asArguments(settings),
    '-S',
    `127.0.0.1:${port}`,
    '-t',
    root,
    ROUTER,
  ];
  const env = { ...options.env, ...(workers > 1 ? { PHP_CLI_SERVER_WORKERS: String(workers) } : {}) };
  const stop = await startProgram([...php.cli, ...args], options.folder, env, port);
  return { front: null, stop };
}

/** PHP-FPM behind a small web server of our own: `fastcgi_finish_request()` works, as on most hosts. */
export async function startFpmServer(options: PhpServerOptions): Promise<PhpServer> {
  const { php, folder, root, port, workers, settings, env } = options;
  if (!php.fpm) throw new Error(`there is no PHP-FPM ${php.version} on this machine`);
  const fpmPort = await quietPort();
  const file = join(folder, 'fpm.conf');
  const user = process.getuid?.() === 0 ? ['user = root', 'group = root'] : [];
  const lines = [
    ...['[global]', 'daemonize = no', `error_log = ${join(folder, 'fpm.log')}`, '[www]', ...user],
    ...[
      `listen = 127.0.0.1:${fpmPort}`,
      'pm = static',
      `pm.max_children = ${workers}`,
      'pm.status_path = /fpm-status',
    ],
    ...['clear_env = no', 'catch_workers_output = yes'],
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const command: [string, ...string[]] = [...php.fpm, ...asArguments(settings), '-F', '-y', file];
  const stop = await startProgram(command, folder, env, fpmPort);
  const front = await startFront({ port, fpmPort, root, script: ROUTER });
  return { front, stop: () => front.stop().then(stop) };
}

function asArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-d', `${name}=${value}`]);
}

/** The program and its workers are one process group, which goes when we do. */
async function startProgram(
  [program, ...args]: [string, ...string[]],
  folder: string,
  env: Record<string, string>,
  port: number,
): Promise<() => Promise<void>> {
  const logFile = join(folder, 'server.log');
  const log = await open(logFile, 'a');
  const child = spawn(program, args, { env, stdio: ['ignore', log.fd, log.fd], detached: true });
  await log.close();
  let ended: string | undefined;
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, signal) => (ended ??= `ended with ${signal ?? code}`));
  child.unref();
  const kill = whenWeEnd('kill -9 "-$1"', String(child.pid ?? ''));
  const stop = async () => {
    await kill();
    // The last of the group gives the port back a few milliseconds later.
    for (const deadline = Date.now() + 10_000; (await answers(port)) && Date.now() < deadline;)
      await pause(5);
  };
  for (const deadline = Date.now() + 30_000; !(await answers(port)); await pause(20)) {
    if (ended === undefined && Date.now() < deadline) continue;
    await stop();
    const tail = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-5).join(' | ');
    throw new Error(`${program} ${ended ?? 'does not answer'}: ${tail}`);
  }
  return stop;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}
