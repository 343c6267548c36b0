import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLoudly } from '../servers/run.ts';
import { unpack } from '../servers/unpack.ts';
import { findPhp } from './find-php.ts';

/** Commands to which the caller appends files and options. */
export interface Checks {
  /** PHP_CodeSniffer, knowing the WordPress Coding Standards. */
  phpcs: [string, ...string[]];
  phpmd: [string, ...string[]];
}

const STANDARDS = fileURLToPath(new URL('../../../.cache/wordpress-coding-standards', import.meta.url));
/** The one npm package we found with the WordPress Coding Standards whole (edition 2.1.0). */
const PACKAGE = 'wpcs-cli@2.1.2';
const SHA512 =
  '26a908f59e8cdaf2de82a3a154fd6898ebdea7f987cc99d8903591523d7d95206f38297504c28ff5697a68eb41f00a950fb8b836c1e9e9655d614e05555ae7cb';

/** PHP's linters: Debian's or Ubuntu's packages, with the standards out of npm. Nothing is installed. */
export async function findChecks(log: (message: string) => void): Promise<Checks> {
  // The standards are older than PHP 8, whose notices they would turn into findings; PHPMD's parts need PHP 8.
  const [old, recent] = await Promise.all([findPhp('7.4', log), findPhp('8.2', log)]);
  const [root, standards] = await Promise.all([
    unpack('php-checks', 'own', [['php-codesniffer', 'phpmd']], log),
    findStandards(log),
  ]);
  const library = ['-d', `include_path=${join(root, 'usr/share/php')}`];
  return {
    phpcs: [
      ...old.cli,
      ...[...library, join(root, 'usr/bin/phpcs'), '-q', '--no-cache', '--report=emacs', '-s'],
      ...['--runtime-set', 'installed_paths', standards],
    ],
    phpmd: [...recent.cli, ...library, join(root, 'usr/bin/phpmd')],
  };
}

async function findStandards(log: (message: string) => void): Promise<string> {
  const inside = 'scripts/wordpress-coding-standards';
  const there = await access(join(STANDARDS, inside, 'WordPress/ruleset.xml')).then(
    () => true,
    () => false,
  );
  if (there) return join(STANDARDS, inside);
  log(`downloading ${PACKAGE}`);
  await mkdir(dirname(STANDARDS), { recursive: true });
  const part = await mkdtemp(`${STANDARDS}.part-`);
  try {
    await runLoudly(
      'npm',
      ['pack', '--silent', '--ignore-scripts', '--pack-destination', part, PACKAGE],
      () => undefined,
    );
    const [file = ''] = await readdir(part);
    const digest = createHash('sha512')
      .update(await readFile(join(part, file)))
      .digest('hex');
    if (digest !== SHA512) throw new Error(`${PACKAGE} is not the one we know: its SHA-512 is ${digest}`);
    await runLoudly('tar', ['-xzf', join(part, file), '-C', part], () => undefined);
    // Of two runs at once the second finds the folder full; both got the same.
    await rename(join(part, 'package'), STANDARDS).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return join(STANDARDS, inside);
}
