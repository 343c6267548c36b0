import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCoreApp, type CoreApp } from '../../server/app.ts';
import { parseConfig, type Config } from '../../server/config.ts';
import { silentLog } from '../../server/log.ts';
import { runCommand } from '../support/command.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { arrivalOf, booking } from '../support/world.ts';

describe.each(engines())('acts of staff on the command line on %s', (engine) => {
  let database: FreshDatabase;
  let config: Config;
  let core: CoreApp;

  beforeAll(async () => {
    database = await freshDatabase(engine);
    config = parseConfig({
      DATABASE_URL: database.url,
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_DATA_DIR: await tempFolder('acts'),
    });
    core = await openCoreApp(config, silentLog);
    await keybank('products', 'add', 'COURSE-A', '--reason', 'a new course');
    await keybank(...'products map --source amelia --service 1 --sku COURSE-A'.split(' '));
    await core.store.insertKeys({
      keys: [1, 2, 3, 4].map((number) => ({ licenseKey: `PQXF-000${number}`, sku: 'COURSE-A' })),
    });
    await core.core.queue.submit(arrivalOf(booking({ externalId: '13' })));
  });
  afterAll(async () => {
    await core.close();
    await database.drop();
  });

  const keybank = (...line: string[]) => runCommand(config, line);
  const why = ['--reason', 'a story'];

  test('take a mapping away, with a reason, and say when there is none', async () => {
    const item = ['--source', 'bookly', '--service', '77'];
    expect(await keybank('products', 'map', ...item, '--sku', 'COURSE-A')).toMatchObject({ status: 0 });
    expect(await keybank('products', 'unmap', ...item, ...why)).toMatchObject({
      status: 0,
      printed: 'bookly service 77 is mapped no more; orders that were served stay as they are.',
    });
    const trail = await core.store.findAudit({ subject: 'item:bookly:service:77' });
    expect(trail.at(-1)).toMatchObject({ action: 'mapping.deleted', actor: 'cli', reason: 'a story' });
    const again = await keybank('products', 'unmap', ...item);
    expect(again.status).not.toBe(0);
    expect(again.failed).toContain('There is no such mapping.');
  });

  test('keep the reason of a product and a mapping, or say that it was a command', async () => {
    expect(await core.store.findAudit({ subject: 'sku:COURSE-A' })).toMatchObject([
      { actor: 'cli', action: 'product.created', reason: 'a new course', refs: { did: 'new product' } },
    ]);
    expect(await core.store.findAudit({ subject: 'item:amelia:service:1' })).toMatchObject([
      { actor: 'cli', reason: 'by command', refs: { did: '1 × COURSE-A per booking' } },
    ]);
  });

  test('replace, reveal, add, correct, revoke and cancel, each with a sentence', async () => {
    const replaced = await keybank('keys', 'replace', '1', ...why);
    expect(replaced.printed).toMatch(
      /^Key 1 is revoked; its order has key 2 \(••••-0002\) instead\. The mail is queued as message /,
    );
    expect((await keybank('keys', 'reveal', '2', ...why)).printed).toBe('PQXF-0002');
    const added = await keybank(
      'orders',
      'add-keys',
      'amelia:13',
      '--sku',
      'COURSE-A',
      '--up-to',
      '2',
      ...why,
    );
    expect(added.printed).toMatch(/^1 key added; amelia:13 is fulfilled\. The mail is queued/);
    const corrected = await keybank(
      'orders',
      'correct',
      'amelia:13',
      '--email',
      'right@example.test',
      ...why,
    );
    expect(corrected.printed).toMatch(
      /^The address of amelia:13 is corrected; the order is fulfilled\. The mail/,
    );
    expect((await keybank('keys', 'revoke', '3', ...why)).printed).toBe(
      'Key 3 is revoked. It was with amelia:13, which gets no other for it.',
    );
    expect((await keybank('orders', 'cancel', 'amelia:13', ...why)).printed).toBe(
      'amelia:13 is cancelled, whatever its booking plugin says later.',
    );
    expect((await keybank('orders', 'cancel', 'amelia:13', ...why)).printed).toMatch(
      /^amelia:13 was cancelled already/,
    );
    const waiting = await keybank(
      'orders',
      'add-keys',
      'amelia:13',
      '--sku',
      'COURSE-A',
      '--up-to',
      '9',
      '--wait',
      ...why,
    );
    expect(waiting.printed).toMatch(/^There is not enough in stock\. amelia:13 waits/);
  });

  test('give keys to a person without a booking', async () => {
    const give = ['keys', 'give', '--sku', 'COURSE-A', '--email', 'mary@example.test'];
    expect((await keybank(...give, '--name', 'Mary Jackson', ...why)).printed).toMatch(
      /^Order staff:[0-9A-Z]{10} is fulfilled\. The mail is queued as message /,
    );
    expect(await keybank(...give, '--quantity', '9', ...why)).toMatchObject({
      status: 1,
      failed: expect.stringContaining('9 × COURSE-A wanted'),
    });
    expect((await keybank(...give, '--quantity', '9', '--wait', ...why)).printed).toMatch(
      /^Order staff:[0-9A-Z]{10} is waiting\. The mail follows/,
    );
  });

  test.each([
    ['orders', 'cancel', 'amelia:13'],
    ['orders', 'correct', 'amelia:13', '--email', 'a@example.test'],
    ['orders', 'add-keys', 'amelia:13', '--sku', 'COURSE-A', '--up-to', '2'],
    ['keys', 'give', '--sku', 'COURSE-A', '--email', 'a@example.test'],
    ['keys', 'replace', '2'],
    ['keys', 'revoke', '2'],
    ['keys', 'reveal', '2'],
  ])('%s %s asks for a reason', async (...line) => {
    expect((await keybank(...line)).status).toBe(2);
  });

  test('show what a mail says, keys masked, or whole with a reason that is kept', async () => {
    await core.store.insertKeys({ keys: [{ licenseKey: 'PQXF-0009', sku: 'COURSE-A' }] });
    await core.core.queue.submit(arrivalOf(booking({ externalId: '31' })));
    const order = await core.store.findOrder({ site: '', source: 'amelia', externalId: '31' });
    const mails = await core.store.findMessagesOfOrders({ orderIds: [order?.id ?? 0] });
    const mail = mails.find(({ kind }) => kind === 'key');
    const [key] = await core.store.findKeysOfOrders({ orderIds: ['amelia:31'] });
    const [id, whole] = [mail?.id ?? '', key?.licenseKey ?? ''];
    expect(whole).toMatch(/^PQXF-/);
    const masked = await keybank('mail', 'show', id);
    expect(masked.failed).toBe('');
    expect(masked.printed).toMatch(/^Subject: .+\n\n/);
    expect(masked.printed).toContain(`••••-${whole.slice(-4)}`);
    expect(masked.printed).not.toContain(whole);
    const shown = await keybank('mail', 'show', id, '--reveal', ...why);
    expect(shown.printed).toContain(whole);
    const trail = await core.store.findAudit({ subject: `order:${order?.id}` });
    expect(trail.at(-1)).toMatchObject({ action: 'key.revealed', actor: 'cli', reason: 'a story' });
    expect((await keybank('mail', 'show', id, '--reveal')).status).toBe(2);
    expect((await keybank('mail', 'show', id, ...why)).status).toBe(2);
    expect(await keybank('mail', 'show', 'PQXF-0001')).toMatchObject({
      status: 1,
      failed: expect.stringMatching(/^There is no mail of that name\./),
    });
  });

  test('repeat nothing that reads as no order id: it may be a key', async () => {
    const acts = [
      ['show'],
      ['resend', ...why],
      ['replay', ...why],
      ['cancel', ...why],
      ['correct', '--email', 'a@example.test', ...why],
      ['add-keys', '--sku', 'COURSE-A', '--up-to', '1', ...why],
    ];
    for (const [act = '', ...rest] of acts) {
      const { status, failed } = await keybank('orders', act, 'PQXF-0001', ...rest);
      expect([act, status, failed]).toEqual([
        act,
        1,
        expect.stringMatching(/^There is no order of that name\./),
      ]);
    }
  });

  test('refuse with the sentence of the procedure', async () => {
    expect(await keybank('keys', 'replace', '99', ...why)).toMatchObject({
      status: 1,
      failed: expect.stringContaining('There is no key with the id 99'),
    });
    expect((await keybank('keys', 'replace', 'x', ...why)).status).toBe(2);
  });
});
