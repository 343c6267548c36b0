import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adviceFor, NEVER_CHECKED } from '../../server/cli/check.ts';
import { checkDatabase } from '../../server/cli/check-database.ts';
import { CONFIG_KEYS, parseConfig } from '../../server/config.ts';
import { openDatabase } from '../../server/database.ts';
import { silentLog } from '../../server/log.ts';
import { migrate } from '../../server/store/migrate.ts';
import { findExisting } from '../../server/store/embedded/place.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { openRaw } from '../store/raw.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe.each(engines())('the check of a database on %s', (engine) => {
  let database: FreshDatabase;
  const check = (url = database.url) =>
    checkDatabase(parseConfig({ DATABASE_URL: url, KEYBANK_MAIL: 'mailbox' }));

  beforeAll(async () => {
    database = await freshDatabase(engine);
  });
  afterAll(() => database.drop());

  test('makes no table, names what the next start will run, and says that no rights were tried', async () => {
    const { facts, unchecked } = await check();
    expect(facts).toContainEqual(['Schema', expect.stringContaining('the next start runs 0001-')]);
    expect(unchecked.join()).toContain('rights');
    const raw = await openRaw(engine, database.url);
    const schema = engine === 'postgres' ? 'current_schema()' : 'DATABASE()';
    expect(
      await raw.rows(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${schema}`,
      ),
    ).toEqual([]);
    await raw.end();
  });

  test('tries the rights and takes everything back', async () => {
    await migrate({ url: database.url });
    const { facts, unchecked } = await check();
    expect(facts.map(([name]) => name)).toEqual(['Database', 'Schema', 'Rights']);
    expect(unchecked).toEqual([]);
    const raw = await openRaw(engine, database.url);
    expect(await raw.rows('SELECT sku FROM products')).toEqual([]);
    expect(await raw.rows('SELECT sku FROM product_mappings')).toEqual([]);
    await raw.end();
  });

  test.runIf(engine === 'postgres' /* whose URL can ask for it */)(
    'fails where nothing may be written',
    async () => {
      const url = new URL(database.url);
      url.searchParams.set('options', '-c default_transaction_read_only=on');
      await expect(check(url.href)).rejects.toThrow('25006');
    },
  );
});

test('the check of an embedded database neither makes one nor leaves one running', async () => {
  const home = await tempFolder('check');
  await chmod(home, 0o711);
  const dataDir = join(home, 'data');
  const config = parseConfig({ KEYBANK_DATA_DIR: dataDir });
  expect(await checkDatabase(config)).toMatchObject({ tried: false });
  await expect(readdir(dataDir)).rejects.toThrow('ENOENT');

  const database = await openDatabase(config, silentLog);
  const folder = database.folder ?? '';
  expect(await findExisting(dataDir)).toBe(folder);
  expect((await checkDatabase(config)).facts[0]?.[1]).toContain(`embedded, in ${folder}; it runs already`);
  await database.close();
  expect((await checkDatabase(config)).facts[0]?.[1]).toContain('was started for this check and is stopped');
  expect(await readdir(join(folder, 'data'))).not.toContain('postmaster.pid');
});

describe('advice about the events of a mail service', () => {
  const POSTMARK = { KEYBANK_POSTMARK_EVENTS: 'postmark:a-password-of-at-least-16' };
  const SENDGRID = { KEYBANK_SENDGRID_EVENTS: keyOfTheDocs() };
  const about = (env: Record<string, string>) => {
    const people = { KEYBANK_MAIL_FROM: 'keys@example.com', KEYBANK_ADMIN_EMAIL: 'you@example.com' };
    return adviceFor(parseConfig({ ...people, ...env })).filter((advice) => advice.includes('_EVENTS'));
  };

  test.each([
    ['postmark:abc', {}, 'KEYBANK_POSTMARK_EVENTS is not set, so a mail that bounces later'],
    ['sendgrid:abc', {}, 'KEYBANK_SENDGRID_EVENTS is not set, so a mail that bounces later'],
    [
      'sendgrid:abc',
      { ...POSTMARK, ...SENDGRID },
      'KEYBANK_POSTMARK_EVENTS is set, and KEYBANK_MAIL is sendgrid',
    ],
    ['smtp://mail.example.com', SENDGRID, 'KEYBANK_SENDGRID_EVENTS is set, and KEYBANK_MAIL is smtp'],
    ['mailbox', POSTMARK, 'KEYBANK_POSTMARK_EVENTS is set, and KEYBANK_MAIL is mailbox'],
  ])('KEYBANK_MAIL=%s with %j', (mail, events, words) => {
    expect(about({ KEYBANK_MAIL: mail, ...events })).toEqual([expect.stringContaining(words)]);
  });

  test.each([
    ['http://keys.example.com', 1],
    ['http://10.0.0.5:8080', 1],
    ['https://keys.example.com', 0],
    ['http://localhost:8080', 0],
  ])('with the server at %s tells when mails cannot link orders', (address, times) => {
    const people = { KEYBANK_MAIL_FROM: 'keys@example.com', KEYBANK_ADMIN_EMAIL: 'you@example.com' };
    const advice = adviceFor(parseConfig({ ...people, KEYBANK_PUBLIC_URL: address }));
    expect(advice.filter((one) => one.includes('orders are not linked in your mails'))).toHaveLength(times);
  });

  test('a look whether mails go out takes no real key', () => {
    expect(NEVER_CHECKED.join()).toContain('keybank mail send-test');
    expect(NEVER_CHECKED.join()).not.toContain('keybank try');
  });

  test('there is none when both fit, or no events are to be had', () => {
    expect(about({ KEYBANK_MAIL: 'postmark:abc', ...POSTMARK })).toEqual([]);
    expect(about({ KEYBANK_MAIL: 'sendgrid:abc', ...SENDGRID })).toEqual([]);
    expect(about({ KEYBANK_MAIL: 'smtp://mail.example.com' })).toEqual([]);
    expect(about({})).toEqual([]);
  });
});

function keyOfTheDocs(): string {
  return CONFIG_KEYS.find(({ name }) => name === 'KEYBANK_SENDGRID_EVENTS')?.example ?? '';
}
