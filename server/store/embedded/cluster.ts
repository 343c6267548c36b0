import { randomBytes } from 'node:crypto';
import {
  appendFile,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { exists, type Place } from './place.ts';
import { run, runDetached } from './run.ts';

export const SUPERUSER = 'keybank';

const MAX_LOG_BYTES = 1_000_000;
const MINUTE = 60_000;

interface Tuning {
  durable: boolean;
  maxConnections: number;
}

/**
 * Makes the cluster beside its place and moves it there as a whole: of two processes that start at the same moment
 * one wins the move and the other uses the winner's, and one that is killed half-way leaves no half a database.
 */
export async function makeCluster(place: Place, binaries: Binaries, tuning: Tuning): Promise<void> {
  const stage = await mkdtemp(`${place.folder}.new-`);
  await sweepStages(dirname(stage), (await stat(stage)).mtimeMs - 10 * MINUTE);
  try {
    const data = join(stage, 'data');
    await writeFile(join(stage, 'password'), randomBytes(24).toString('base64url'), { mode: 0o600 });
    await mkdir(data, { mode: 0o700 });
    await giveTo(place, [stage, data, join(stage, 'password')]);
    await run(join(binaries.folder, 'initdb'), initArguments(stage, binaries.major, tuning), {
      account: place.account,
      cwd: stage,
    });
    await appendFile(join(data, 'postgresql.conf'), `\ninclude_if_exists = 'keybank.conf'\n`);
    await rename(stage, place.folder);
  } catch (error) {
    await rm(stage, { recursive: true, force: true });
    if (!(await exists(place.folder))) throw error;
  }
}

/** What processes that were killed half-way left behind. */
async function sweepStages(folder: string, untilMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.includes('.new-') || (await stat(path)).mtimeMs > untilMs) continue;
    await rm(path, { recursive: true, force: true });
  }
}

function initArguments(stage: string, major: number, { durable }: Tuning): string[] {
  return [
    ...['-D', join(stage, 'data'), '-U', SUPERUSER, `--pwfile=${join(stage, 'password')}`],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'],
    // Sorts by bytes as C does, but knows upper and lower case beyond ASCII: a search for é finds É.
    ...(major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
    ...(durable ? [] : ['--no-sync']),
  ];
}

/** False when the server did not come up, be it that another process was starting it too. */
export async function startCluster(place: Place, binaries: Binaries, tuning: Tuning): Promise<boolean> {
  const data = join(place.folder, 'data');
  const log = join(place.folder, 'server.log');
  const port = await choosePort(data);
  await replaceFile(place, join(data, 'keybank.conf'), settings(port, tuning));
  if (((await stat(log).catch(() => undefined))?.size ?? 0) > MAX_LOG_BYTES) await rm(log);
  await appendFile(log, '', { mode: 0o600 });
  await giveTo(place, [log]);
  const args = ['start', '-w', '-t', '60', '-D', data, '-l', log];
  const surroundings = { account: place.account, cwd: place.folder };
  return (await runDetached(join(binaries.folder, 'pg_ctl'), args, log, surroundings)) === 0;
}

export async function stopCluster(place: Place, binaries: Binaries): Promise<void> {
  const args = ['stop', '-m', 'fast', '-w', '-t', '60', '-D', join(place.folder, 'data')];
  await run(join(binaries.folder, 'pg_ctl'), args, { account: place.account, cwd: place.folder });
}

/** The end of the server's own log, to explain why it did not start. */
export async function logTail(place: Place): Promise<string> {
  const text = await readFile(join(place.folder, 'server.log'), 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-8).join('\n');
}

function settings(port: number, { durable, maxConnections }: Tuning): string {
  const lines = [
    `port = ${port}`,
    `listen_addresses = '127.0.0.1'`,
    `unix_socket_directories = ''`,
    `max_connections = ${maxConnections}`,
    `shared_buffers = 128MB`,
    `timezone = 'UTC'`,
    `log_timezone = 'UTC'`,
    // SECURITY: an error names the value that broke a rule, and that value may be a license key.
    `log_error_verbosity = terse`,
    `log_min_messages = log`,
    `log_min_error_statement = panic`,
    `log_checkpoints = off`,
    // Commits still leave the process, so that even this server may be killed; only a power cut may not come.
    ...(durable ? [] : ['fsync = off', 'full_page_writes = off']),
  ];
  return `# Written at each start by keybank; change postgresql.conf below its last line instead.\n${lines.join('\n')}\n`;
}

/** The port of the last time, if it is free: bookmarks and open psql windows stay good. */
async function choosePort(data: string): Promise<number> {
  const last = /^port = (\d+)$/m.exec(await readFile(join(data, 'keybank.conf'), 'utf8').catch(() => ''));
  return last ? await tryPort(Number(last[1])).catch(() => tryPort(0)) : await tryPort(0);
}

function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      const found = typeof address === 'object' && address ? address.port : port;
      probe.close(() => resolve(found));
    });
  });
}

async function replaceFile(place: Place, file: string, text: string): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, text, { mode: 0o600 });
  await giveTo(place, [fresh]);
  await rename(fresh, file);
}

async function giveTo({ account }: Place, paths: string[]): Promise<void> {
  for (const path of paths) if (account) await chown(path, account.uid, account.gid);
}
