import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCoreApp } from '../../server/app.ts';
import { parseConfig, type Config } from '../../server/config.ts';
import { silentLog } from '../../server/log.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { runCommand } from '../support/command.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { booking, arrivalOf } from '../support/world.ts';

describe.each(engines())('the command line on %s', (engine) => {
  let database: FreshDatabase;
  let config: Config;
  let folder: string;

  beforeAll(async () => {
    database = await freshDatabase(engine);
    folder = await tempFolder('cli');
    const env = { DATABASE_URL: database.url, KEYBANK_MAIL: 'mailbox', KEYBANK_DATA_DIR: folder };
    config = parseConfig(env);
  });
  afterAll(() => database.drop());

  const keybank = (line: string[], stdin = '') => runCommand(config, line, stdin);

  async function file(text: string): Promise<string> {
    const path = join(folder, 'keys.csv');
    await writeFile(path, text);
    return path;
  }

  test('imports a file, tells duplicates and refused lines by number, and shows the stock', async () => {
    const path = await file('License Key;Course\nA-0001;x\nA-0002;x\n"A-0001";x\nA\u00020003;x\n');
    expect(await keybank(['keys', 'import', path, '--sku', 'COURSE-A', '--dry-run'])).toMatchObject({
      status: 0,
      printed: expect.stringContaining('2 keys would be added (COURSE-A, a new product).'),
    });
    expect(await keybank(['keys', 'import', path, '--sku', 'COURSE-A'])).toEqual({
      status: 0,
      failed: '',
      printed: [
        'Read as a table with semicolons; the keys are in column 1.',
        '2 keys added (COURSE-A, a new product).',
        '1 duplicate:',
        '  line 4: the same key as in line 2',
        '1 line refused:',
        '  line 5: has a control character inside',
      ].join('\n'),
    });
    expect(await keybank(['stock'])).toEqual({
      status: 0,
      failed: '',
      printed: [
        'SKU       NAME      FREE  ASSIGNED  HELD  REVOKED  OWED  RUNS OUT',
        'COURSE-A  COURSE-A     2         0     0        0     0  –',
      ].join('\n'),
    });
  });

  test('imports from standard input, and ends with 1 when every line was refused', async () => {
    const good = await keybank(['keys', 'import', '-', '--sku', 'COURSE-B'], 'B-1\nB-2\n');
    expect(good).toMatchObject({ status: 0, printed: '2 keys added (COURSE-B, a new product).' });
    expect((await keybank(['keys', 'import', '-', '--sku', 'COURSE-B'], 'B-1\n')).status).toBe(0);
    expect((await keybank(['keys', 'import', '-', '--sku', 'COURSE-B'], '\u0001\n')).status).toBe(1);
    const mistyped = await keybank(['keys', 'import', '-', '--sku', 'COURES-B'], 'B-1\n');
    expect(mistyped.printed).toContain('0 keys added (COURES-B, which is no product, and none was made).');
    expect((await keybank(['products', 'list'])).printed).not.toContain('COURES-B');
    expect((await keybank(['keys', 'import', '-', '--sku', 'COURSE-B'], '')).printed).toContain(
      'holds no keys',
    );
  });

  test('makes a product, whose buyers are told that their key is on its way unless it says no', async () => {
    const told = async () => (await keybank(['products', 'list'])).printed.split('\n');
    expect(await keybank(['products', 'add', 'QUIET', '--name', 'Quiet'])).toMatchObject({ status: 0 });
    expect((await told())[0]).toMatch(/TELLS WAITING$/);
    expect((await told()).at(-1)).toMatch(/^QUIET .* yes$/);
    await keybank(['products', 'add', 'QUIET', '--tell-waiting', 'no']);
    await keybank(['products', 'add', 'QUIET', '--low-stock', '3']);
    expect((await told()).at(-1)).toMatch(/^QUIET +Quiet +3 .* no$/);
    for (const url of ['http://shop.example/redeem', 'javascript:alert(1)'])
      expect(await keybank(['products', 'add', 'QUIET', '--activation-url', url])).toMatchObject({
        status: 2,
        failed: expect.stringContaining('https://'),
      });
  });

  test('takes what a product’s key mail says, and takes it away again', async () => {
    const product = async () => {
      const core = await openCoreApp(config, silentLog);
      const [found] = await core.store.findProducts({ skus: ['WORDY'] });
      await core.close();
      return found;
    };
    const link = ['--activation-url', 'https://learn.example/redeem'];
    await keybank(['products', 'add', 'WORDY', ...link, '--instructions', 'Sign in.\nEnter it.']);
    expect(await product()).toMatchObject({
      activationUrl: 'https://learn.example/redeem',
      instructions: 'Sign in.\nEnter it.',
    });
    await keybank(['products', 'add', 'WORDY', '--name', 'Wordy']);
    expect(await product()).toMatchObject({ name: 'Wordy', instructions: 'Sign in.\nEnter it.' });
    await keybank(['products', 'add', 'WORDY', '--activation-url', '', '--instructions', '']);
    expect(await product()).toMatchObject({ activationUrl: null, instructions: null });
    expect(await keybank(['products', 'add', 'WORDY', '--instructions', 'x'.repeat(5001)])).toMatchObject({
      status: 2,
      failed: expect.stringContaining('5001 characters; a mail takes 5000'),
    });
  });

  test('maps courses, and says what is missing', async () => {
    const map = ['products', 'map', '--source', 'amelia'];
    expect(await keybank([...map, '--service', '1', '--sku', 'COURSE-A', '--quantity', '2'])).toMatchObject({
      status: 0,
      printed: 'amelia service 1 sells 2 × COURSE-A per booking.',
    });
    const fresh = [...map, '--package', '7', '--sku', 'NEW', '--per', 'purchase', '--site', 'b'];
    expect(await keybank([...map, '--service', '1', '--sku', 'COURSE-AA'])).toEqual({
      status: 1,
      printed: '',
      failed:
        'There is no product COURSE-AA; nothing was changed. Did you mean COURSE-A? Otherwise import its keys first, or add --new.',
    });
    expect(await keybank(fresh)).toMatchObject({ status: 1, printed: '' });
    expect(await keybank([...fresh, '--new'])).toMatchObject({
      printed: 'amelia@b package 7 sells 1 × NEW per purchase. The product is new.',
    });
    expect((await keybank([...map, '--event', '3', '--no-key'])).printed).toBe(
      'amelia event 3 sells no key.',
    );
    expect((await keybank(['products', 'mappings'])).printed.split('\n')).toHaveLength(4);
    for (const wrong of [
      [...map, '--sku', 'X'],
      [...map, '--service', '1', '--event', '2', '--sku', 'X'],
      [...map, '--service', '1'],
      [...map, '--service', '1', '--sku', 'X', '--no-key'],
      [...map, '--service', '1', '--sku', 'X', '--site', 'Not A Slug'],
      ['products', 'map', '--source', 'bookly', '--event', '1', '--sku', 'COURSE-A'],
    ]) {
      const { status, failed } = await keybank(wrong);
      expect([status, failed]).toEqual([2, expect.stringMatching(/\.$/)]);
    }
  });

  test('shows, resends and replays an order', async () => {
    const core = await openCoreApp(config, silentLog);
    await core.core.queue.submit(
      arrivalOf(booking({ externalId: '13', coupon: { value: 'KEY10', where: 'x' } })),
    );
    await core.close();
    const found = await keybank(['orders', 'lookup', 'key10']);
    expect(found.printed).toMatch(/^ORDER\s+STATUS\s+E-MAIL/);
    expect(found.printed).toMatch(/amelia:13\s+fulfilled\s+buyer-13@example.test/);
    expect((await keybank(['orders', 'lookup', 'nobody'])).status).toBe(1);
    const resent = await keybank([
      'orders',
      'resend',
      'amelia:13',
      '--reason',
      'lost it',
      '--email',
      'new@example.test',
    ]);
    expect(resent.printed).toContain('The mail is queued');
    const shown = await keybank(['orders', 'show', 'amelia:13']);
    expect(shown.printed).toContain('E-mail         new@example.test');
    expect(shown.printed).toMatch(/cli\s+order.resent_to_new_address\s+lost it/);
    expect(shown.printed).not.toContain('A-0001');
    expect(shown.printed).toMatch(/^[0-9a-f-]{36} +key +new@example\.test +queued /m);
    expect((await keybank(['stock'])).printed).toMatch(/^COURSE-A .* \d{4}-\d\d-\d\d$/m);
    // The stored body is what this test wrote, not a sender's: read again, it is for a person.
    expect((await keybank(['orders', 'replay', 'amelia:13', '--reason', 'x'])).status).toBe(0);
    const missing = await keybank(['orders', 'show', 'amelia:404']);
    expect(missing).toMatchObject({
      status: 1,
      failed: expect.stringContaining('There is no order amelia:404'),
    });
  });

  test('verifies every promise, and ends with 1 when one is broken', async () => {
    const kept = await keybank(['verify']);
    expect(kept.status).toBe(0);
    expect(kept.printed).toMatch(/^kept {4}a key belongs to at most one order \(\d+ checked\)$/m);
    const core = await openCoreApp(config, silentLog);
    const [key] = await core.store.findKeysByText({ keys: ['B-1'] });
    const assigned = { keyId: key?.id ?? 0, email: null, orderId: 'amelia:nobody', coupon: null };
    await core.store.assignKeys({ assignments: [{ ...assigned, assignedAt: new Date() }] });
    await core.close();
    const broken = await keybank(['verify']);
    expect(broken.status).toBe(1);
    expect(broken.printed).toMatch(/^BROKEN .*1 case, e\.g\. key:\d+$/m);
    expect(broken.printed).toContain('1 of ');
  });

  test('checks the settings and reaches the database', async () => {
    const checked = await keybank(['check']);
    expect(checked.status).toBe(0);
    expect(checked.printed).toMatch(/^Database {7}(MySQL|MariaDB|PostgreSQL) \d/m);
    expect(checked.printed).toMatch(/^Schema {9}up to date$/m);
    expect(checked.printed).toMatch(/^Rights {9}.*tried/m);
    expect(checked.printed).toMatch(/^Not checked {4}whether mails go out/m);
    expect((await keybank(['products', 'list'])).printed).not.toContain('keybank-check');
    expect(checked.printed).toContain('Mind: KEYBANK_MAIL=mailbox keeps every mail on this machine');
    expect(checked.printed).not.toContain(database.url);
  });

  test('prints the lines for wp-config.php, and secrets only when asked or on a terminal', async () => {
    const hidden = await keybank(['wordpress']);
    expect(hidden.printed).toContain(`define( 'KEYBANK_URL', '${config.publicUrl}' );`);
    expect(hidden.printed).toContain(`define( 'KEYBANK_TOKEN', '<${join(folder, 'webhook-token')}>' );`);
    expect(hidden.printed).toContain('KEYBANK_SIGNING_SECRET');
    expect(hidden.printed).not.toContain("define( 'KEYBANK_SIGNING_SECRET'");
    const token = (await readFile(join(folder, 'webhook-token'), 'utf8')).trim();
    expect(hidden.printed).not.toContain(token);
    expect((await keybank(['wordpress', '--show'])).printed).toContain(
      `define( 'KEYBANK_TOKEN', '${token}' );`,
    );
  });

  test('which addresses the plugin takes is said by the plugin alone', async () => {
    const local = config;
    config = { ...config, publicUrl: 'http://keys.example.com' };
    const { printed } = await keybank(['wordpress']);
    config = local;
    expect(printed).toContain(`define( 'KEYBANK_URL', 'http://keys.example.com' );`);
    expect(printed).not.toMatch(/refuses|https:/);
  });

  test('brings the database up to date', async () => {
    expect((await keybank(['migrate'])).printed).toMatch(/^The database is up to date \(/);
  });

  test('a file that is not there is a sentence, not a stack trace', async () => {
    expect(await keybank(['keys', 'import', '/no/such/file', '--sku', 'X'])).toEqual({
      status: 1,
      printed: '',
      failed: 'There is no file /no/such/file.',
    });
  });

  test('a folder is not a file of keys', async () => {
    expect(await keybank(['keys', 'import', folder, '--sku', 'X'])).toMatchObject({
      status: 2,
      failed: `${folder} is a folder. Name the file that holds the keys.`,
    });
  });
});

describe('the program as a process', () => {
  const script = fileURLToPath(new URL('../../server/keybank.js', import.meta.url));
  const start = (line: string[], env: Record<string, string>) =>
    new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
      const given = { PATH: process.env.PATH ?? '', ...env };
      const child = execFile(process.execPath, [script, ...line], { env: given }, (_error, stdout, stderr) =>
        resolve({ status: child.exitCode ?? -1, stdout, stderr }),
      );
    });

  test('tells its commands', async () => {
    const { status, stdout } = await start(['--help'], {});
    expect(status).toBe(0);
    for (const command of [
      'serve',
      'demo',
      'migrate',
      'check',
      'keys',
      'stock',
      'orders',
      'products',
      'sites',
      'verify',
    ])
      expect(stdout).toContain(`\n  ${command}`);
  });

  test('says its version', async () => {
    expect(await start(['--version'], {})).toMatchObject({ status: 0, stdout: '0.1.0\n' });
  });

  test('names the setting when the data folder cannot be used', async () => {
    expect(await start(['stock'], { KEYBANK_DATA_DIR: join(script, 'data') })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^The data folder \S+ cannot be used \(ENOTDIR\)\..*KEYBANK_DATA_DIR/),
    });
  });

  test('ends with 2 when used wrongly and with 1 when the settings are wrong, each time saying why', async () => {
    expect(await start(['fly'], {})).toMatchObject({ status: 2, stderr: expect.stringContaining("'fly'") });
    expect(await start(['check'], { KEYBANK_PROT: '1', KEYBANK_PORT: 'x' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('2 settings are not right'),
    });
  });
});
