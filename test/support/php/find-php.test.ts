import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tempFolder } from '../temp-folder.ts';
import { findPhp, PHP_VERSIONS, type PhpVersion } from './find-php.ts';
import { runCommand } from './run-command.ts';
import { say } from './say.ts';

const DOWNLOAD_MS = 600_000;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(PHP_VERSIONS)('PHP %s for tests', (version) => {
  it(
    'speaks to databases and servers, on the command line and as a FastCGI server, one that forks too',
    async () => {
      const php = await findPhp(version, say);
      const asks = `echo PHP_VERSION, ' ', function_exists('mysqli_connect') && function_exists('curl_init') ? 'well' : 'ill';`;
      const forks = `$child = pcntl_fork(); if ($child === 0) { echo 'child '; exit; } pcntl_wait($status); echo 'parent';`;
      expect(await runCommand(php.cli, ['-r', asks])).toEqual({ code: 0, text: `${php.version} well` });
      expect(await runCommand(php.cli, ['-r', forks])).toEqual({ code: 0, text: 'child parent' });
      if (php.fpm)
        expect((await runCommand(php.fpm, ['-v'])).text).toContain(`PHP ${php.version} (fpm-fcgi)`);
    },
    DOWNLOAD_MS,
  );

  it('is the one that was named', async () => {
    const php = await findPhp(version, say);
    const script = await scriptThat(`exec ${php.cli.map((word) => `'${word}'`).join(' ')} "$@"`);
    vi.stubEnv(`PHP_${version.replace('.', '')}`, script);
    expect(await searchAnew(version)).toMatchObject({ version: php.version, cli: [script] });
  });

  it('is not replaced by another where the named one will not do', async () => {
    const variable = `PHP_${version.replace('.', '')}`;
    const script = await scriptThat('echo 5.6.40 mysqli curl');
    vi.stubEnv(variable, script);
    await expect(searchAnew(version)).rejects.toThrow(`${variable}=${script}: is PHP 5.6.40`);
    vi.stubEnv(variable, await scriptThat(`echo ${version}.99 mysqli`));
    await expect(searchAnew(version)).rejects.toThrow('lacks mysqli');
    vi.stubEnv(variable, '/no/such/php');
    await expect(searchAnew(version)).rejects.toThrow(`${variable}=/no/such/php: does not run`);
  });
});

async function scriptThat(does: string): Promise<string> {
  const script = join(await tempFolder('php'), 'php');
  await writeFile(script, `#!/bin/sh\n${does}\n`);
  await chmod(script, 0o755);
  return script;
}

/** What was found once is kept for the whole run. */
async function searchAnew(version: PhpVersion) {
  vi.resetModules();
  const fresh = await import('./find-php.ts');
  return fresh.findPhp(version, say);
}
