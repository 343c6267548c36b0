import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCoreApp, type CoreApp } from '../../server/app.ts';
import { parseConfig, type Config } from '../../server/config.ts';
import { newUuid } from '../../server/ids.ts';
import { silentLog } from '../../server/log.ts';
import { runCommand } from '../support/command.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { arrivalOf, booking } from '../support/world.ts';

describe.each(engines())('the daily work on the command line on %s', (engine) => {
  let database: FreshDatabase;
  let config: Config;
  let core: CoreApp;

  beforeAll(async () => {
    database = await freshDatabase(engine);
    const env = {
      DATABASE_URL: database.url,
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_DATA_DIR: await tempFolder('desk'),
    };
    config = parseConfig(env);
    core = await openCoreApp(config, silentLog);
  });
  afterAll(async () => {
    await core.close();
    await database.drop();
  });

  const keybank = (...line: string[]) => runCommand(config, line);

  const order = (externalId: string) => core.store.findOrder({ site: '', source: 'amelia', externalId });

  test('health names what is wrong, and fails while no server runs', async () => {
    const without = await keybank('health');
    expect(without.status).toBe(1);
    expect(without.printed).toMatch(/instances +BAD +No server is running/);
    await core.store.beat({
      ...{ id: newUuid(), host: 'web-1', version: '0.0.1', startedAt: new Date(), retries: 4 },
    });
    const well = await keybank('health');
    expect(well.status).toBe(0);
    expect(well.printed).toMatch(/database +\w+ +.*answers in \d+ ms/);
    expect(well.printed).toMatch(/^Locks: .*\d+ (wait|deadlock)s? /m);
    expect(well.printed).toMatch(/web-1 +0\.0\.1 .* 4$/m);
  });

  test('orders waiting shows who is served next, and what is lacking', async () => {
    expect((await keybank('orders', 'waiting')).printed).toBe('No order waits for stock.');
    await keybank('products', 'add', 'COURSE-A');
    await keybank(
      'products',
      'map',
      '--source',
      'amelia',
      '--service',
      '1',
      '--sku',
      'COURSE-A',
      '--quantity',
      '2',
    );
    await core.core.queue.submit(arrivalOf(booking({ externalId: '1' })));
    const { printed } = await keybank('orders', 'waiting', '--sku', 'COURSE-A');
    expect(printed).toMatch(/^ORDER +SINCE \(UTC\) +E-MAIL +NAME +LACKS$/m);
    expect(printed).toMatch(/^amelia:1 .*buyer-1@example\.test +Ada Lovelace +2 × COURSE-A$/m);
    expect(await keybank('orders', 'waiting', '--sku', 'NEVER')).toMatchObject({
      status: 1,
      failed: /There is no product NEVER/,
    });
  });

  test('keys find tells the id of a key in stock; a request to give that is repeated gives nothing twice', async () => {
    expect(
      (await runCommand(config, ['keys', 'import', '-', '--sku', 'COURSE-Z'], 'Z-1001\nZ-1002\n')).status,
    ).toBe(0);
    const found = await keybank('keys', 'find', 'Z-1002');
    expect(found.printed).toMatch(/^KEY ID +KEY +SKU +STATUS +ORDER +IMPORT +SINCE \(UTC\)$/m);
    expect(found.printed).toMatch(
      /^\d+ +••••-1002 +COURSE-Z +available +– +[\da-f-]{36} +[\d-]{10} \d\d:\d\d$/m,
    );
    expect((await keybank('keys', 'find', 'Z-1003')).status).toBe(1);
    const give = ['keys', 'give', '--sku', 'COURSE-Z', '--email', 'ada@example.test', '--reason', 'press'];
    const again = [...give, '--request-id', '5F0F7A0E-5b0c-4f5e-9a51-2f4d1c7d9b10'];
    const twice = [await keybank(...again), await keybank(...again)];
    expect(twice.map(({ status }) => status)).toEqual([0, 0]);
    expect(new Set(twice.map(({ printed }) => printed)).size).toBe(1);
    expect((await keybank('keys', 'find', '1002')).printed).toContain('available');
    expect((await keybank(...give, '--request-id', 'mine')).status).toBe(2);
  });

  test('attention lists what to do, settles and reopens with a reason', async () => {
    await core.core.queue.submit(
      arrivalOf(booking({ externalId: '2', item: { kind: 'service', id: '77', name: 'New' } })),
    );
    const listed = await keybank('attention', 'list');
    expect(listed.printed).toMatch(
      /attention +amelia:2 .*unmapped.*products map --source amelia --service 77/,
    );
    const id = /^(\d+) /m.exec(listed.printed)?.[1] ?? '';
    expect((await keybank('attention', 'list', '--kind', 'conflict')).printed).toBe(
      'Nothing needs a person.',
    );
    expect(await keybank('attention', 'list', '--kind', 'trouble')).toMatchObject({
      status: 2,
      failed: /no kind trouble/,
    });
    expect((await keybank('attention', 'settle', id)).status).toBe(2);
    expect((await keybank('attention', 'settle', 'x', '--reason', 'y')).status).toBe(2);
    expect((await keybank('attention', 'settle', id, '--reason', 'seen')).printed).toBe(
      `Settled: 1 alert (${id}).`,
    );
    expect((await keybank('attention', 'settle', id, '--reason', 'seen')).printed).toBe(
      'They were settled before.',
    );
    expect((await keybank('attention', 'list')).printed).toBe('Nothing needs a person.');
    expect((await keybank('attention', 'reopen', id, '--reason', 'not yet')).printed).toBe(
      `Back on the list: 1 alert (${id}).`,
    );
    const trail = await core.store.findAudit({ subject: `order:${(await order('2'))?.id}` });
    expect(trail.slice(-2)).toMatchObject([
      { actor: 'cli', action: 'alert.settled' },
      { actor: 'cli', action: 'alert.reopened', reason: 'not yet' },
    ]);
  });

  test('mail lists what is in trouble and queues it again; what it refuses fails the command', async () => {
    await keybank('products', 'map', '--source', 'amelia', '--service', '3', '--sku', 'COURSE-C', '--new');
    await core.store.insertKeys({ keys: [{ licenseKey: 'CCCC-DDDD-0001', sku: 'COURSE-C' }] });
    const item = { kind: 'service' as const, id: '3', name: null };
    await core.core.queue.submit(arrivalOf(booking({ externalId: '3', item })));
    const [mail] = await core.store.findMessagesOfOrders({ orderIds: [(await order('3'))?.id ?? 0] });
    const id = mail?.id ?? '';
    expect((await keybank('mail', 'list')).printed).toMatch(
      new RegExp(`^${id} +key +amelia:3 .* queued`, 'm'),
    );
    await core.store.settleMessages({
      ...{ ids: [id], isTry: true, status: 'failed', retryInMs: null, lastCode: 'smtp_550' },
      ...{ lastError: 'refused (550)', acceptedAt: null },
    });
    const listed = await keybank('mail', 'list', '--show', 'trouble', '--status', 'failed');
    expect(listed.printed).toMatch(new RegExp(`^${id} .* failed .*refused \\(550\\)$`, 'm'));
    expect(listed.printed).not.toContain('CCCC');
    const again = await keybank('mail', 'retry', id, '--reason', 'their server is back');
    expect(again).toMatchObject({ status: 0, printed: /Queued again: 1 mail/ });
    const refused = await keybank('mail', 'retry', id, '--reason', 'once more');
    expect(refused).toMatchObject({ status: 1, printed: /The mail is queued/ });
    for (const wrong of [
      ['--show', 'some'],
      ['--show', 'trouble', '--status', 'queued'],
    ])
      expect((await keybank('mail', 'list', ...wrong)).status).toBe(2);
    expect((await keybank('mail', 'list', '--status', 'failed')).failed).toMatch(/in trouble/);
  });

  test('attention names the site of a course that is to be mapped', async () => {
    const { delivery, ...arrival } = arrivalOf(
      booking({ externalId: '9', item: { kind: 'event', id: '5', name: 'Far' } }),
    );
    await core.core.queue.submit({ ...arrival, delivery: { ...delivery, site: 'second' } });
    expect((await keybank('attention', 'list')).printed).toMatch(
      /amelia@second:9 .*products map --source amelia --site second --event 5/,
    );
  });
});
