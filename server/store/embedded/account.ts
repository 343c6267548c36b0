import { stat } from 'node:fs/promises';
import { run, succeeds, type Account } from './run.ts';

const OWN_ACCOUNT = 'keybank-db';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Who owns the folder; undefined when that is the account we run as ourselves. */
export async function ownerOf(folder: string): Promise<Account | undefined> {
  const { uid, gid } = await stat(folder);
  return !process.getuid || uid === process.getuid() ? undefined : { uid, gid };
}

/**
 * The account for a new database when we are root: PostgreSQL refuses to run as root. In this order: the
 * customary one, one of our own (made when it is missing), the one that owns nothing.
 */
export async function chooseAccount(): Promise<Account> {
  return (
    (await lookUp('postgres')) ??
    (await lookUp(OWN_ACCOUNT)) ??
    (await makeOwn()) ??
    (await lookUp('nobody')) ??
    fail()
  );
}

/** Whether the account can enter the folder, asked of the system itself: it knows about access lists and mounts. */
export async function canEnter(account: Account, folder: string): Promise<boolean> {
  return succeeds('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { account, cwd: '/' });
}

async function lookUp(name: string): Promise<Account | undefined> {
  try {
    const uid = await run('id', ['-u', name], AS_WE_ARE);
    const gid = await run('id', ['-g', name], AS_WE_ARE);
    // macOS prints nobody's -2 as 4294967294; Node takes a signed number.
    return { uid: Number(uid) | 0, gid: Number(gid) | 0 };
  } catch {
    return undefined;
  }
}

async function makeOwn(): Promise<Account | undefined> {
  const ways = [
    [
      '/usr/sbin/useradd',
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      OWN_ACCOUNT,
    ],
    ['/usr/sbin/adduser', '-S', '-D', '-H', OWN_ACCOUNT],
  ];
  for (const [program = '', ...args] of ways) {
    if (await succeeds(program, args, AS_WE_ARE)) return lookUp(OWN_ACCOUNT);
  }
  return undefined;
}

function fail(): never {
  throw new Error(
    'embedded PostgreSQL cannot run as root, and this machine has no account "postgres" or "nobody" to run it as; ' +
      'start keybank as an ordinary user or set DATABASE_URL=…',
  );
}

const AS_WE_ARE = { account: undefined, cwd: '/' };
