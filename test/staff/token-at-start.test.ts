import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../server/config.ts';
import { valueOf } from '../../server/errors.ts';
import { greeting } from '../../server/greeting.ts';
import { openLog } from '../../server/log.ts';
import { addStaff } from '../../server/staff/add-staff.ts';
import { revokeStaff } from '../../server/staff/revoke-staff.ts';
import { start } from '../../server/start.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { tempFolder } from '../support/temp-folder.ts';

const TOKEN = 'kb_staff_configured-0123456789abcdef';

describe.each(engines())('a start on %s', (engine) => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase(engine);
  });
  afterAll(() => database.drop());

  test('says where a staff token is that opens nothing any more, and not which', async () => {
    const config = parseConfig({
      DATABASE_URL: database.url,
      KEYBANK_DATA_DIR: await tempFolder('start'),
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_PORT: '0',
      KEYBANK_STAFF_TOKEN: TOKEN,
      KEYBANK_DIGEST_HOUR: 'off',
    });
    let logged = '';
    const log = openLog({ level: 'trace', destination: { write: (line) => void (logged += line) } });

    const first = await start(config, log);
    const { rpc, store } = first.app;
    const [owner] = await store.listStaff();
    const by = { reason: 'a story', actor: 'cli' };
    valueOf(await addStaff(rpc, { name: 'Grace', role: 'admin', grants: [], ...by }));
    valueOf(await revokeStaff(rpc, { staffId: owner?.id ?? 0, ...by }));
    expect(greeting(first, false)).toMatch(/Staff token +in KEYBANK_STAFF_TOKEN\n/);
    await first.stop();
    expect(logged).not.toContain('staff.token_spent');

    const second = await start(config, log);
    const told = greeting(second, true);
    await second.stop();
    expect(
      logged.match(/"event":"staff.token_spent","from":"KEYBANK_STAFF_TOKEN","what":"[^"]+"/g),
    ).toHaveLength(1);
    expect(told).toMatch(/Staff token +the one in KEYBANK_STAFF_TOKEN opens nothing any more\n/);
    expect(logged + told).not.toContain(TOKEN);
  });
});
