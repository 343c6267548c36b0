import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitForAnswer } from './ask.ts';
import { MAX_CONNECTIONS, type Server, type ServerOptions } from './engine.ts';
import { whenWeEnd } from './keeper.ts';
import { freePort } from './run.ts';

/** MySQL or MariaDB as programs on this machine. */
export interface Mysqld {
  engine: 'mysql' | 'mariadb';
  /** The program with the arguments it always needs. */
  command: [string, ...string[]];
  initialize(dataDir: string): Promise<void>;
}

/** Both servers refuse to run as root unless told that it is meant. */
export const AS_ROOT = process.getuid?.() === 0 ? ['--user=root'] : [];

/** A server on a new, empty data folder that is gone when the server is. */
export async function runMysqld(mysqld: Mysqld, { log, durable }: ServerOptions): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), `keybank-${mysqld.engine}-`));
  const removed = whenWeEnd('rm -rf "$1"', folder);
  try {
    log('initializing');
    const dataDir = join(folder, 'data');
    await mysqld.initialize(dataDir);
    const { url, stop } = await startMysqld(mysqld, folder, durable);
    return { url, stop: () => stop().finally(removed) };
  } catch (error) {
    await removed();
    throw error;
  }
}

async function startMysqld({ engine, command }: Mysqld, folder: string, durable: boolean): Promise<Server> {
  const password = randomBytes(12).toString('hex');
  const port = await freePort();
  const logFile = join(folder, 'server.log');
  const setup = join(folder, 'setup.sql');
  await writeFile(setup, `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';\n`, { mode: 0o600 });
  const [program, ...fixed] = command;
  const log = await open(logFile, 'a');
  const args = [...fixed, ...AS_ROOT, ...settings(engine, folder, port, durable), `--init-file=${setup}`];
  const child = spawn(program, args, { stdio: ['ignore', log.fd, log.fd], detached: true });
  await log.close();
  let ended: string | undefined;
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, signal) => (ended ??= `ended with ${signal ?? code}`));
  child.unref();
  const stop = whenWeEnd(
    'kill -9 "$1"; rm -rf "$2"; sleep 0.1; rm -rf "$2"',
    String(child.pid ?? ''),
    folder,
  );

  const url = `mysql://root:${password}@127.0.0.1:${port}/mysql`;
  const alive = async () => {
    if (ended === undefined) return;
    const tail = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join(' | ');
    throw new Error(`${program} ${ended}: ${tail}`);
  };
  try {
    await waitForAnswer(engine, url, alive);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

function settings(engine: Mysqld['engine'], folder: string, port: number, durable: boolean): string[] {
  // The path of a socket may have 107 characters, and a temporary folder can be deep.
  const socket = folder.length < 90 ? join(folder, 's') : `/tmp/keybank-${port}.sock`;
  return [
    ...[`--datadir=${join(folder, 'data')}`, `--socket=${socket}`, `--pid-file=${join(folder, 'pid')}`],
    ...['--bind-address=127.0.0.1', `--port=${port}`, `--max-connections=${MAX_CONNECTIONS}`],
    ...['--innodb-buffer-pool-size=256M', '--skip-log-bin', '--character-set-server=utf8mb4'],
    ...(engine === 'mysql' ? ['--mysqlx=OFF', '--secure-file-priv=NULL'] : [`--secure-file-priv=${folder}`]),
    ...(durable ? [] : ['--innodb-flush-log-at-trx-commit=2', '--innodb-doublewrite=OFF', '--sync-binlog=0']),
  ];
}
