import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCoreApp } from '../../server/app.ts';
import { parseConfig, type Config } from '../../server/config.ts';
import { newUuid } from '../../server/ids.ts';
import { silentLog } from '../../server/log.ts';
import { statusOfCommand } from '../support/command.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';

/** One more than a page of bulk replay. */
const KEPT = 201;

describe.each(engines())('bulk work on the command line, on %s', (engine) => {
  let database: FreshDatabase;
  let folder: string;
  let config: Config;

  beforeAll(async () => {
    database = await freshDatabase(engine);
    folder = await mkdtemp(join(tmpdir(), 'keybank-bulk-'));
    config = parseConfig({
      DATABASE_URL: database.url,
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_DATA_DIR: folder,
      KEYBANK_DEFAULT_SKU: 'ANY',
    });
    const core = await openCoreApp(config, silentLog);
    const deliveries = Array.from({ length: KEPT }, (_, index) => ({
      id: newUuid(),
      receivedAt: new Date(Date.parse('2026-11-22T20:00:00Z') + index * 1000),
      site: '',
      source: 'amelia' as const,
      hook: null,
      contentType: 'application/json',
      body: new TextEncoder().encode(
        JSON.stringify({ id: index + 1, email: `buyer-${index}@example.test`, serviceId: 1 }),
      ),
      headers: {},
      verdict: 'attention' as const,
      flag: 'kept for a person',
      orders: [],
      replayOf: null,
    }));
    await core.store.insertDeliveries({ deliveries });
    await core.close();
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function keybank(...line: string[]): Promise<{ status: number; text: string }> {
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const status = await statusOfCommand(config, line, { print: say, note: say, fail: say });
    return { status, text: said.join('\n') };
  }

  test('imports are listed, tried out for an undo, and undone', async () => {
    const [one, two] = [join(folder, 'wrong.txt'), join(folder, 'right.txt')];
    await writeFile(one, ['W-1', 'W-2', 'W-3'].join('\n'));
    await writeFile(two, Array.from({ length: KEPT }, (_, index) => `KEY-${index}`).join('\n'));
    await keybank('keys', 'import', one, '--sku', 'ANY');
    await keybank('keys', 'import', two, '--sku', 'ANY');
    const { text } = await keybank('keys', 'imports');
    expect(text).toMatch(/cli +ANY +right\.txt +201 +201 +0 +0 +0 +0\n/);
    const id = /([0-9a-f-]{36}).*wrong\.txt +3 +3/.exec(text)?.[1] ?? '';
    expect((await keybank('keys', 'undo-import', id)).status).not.toBe(0);
    const undo = ['keys', 'undo-import', id, '--reason', 'another shop’s file'];
    expect(await keybank(...undo, '--dry-run')).toEqual({
      status: 0,
      text: '3 unsold keys of ANY would be taken out of stock.',
    });
    expect((await keybank(...undo)).text).toBe('3 unsold keys of ANY taken out of stock.');
    expect((await keybank('keys', 'imports')).text).toMatch(/wrong\.txt +3 +0 +0 +0 +0 +3$/);
    expect(await keybank('keys', 'undo-import', 'x', '--reason', 'x')).toMatchObject({
      status: 1,
      text: expect.stringContaining('There is no import'),
    });
  });

  test('deliveries are listed, counted, and read again when it is meant', async () => {
    const inbox = await keybank('deliveries', 'list', '--verdict', 'attention', '--source', 'amelia');
    expect(inbox.text).toContain('2026-11-22 20:03:20  amelia  attention  –       kept for a person');
    expect(inbox.text).toMatch(/There is more: add --cursor \S+$/);
    expect(inbox.text).not.toContain('buyer-');
    const replay = ['deliveries', 'replay-many', '--until', '2026-12-01', '--reason', 'mended'];
    const counted = await keybank(...replay);
    expect(counted.text).toContain('201 deliveries received before');
    expect(counted.text).toContain('Nothing was read again.');
    expect((await keybank('deliveries', 'list', '--verdict', 'fulfilled')).text).toBe('No delivery fits.');
    expect((await keybank(...replay, '--yes')).text).toContain('201 deliveries read again: 201 fulfilled.');
    expect((await keybank('deliveries', 'list', '--replays', '--verdict', 'fulfilled')).text).toContain(
      'amelia:201',
    );
  });

  test('what a command cannot read is told: a verdict, a day, a reason that is missing', async () => {
    expect((await keybank('deliveries', 'list', '--verdict', 'sold')).status).toBe(2);
    expect(await keybank('deliveries', 'list', '--since', '2026-02-30')).toMatchObject({
      status: 1,
      text: expect.stringContaining('A moment is a day'),
    });
    expect((await keybank('deliveries', 'replay-many', '--yes')).status).toBe(2);
    expect((await keybank('audit', 'list', '--order', 'amelia:1', '--subject', 'sku:A')).status).toBe(2);
  });

  test('the audit trail is listed, and exported to a file for its owner alone', async () => {
    const { text } = await keybank('audit', 'list', '--action', 'replay.run');
    expect(text).toMatch(/cli +replay\.run +replay:[0-9a-f-]{36} +– +– +mended/);
    const out = join(folder, 'trail.csv');
    expect(await keybank('audit', 'export', '--out', out)).toEqual({
      status: 0,
      text: `The audit trail is in ${out}.`,
    });
    expect(((await stat(out)).mode & 0o777).toString(8)).toBe('600');
    const rows: Record<string, string>[] = parse(await readFile(out), { columns: true, bom: true });
    expect(rows.map((row) => row['action'])).toContain('import.undone');
    expect(rows.filter((row) => row['action'] === 'order.fulfilled')).toHaveLength(KEPT);
    const shown = await keybank('audit', 'export', '--order', 'amelia:1');
    expect(parse(shown.text, { columns: true })).toMatchObject([{ order: 'amelia:1', actor: 'cli' }]);
  });

  test('an export writes over nothing, follows no link, and leaves no half a file', async () => {
    const [mine, link, half] = ['mine.csv', 'link.csv', 'half.csv'].map((name) => join(folder, name));
    await writeFile(mine ?? '', 'mine');
    await symlink(mine ?? '', link ?? '');
    for (const out of [mine, link])
      expect(await keybank('audit', 'export', '--out', out ?? '')).toEqual({
        status: 2,
        text: `${out} is there already. Name a new file.`,
      });
    expect(await readFile(mine ?? '', 'utf8')).toBe('mine');
    expect((await keybank('audit', 'export', '--since', 'x', '--out', half ?? '')).status).toBe(1);
    await expect(stat(half ?? '')).rejects.toThrow(/ENOENT/);
  });
});
