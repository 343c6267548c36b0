import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findChromium } from './find-chromium.ts';
import { tempFolder } from './temp-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('Chromium for tests', () => {
  it('is the one that was named', async () => {
    const program = await chromiumOf('156.0.8078.79');
    vi.stubEnv('CHROMIUM', program);
    expect(await findChromium(() => {})).toEqual({ program, env: {} });
  });

  it('is not replaced by another where the named one will not do', async () => {
    const program = await chromiumOf('120.0.6099.224');
    vi.stubEnv('CHROMIUM', program);
    await expect(findChromium(() => {})).rejects.toThrow(`CHROMIUM=${program}: is version 120`);
    vi.stubEnv('CHROMIUM', '/no/such/chromium');
    await expect(findChromium(() => {})).rejects.toThrow('CHROMIUM=/no/such/chromium: does not run');
  });

  it('is the first on the PATH that is new enough', async () => {
    const [old, recent] = [await chromiumOf('120.0.6099.224'), await chromiumOf('156.0.8078.79')];
    vi.stubEnv('CHROMIUM', '');
    vi.stubEnv('PATH', join(recent, '..'));
    expect(await findChromium(() => {})).toEqual({ program: recent, env: {} });
    const other = await chromiumOf('130.0.6723.91', 'google-chrome');
    vi.stubEnv('PATH', `${join(old, '..')}:${join(other, '..')}`);
    expect(await findChromium(() => {})).toEqual({ program: other, env: {} });
  });
});

/** A program that knows its version and nothing else. */
async function chromiumOf(version: string, name = 'chromium'): Promise<string> {
  const program = join(await tempFolder('chromium'), name);
  await writeFile(program, `#!/bin/sh\necho "Chromium ${version} built on Debian"\n`);
  await chmod(program, 0o755);
  return program;
}
