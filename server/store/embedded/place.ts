import { createHash } from 'node:crypto';
import { access, chmod, chown, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { canEnter, chooseAccount, isRoot, ownerOf } from './account.ts';
import type { Account } from './run.ts';

/** For root, whose data folder may lie where no other account can go. */
const SYSTEM_FOLDER = '/var/lib/keybank';

export interface Place {
  /** Holds `data/` (the cluster itself), `password` and `server.log`; made as a whole or not at all. */
  folder: string;
  /** Under which the server runs; undefined: our own. */
  account: Account | undefined;
  /** Where a copy of the programs may go. */
  copies: string;
  exists: boolean;
  /** Says in the data folder where the database is, when it is elsewhere. */
  leavePointer(): Promise<void>;
}

/** Where the database of this data folder is, or is to be made. */
export async function findPlace(dataDir: string, log: (message: string) => void): Promise<Place> {
  const home = join(resolve(dataDir), 'postgres');
  await makeFolder(resolve(dataDir));
  await makeFolder(home);
  const pointer = join(home, 'location.txt');
  const moved = (await readFile(pointer, 'utf8').catch(() => '')).trim();
  const known = moved || join(home, 'cluster');
  const base = { copies: isRoot() ? SYSTEM_FOLDER : home, leavePointer: () => Promise.resolve() };

  if (await exists(known)) {
    const account = await ownerOf(known);
    await assertUsable(known, account);
    return { ...base, folder: known, account, exists: true };
  }
  if (moved) {
    // SECURITY: an empty database in the place of one that is out of reach would sell sold keys again.
    throw new Error(`${pointer} says that the database is in ${moved}, which cannot be found; bring it back`);
  }
  if (!isRoot()) return { ...base, folder: known, account: undefined, exists: false };

  const account = await chooseAccount();
  if (await letIn(account, dataDir, home)) return { ...base, folder: known, account, exists: false };

  const folder = join(SYSTEM_FOLDER, await nameFor(dataDir), 'cluster');
  await makeFolder(SYSTEM_FOLDER);
  await makeFolder(dirname(folder));
  log(`PostgreSQL's account cannot enter ${home}: the database is kept in ${folder}`);
  const leavePointer = () => writeFile(pointer, `${folder}\n`);
  return { ...base, folder, account, exists: await exists(folder), leavePointer };
}

/** Where the database of this data folder is, or null when none was made yet. Makes nothing. */
export async function findExisting(dataDir: string): Promise<string | null> {
  const home = join(resolve(dataDir), 'postgres');
  const moved = (await readFile(join(home, 'location.txt'), 'utf8').catch(() => '')).trim();
  const known = moved || join(home, 'cluster');
  // A pointer to a folder that is out of reach is for openEmbedded to refuse.
  return moved !== '' || (await exists(known)) ? known : null;
}

/** As root passable for the database's account; nobody can list it. */
async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made) await chmod(folder, isRoot() ? 0o711 : 0o700);
}

async function assertUsable(folder: string, account: Account | undefined): Promise<void> {
  if (!account) return;
  const owner = `the database in ${folder} belongs to the account with id ${account.uid}`;
  if (!isRoot()) throw new Error(`${owner}; start keybank as that one or as root`);
  if (!(await canEnter(account, folder))) throw new Error(`${owner}, which cannot enter that folder`);
}

/**
 * A data folder that is root's alone (mode 0700) is opened to the database's own group, to pass through and not to
 * list. Keeping the database inside matters where the folder is a volume and the rest of the disk is thrown away.
 */
async function letIn(account: Account, dataDir: string, home: string): Promise<boolean> {
  if (await canEnter(account, home)) return true;
  const { mode, uid } = await stat(dataDir);
  const rootsAlone = uid === 0 && (mode & 0o077) === 0;
  if (!rootsAlone || !(await canEnter(account, dirname(resolve(dataDir))))) return false;
  await chown(dataDir, 0, account.gid);
  await chmod(dataDir, (mode & 0o700) | 0o010);
  return canEnter(account, home);
}

async function nameFor(dataDir: string): Promise<string> {
  const hash = createHash('sha256').update(await realpath(dataDir));
  return hash.digest('hex').slice(0, 16);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
