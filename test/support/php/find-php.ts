import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, output } from '../servers/run.ts';
import { throughOwnLoader, unpack } from '../servers/unpack.ts';

export type PhpVersion = '7.4' | '8.2' | '8.4';
export const PHP_VERSIONS: PhpVersion[] = ['7.4', '8.2', '8.4'];

/** Commands to which the caller appends its own arguments; extensions and certificates are in them. */
export type Php = {
  /** As PHP gives it: `8.2.29`. */
  version: string;
  cli: [string, ...string[]];
  /** Null where only the command line is to be had. Forks its own workers, runs as root too. */
  fpm: [string, ...string[]] | null;
};

/** The Debian releases that carry each version, the likeliest to stay first. */
const SUITES: Record<PhpVersion, string[]> = {
  '7.4': ['bullseye'],
  '8.2': ['bookworm'],
  '8.4': ['trixie', 'sid'],
};
const PACKAGES = ['cli', 'fpm', 'mysql', 'curl', 'xml', 'mbstring', 'zip', 'opcache'];

/** In the order of loading: mysqli leans on mysqlnd, the readers and writers of XML on dom and xml. */
const EXTENSIONS = [
  ...['mysqlnd', 'json', 'xml', 'dom', 'simplexml', 'xmlreader', 'xmlwriter'],
  ...['mysqli', 'curl', 'mbstring', 'zip', 'ctype', 'tokenizer', 'iconv', 'fileinfo', 'posix', 'phar'],
];
/** What WordPress and the checks cannot do without. */
const NEEDED = ['mysqli', 'json', 'curl', 'mbstring', 'SimpleXML', 'xmlwriter', 'tokenizer', 'openssl'];
const AUTHORITIES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];
/** Php-fpm will not start as root without it, and takes no notice of it as anyone else. */
const AS_ROOT = '-R';

const found = new Map<PhpVersion, Promise<Php>>();

/**
 * PHP of just this version: the one named by PHP_74, PHP_82 or PHP_84, else one on the PATH, else Debian's own, unpacked
 * into `.cache`.
 */
export function findPhp(version: PhpVersion, log: (message: string) => void): Promise<Php> {
  const search = found.get(version) ?? look(version, log);
  found.set(version, search);
  return search;
}

async function look(version: PhpVersion, log: (message: string) => void): Promise<Php> {
  const variable = `PHP_${version.replace('.', '')}`;
  const named = process.env[variable];
  if (named) {
    const php = await describe(version, [named], await fpmOnPath(version));
    if (typeof php === 'string') throw new Error(`${variable}=${named}: ${php}`);
    return php;
  }
  const reasons: string[] = [];
  for (const name of [`php${version}`, 'php']) {
    const program = await findProgram(name);
    if (!program) continue;
    const php = await describe(version, [program], await fpmOnPath(version));
    if (typeof php !== 'string') return php;
    reasons.push(`${program}: ${php}`);
  }
  for (const suite of SUITES[version]) {
    try {
      return await unpacked(version, suite, (message) => log(`PHP ${version}: ${message}`));
    } catch (error) {
      reasons.push(`Debian ${suite}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `No PHP ${version} with ${NEEDED.join(', ')} is to be had. Install one and set ${variable} to its path, as in ` +
      `${variable}=/usr/bin/php${version}. Tried: ${reasons.join('; ')}`,
  );
}

async function unpacked(version: PhpVersion, suite: string, log: (message: string) => void): Promise<Php> {
  const root = await unpack(`php-${version}`, suite, [PACKAGES.map((name) => `php${version}-${name}`)], log);
  const settings = await settingsFor(root);
  const [cli, fpm] = await Promise.all(
    [`usr/bin/php${version}`, `usr/sbin/php-fpm${version}`].map((path) => throughOwnLoader(root, path)),
  );
  if (!cli || !fpm) throw new Error(`${root} is not whole`);
  const php = await describe(version, [...cli, ...settings], [...fpm, ...settings]);
  if (typeof php === 'string') throw new Error(php);
  return php;
}

/** No php.ini of the machine, the extensions one by one, and the machine's authorities where it has any. */
async function settingsFor(root: string): Promise<string[]> {
  const base = join(root, 'usr/lib/php');
  const api = (await readdir(base)).find((name) => /^\d{8}$/.test(name));
  if (!api) throw new Error(`no extensions in ${base}`);
  const folder = join(base, api);
  const files = await readdir(folder);
  const here = EXTENSIONS.filter((name) => files.includes(`${name}.so`));
  const settings = [`extension_dir=${folder}`, ...here.map((name) => `extension=${name}.so`)];
  // As on a real host, but a file that a test has just changed is read anew.
  settings.push('zend_extension=opcache.so', 'opcache.revalidate_freq=0');
  for (const file of AUTHORITIES) {
    const readable = await access(file).then(
      () => true,
      () => false,
    );
    if (!readable) continue;
    settings.push(`curl.cainfo=${file}`, `openssl.cafile=${file}`);
    break;
  }
  return ['-n', ...settings.flatMap((setting) => ['-d', setting])];
}

/** The commands with the version they give, or why they are of no use. */
async function describe(
  version: PhpVersion,
  cli: [string, ...string[]],
  fpm: [string, ...string[]] | null,
): Promise<Php | string> {
  const [program, ...args] = cli;
  const code = `echo PHP_VERSION; foreach (${JSON.stringify(NEEDED)} as $name) if (!extension_loaded($name)) echo " $name";`;
  const text = await output(program, [...args, '-r', code]);
  if (text === undefined) return 'does not run';
  const [is = '', ...lacking] = text.trim().split(' ');
  if (!is.startsWith(`${version}.`)) return `is PHP ${is}`;
  if (lacking.length > 0) return `lacks ${lacking.join(', ')}`;
  return { version: is, cli, fpm: fpm && [...fpm, AS_ROOT] };
}

async function fpmOnPath(version: PhpVersion): Promise<[string, ...string[]] | null> {
  for (const name of [`php-fpm${version}`, 'php-fpm']) {
    const program = await findProgram(name);
    if (program && (await output(program, ['-v']))?.startsWith(`PHP ${version}.`)) return [program];
  }
  return null;
}
