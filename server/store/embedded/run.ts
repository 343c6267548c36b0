import { execFile, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

/** An operating-system account to run a program under. */
export interface Account {
  uid: number;
  gid: number;
}

interface Surroundings {
  account: Account | undefined;
  /** A folder that the account can enter: PostgreSQL's programs look up where they stand. */
  cwd: string;
}

/** Everything else of ours stays behind: tokens and passwords in our environment are not the database's business. */
const BARE_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

function options({ account, cwd }: Surroundings) {
  return {
    cwd,
    ...(account && { uid: account.uid, gid: account.gid }),
    ...(process.platform !== 'win32' && { env: BARE_ENVIRONMENT }),
  };
}

/** Runs a program to its end and returns what it printed; throws with its complaint when it fails. */
export async function run(file: string, args: string[], surroundings: Surroundings): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { ...options(surroundings), encoding: 'utf8' });
  return stdout;
}

export async function succeeds(file: string, args: string[], surroundings: Surroundings): Promise<boolean> {
  return run(file, args, surroundings).then(
    () => true,
    () => false,
  );
}

/**
 * Runs a program that leaves a server behind. Its output goes to a file, because a pipe would be inherited by the
 * server and never close; and it gets a process group of its own, so that Ctrl-C in the terminal does not reach it.
 */
export async function runDetached(file: string, args: string[], logFile: string, surroundings: Surroundings) {
  const log = await open(logFile, 'a', 0o600);
  try {
    return await new Promise<number | null>((resolve, reject) => {
      const child = spawn(file, args, {
        ...options(surroundings),
        detached: true,
        windowsHide: true,
        stdio: ['ignore', log.fd, log.fd],
      });
      child.on('error', reject);
      child.on('exit', resolve);
    });
  } finally {
    await log.close();
  }
}
