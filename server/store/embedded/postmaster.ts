import { readFile, realpath, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type Account } from './run.ts';

interface Postmaster {
  pid: number;
  port: number;
  /** The data folder as the server was told it. */
  data: string;
  raw: string;
}

/** What `postmaster.pid` says about the server of this database; undefined when there is none. */
export async function readPostmaster(folder: string): Promise<Postmaster | undefined> {
  const raw = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, data, , port] = raw.split('\n');
  if (!Number(pid) || !data) return undefined;
  return { pid: Number(pid), port: Number(port) || 0, data, raw };
}

/**
 * - `alive`: the server lives and works on this very folder.
 * - `dead`: no such process; PostgreSQL tidies up after it at the next start.
 * - `stranger`: the number now belongs to another program, as happens after a power cut and in containers; or the
 *   folder is a copy, with the file of its original; or the server was killed and nobody has buried it, as happens in
 *   a container without an init.
 */
export async function judge(folder: string, { pid, data }: Postmaster, account: Account | undefined) {
  if (!isRunning(pid)) return 'dead';
  const ours = await realpath(join(folder, 'data'));
  const asTheServer = { account, cwd: '/' };
  if (process.platform === 'linux') {
    const state = /\) (\w)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))?.[1];
    if (state === 'Z' || state === 'X') return 'stranger';
    // As the server's account: root in a container may not look into the processes of another.
    const cwd = await run('readlink', [`/proc/${pid}/cwd`], asTheServer).catch(() => undefined);
    if (cwd !== undefined) return cwd.trim() === ours ? 'alive' : 'stranger';
  }
  if ((await realpath(data).catch(() => data)) !== ours) return 'stranger';
  if (process.platform === 'win32') return 'alive';
  const program = await run('ps', ['-p', String(pid), '-o', 'comm='], asTheServer).catch(() => 'postgres');
  return program.includes('postgres') ? 'alive' : 'stranger';
}

/** Removes the file of a stranger: PostgreSQL would take it for a server that runs. */
export async function forget(folder: string, postmaster: Postmaster): Promise<void> {
  const now = await readPostmaster(folder);
  if (now?.raw === postmaster.raw)
    await unlink(join(folder, 'data', 'postmaster.pid')).catch(() => undefined);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
