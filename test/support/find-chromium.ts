import { execFile } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './servers/run.ts';
import { unpack } from './servers/unpack.ts';

/** A program to start, and what its environment needs beyond our own. */
export interface Chromium {
  program: string;
  env: Record<string, string>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** The first that knows light-dark(), by which the mails turn dark. */
const LEAST_VERSION = 123;
/** The small one first: half the download, since it draws no windows. Both need a font to measure with. */
const PACKAGES = ['chromium-headless-shell', 'chromium'].map((name) => [name, 'fonts-liberation']);
/** The parts of the C library. They must come from one hand with the loader, and that is the machine's. */
const C_LIBRARY =
  /^(ld-linux.*|ld64.*|lib(c|m|mvec|dl|pthread|rt|resolv|util|anl|nsl|nss_\w+|thread_db|BrokenLocale|c_malloc_debug|memusage|pcprofile))\.so/;

/**
 * Chromium: the one that CHROMIUM names, else one on the PATH, else Debian's own, unpacked into `.cache` with the
 * libraries it needs: about 130 MB to download, once; no root, and nothing is installed.
 */
export async function findChromium(log: (message: string) => void): Promise<Chromium> {
  const named = process.env['CHROMIUM'];
  if (named) {
    const fault = await faultOf({ program: named, env: {} });
    if (fault) throw new Error(`CHROMIUM=${named}: ${fault}`);
    return { program: named, env: {} };
  }
  const reasons: string[] = [];
  for (const name of NAMES) {
    const program = await findProgram(name);
    if (!program) continue;
    const fault = await faultOf({ program, env: {} });
    if (!fault) return { program, env: {} };
    reasons.push(`${program}: ${fault}`);
  }
  try {
    const chromium = await unpacked((message) => log(`Chromium: ${message}`));
    const fault = await faultOf(chromium);
    if (!fault) return chromium;
    reasons.push(`${chromium.program}: ${fault}`);
  } catch (error) {
    reasons.push(`Debian's packages: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new Error(
    `No Chromium of version ${LEAST_VERSION} or newer is to be had. Install one (apt-get install chromium) or set ` +
      `CHROMIUM to its path, as in CHROMIUM=/usr/bin/chromium. Tried: ${reasons.join('; ')}`,
  );
}

/** Why this one is of no use, or '' when it is. */
async function faultOf({ program, env }: Chromium): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version', '--no-sandbox'], {
      env: { ...process.env, ...env },
    });
    const version = /(\d+)\.\d+\.\d+/.exec(stdout)?.[1] ?? '0';
    return Number(version) >= LEAST_VERSION ? '' : `is version ${version}`;
  } catch (error) {
    return `does not run: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Not through its own loader, as the database servers are: Chromium starts its children from /proc/self/exe and looks
 * for its files beside it, and that would be the loader.
 */
async function unpacked(log: (message: string) => void): Promise<Chromium> {
  const root = await unpack('chromium', 'own', PACKAGES, log);
  const folder = join(root, 'usr/lib/chromium');
  const program = (await readdir(folder)).find((name) =>
    ['chromium-headless-shell', 'chromium'].includes(name),
  );
  if (!program) throw new Error(`no program in ${folder}`);
  const libraries: string[] = [folder];
  for (const base of ['usr/lib', 'lib']) {
    for (const name of await readdir(join(root, base)).catch(() => [])) {
      if (!name.includes('-linux-')) continue;
      const own = join(root, base, name);
      libraries.push(own, join(own, 'pulseaudio'));
      for (const file of await readdir(own))
        if (C_LIBRARY.test(file)) await rm(join(own, file), { force: true });
    }
  }
  return {
    program: join(folder, program),
    env: { LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_FILE: await fontsOf(root) },
  };
}

/** The machine may have no fonts at all, and no rules for them either. */
async function fontsOf(root: string): Promise<string> {
  const file = join(dirname(root), 'fonts.conf');
  const prefer = (generic: string, font: string) =>
    `<alias><family>${generic}</family><prefer><family>${font}</family></prefer></alias>`;
  await writeFile(
    file,
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>' +
      `<dir>${join(root, 'usr/share/fonts')}</dir><cachedir>${join(dirname(root), 'fonts')}</cachedir>` +
      prefer('sans-serif', 'Liberation Sans') +
      prefer('Arial', 'Liberation Sans') +
      prefer('Helvetica', 'Liberation Sans') +
      prefer('monospace', 'Liberation Mono') +
      prefer('Courier New', 'Liberation Mono') +
      '</fontconfig>',
  );
  return file;
}
