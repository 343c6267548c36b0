import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keepTokens } from '../server/tokens.ts';
import { tempFolder } from './support/temp-folder.ts';

const NOTHING_SET = { webhookTokens: [], staffToken: null };

async function dataDir(): Promise<string> {
  return join(await tempFolder('tokens'), 'data');
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('first-run tokens', () => {
  test('are made once, long and recognisable, in files that only their owner reads', async () => {
    const dir = await dataDir();
    const first = await keepTokens({ dataDir: dir, config: NOTHING_SET });
    expect(first.webhookTokens).toHaveLength(1);
    expect(first.webhookTokens[0]).toMatch(/^kb_hook_[\w-]{43}$/);
    expect(first.staffToken).toMatch(/^kb_staff_[\w-]{43}$/);
    expect(await keepTokens({ dataDir: dir, config: NOTHING_SET })).toEqual(first);
    expect(await readFile(join(dir, 'webhook-token'), 'utf8')).toBe(`${first.webhookTokens[0]}\n`);
    expect(first.staffTokenPath).toBe(join(dir, 'staff-token'));
    expect((await readdir(dir)).sort()).toEqual(['staff-token', 'webhook-token']);
  });

  test.skipIf(process.platform === 'win32' /* has no modes */)(
    'have modes 0600 in a folder 0700',
    async () => {
      const dir = await dataDir();
      await keepTokens({ dataDir: dir, config: NOTHING_SET });
      expect(await modeOf(dir)).toBe(0o700);
      expect(await modeOf(join(dir, 'webhook-token'))).toBe(0o600);
      expect(await modeOf(join(dir, 'staff-token'))).toBe(0o600);
    },
  );

  test('of many starts at once all get the same ones', async () => {
    const dir = await dataDir();
    const starts = Array.from({ length: 20 }, () => keepTokens({ dataDir: dir, config: NOTHING_SET }));
    const all = await Promise.all(starts);
    expect(new Set(all.map((kept) => JSON.stringify(kept))).size).toBe(1);
    expect((await readdir(dir)).sort()).toEqual(['staff-token', 'webhook-token']);
  });

  test('that are configured win and are not written', async () => {
    const dir = await dataDir();
    const config = { webhookTokens: ['a'.repeat(16), 'b'.repeat(16)], staffToken: 'c'.repeat(16) };
    expect(await keepTokens({ dataDir: dir, config })).toEqual({
      ...config,
      webhookTokenPath: null,
      staffTokenPath: null,
    });
    await expect(stat(dir)).rejects.toThrow('ENOENT');
  });

  test('a spoilt file is told by its path, and is not replaced in silence', async () => {
    const dir = await dataDir();
    await keepTokens({ dataDir: dir, config: NOTHING_SET });
    await writeFile(join(dir, 'staff-token'), '');
    await expect(keepTokens({ dataDir: dir, config: NOTHING_SET })).rejects.toThrow(
      `${join(dir, 'staff-token')} should hold one token`,
    );
    await writeFile(join(dir, 'staff-token'), `${'k'.repeat(31)}\n`);
    await expect(keepTokens({ dataDir: dir, config: NOTHING_SET })).rejects.toThrow(
      'should hold one token of 32 characters or more. Delete it, and a new one is made.',
    );
  });
});
