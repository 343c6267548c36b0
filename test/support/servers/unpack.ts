import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Unavailable } from './engine.ts';
import { findProgram, runLoudly } from './run.ts';

const CACHE = fileURLToPath(new URL('../../../.cache/servers', import.meta.url));
const SCRIPT = fileURLToPath(new URL('./unpack.sh', import.meta.url));

/** What /etc/os-release says of the system: `debian`, `ubuntu` (and what is made from it), or something else. */
export async function readSystem(): Promise<'debian' | 'ubuntu' | 'other'> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const ids = [...text.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].map((match) => match[1]).join(' ');
  return /ubuntu/.test(ids) ? 'ubuntu' : /debian/.test(ids) ? 'debian' : 'other';
}

/**
 * Unpacks Debian packages into the project's own `.cache` and returns the root folder; the second time at once. `suite`
 * is `own` (whatever this system uses) or the name of a Debian release. Of `choices` the first that is to be had is
 * taken: one package, or a list of packages that are all needed.
 */
export async function unpack(
  name: string,
  suite: string,
  choices: (string | string[])[],
  log: (message: string) => void,
): Promise<string> {
  const folder = join(CACHE, name);
  const root = join(folder, 'root');
  if ((await readdir(root).catch(() => [])).length > 0) return root;
  if (!(await findProgram('apt-get')) || !(await findProgram('dpkg')) || !(await findProgram('flock'))) {
    throw new Unavailable('needs apt-get and dpkg, as on Debian and Ubuntu');
  }
  await mkdir(folder, { recursive: true });
  const progress = (line: string) => {
    const download = /^Get:(\d+) \S+ \S+ \S+ (\S+)/.exec(line);
    if (download && Number(download[1]) % 10 === 0)
      log(`downloading, package ${download[1]} (${download[2]})`);
    if (/^(reading|downloading|unpacking) /.test(line)) log(line);
  };
  // Two runs at once: the second waits for the first and finds the work done. The system drops the lock of the killed.
  const sets = choices.map((choice) => (typeof choice === 'string' ? choice : choice.join(' ')));
  await runLoudly('flock', [join(folder, 'lock'), 'sh', SCRIPT, folder, suite, ...sets], progress);
  return root;
}

/**
 * How to run a program out of an unpacked root: through that root's own loader and libraries, since the machine's may be
 * older than what the program was built for.
 */
export async function throughOwnLoader(root: string, program: string): Promise<[string, ...string[]]> {
  const folders: string[] = [];
  let loader: string | undefined;
  for (const base of ['usr/lib', 'lib']) {
    for (const name of await readdir(join(root, base)).catch(() => [])) {
      if (!name.includes('-linux-')) continue;
      const folder = join(root, base, name);
      folders.push(folder);
      const found = (await readdir(folder)).find((file) => /^ld-linux.*\.so/.test(file));
      if (found) loader ??= join(folder, found);
    }
  }
  if (!loader) throw new Unavailable(`no loader in ${root}`);
  return [loader, '--library-path', folders.join(':'), join(root, program)];
}
