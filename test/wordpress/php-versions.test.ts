import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { findPhp, PHP_VERSIONS, type Php } from '../support/php/find-php.ts';
import { runCommand } from '../support/php/run-command.ts';
import { say } from '../support/php/say.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { findWordPress } from './support/find-wordpress.ts';

const PLUGIN = fileURLToPath(new URL('../../wp-plugin', import.meta.url));
const LOOK = fileURLToPath(new URL('./rules/look.php', import.meta.url));
const LOUD = ['-d', 'error_reporting=-1', '-d', 'display_errors=1'];
/** The first download of PHP and WordPress may take its time. */
const DOWNLOAD_MS = 600_000;

const SYNTAX = /Parse error: +syntax error/;
/** With what PHP says of each, where it says anything. */
const FAULTS: [string, Partial<Record<string, RegExp>>][] = [
  ['function f( {', { '7.4': SYNTAX, '8.2': SYNTAX, '8.4': SYNTAX }],
  ['function f( int|string $a ) {}', { '7.4': SYNTAX }],
  ['$a?->b();', { '7.4': SYNTAX }],
  ['echo match( 1 ) { 1 => 2 };', { '7.4': SYNTAX }],
  ['function f( int $a = null ) {}', { '8.4': /Deprecated: .*Implicitly marking/ }],
  ['function f( $a = 1, $b ) {}', { '8.2': /Deprecated: .*Optional/, '8.4': /Deprecated: .*Optional/ }],
  ['echo "${a}";', { '8.2': /Deprecated: Using/, '8.4': /Deprecated: Using/ }],
];
/** Well-formed, all of it, and all wrong. The last line is right, to the last word. */
const SLIPS = `<?php
namespace KeyBank;
function takes_two( $a, $b ) { return wp_remotely_post( $a, $b ); }
function slip() { return takes_two( array( 1, 2 ) ) . takes_two( 1, 2, 3, ); }
function slop() { return wp_rand( 1, 2, 3 ) . PROTOCOLL . strlen(); }
add_action( 'init', __NAMESPACE__ . '\\slap' );
function fine( ...$all ) { return \\takes\\two() . ( function_exists( 'or_not' ) ? or_not() : takes_two( ...$all ) . takes_two( "($all)", "{$all[0]} $all)" ) . takes_two( fine( 1, 2 ), ABSPATH ) ) . wp_rand(); }
`;
const SLIPS_FOUND = [
  'slips.php:3: there is no function wp_remotely_post()',
  'slips.php:4: takes_two() is given 1 arguments and takes 2',
  'slips.php:4: takes_two() is given 3 arguments and takes 2',
  'slips.php:5: wp_rand() is given 3 arguments and takes 0 to 2',
  'slips.php:5: there is no constant PROTOCOLL',
  'slips.php:5: strlen() is given 0 arguments and takes 1',
  'slips.php:6: there is no slap in this plugin',
];

let wordpress: string;
beforeAll(async () => {
  // The oldest that the plugin supports, so that a function of a newer one is missed.
  wordpress = (await findWordPress('6.2', say)).core;
}, DOWNLOAD_MS);

describe.each(PHP_VERSIONS)('the plugin on PHP %s', (version) => {
  let php: Php;
  beforeAll(async () => {
    php = await findPhp(version, say);
  }, DOWNLOAD_MS);

  it('parses, without so much as a deprecation', async () => {
    const files = await phpFiles(PLUGIN);
    expect(files).toContain('key-bank.php');
    expect(await Promise.all(files.map((file) => lint(php, join(PLUGIN, file))))).toEqual(
      files.map(() => ''),
    );
  });

  it('loads, and every function, constant and callback it names exists', async () => {
    expect(await look(php, PLUGIN, wordpress)).toBe('');
  });

  it('would not pass with a fault in it', async () => {
    const folder = await tempFolder('php-faults');
    const file = join(folder, 'fault.php');
    for (const [code, expected] of FAULTS) {
      await writeFile(file, `<?php\n${code}\n`);
      const fault = await lint(php, file);
      if (expected[version]) expect(fault, code).toMatch(expected[version]);
      else expect(fault, code).toBe('');
    }
  });

  it('would not pass with a call of nothing', async () => {
    const folder = await tempFolder('php-slips');
    await writeFile(join(folder, 'slips.php'), SLIPS);
    expect((await look(php, folder, wordpress)).split('\n')).toEqual(SLIPS_FOUND);
    await writeFile(join(folder, 'twice.php'), '<?php\nnamespace KeyBank;\nfunction slip() {}\n');
    expect(await look(php, folder, wordpress)).toContain('Cannot redeclare');
  });
});

async function phpFiles(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.php')).sort();
}

/** What PHP says of the file beyond that it is well. */
async function lint(php: Php, file: string): Promise<string> {
  const { text } = await runCommand(php.cli, [...LOUD, '-l', file]);
  return text.replace(/^No syntax errors detected in .*$/m, '').trim();
}

async function look(php: Php, plugin: string, core: string): Promise<string> {
  return (await runCommand(php.cli, [...LOUD, LOOK, plugin, core])).text.trim();
}
