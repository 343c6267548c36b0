import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, describe, test } from 'vitest';
import { openCoreApp } from '../../server/app.ts';
import { parseConfig, type Config } from '../../server/config.ts';
import { newUuid } from '../../server/ids.ts';
import { silentLog } from '../../server/log.ts';
import { statusOfCommand } from '../support/command.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';

describe.each(engines())('keybank deliveries on %s', (engine) => {
  let database: FreshDatabase;
  let folder: string;
  let config: Config;
  const deliveryId = newUuid();

  beforeAll(async () => {
    database = await freshDatabase(engine);
    folder = await mkdtemp(join(tmpdir(), 'keybank-deliveries-'));
    config = parseConfig({
      DATABASE_URL: database.url,
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_DATA_DIR: folder,
      KEYBANK_DEFAULT_SKU: 'ANY',
    });
    const core = await openCoreApp(config, silentLog);
    const body = JSON.stringify({ id: '7', email: 'kept@example.test', serviceId: 1 });
    await core.store.insertKeys({ keys: [{ licenseKey: 'ANY-1', sku: 'ANY' }] });
    await core.store.insertDeliveries({
      deliveries: [
        {
          id: deliveryId,
          receivedAt: new Date('2026-11-22T20:06:46.000Z'),
          site: '',
          source: 'amelia',
          hook: 'a_hook\u001b[2J\nDelivery forged',
          contentType: 'application/json',
          body: new TextEncoder().encode(body),
          headers: {},
          verdict: 'attention',
          flag: 'kept for a person',
          orders: [],
          replayOf: null,
        },
      ],
    });
    await core.close();
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function keybank(...line: string[]): Promise<{ status: number; text: string }> {
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const status = await statusOfCommand(config, ['deliveries', ...line], {
      print: say,
      note: say,
      fail: say,
    });
    return { status, text: said.join('\n') };
  }

  test('show tells of a delivery, without its content', async () => {
    const { status, text } = await keybank('show', deliveryId);
    expect(status).toBe(0);
    expect(text).toContain(`Delivery ${deliveryId}: attention`);
    expect(text).toContain('received 2026-11-22 20:06:46 UTC from amelia, a_hook');
    expect(text).toContain('kept for a person');
    expect(text).not.toContain('kept@example.test');
  });

  test('replay serves what was kept without an order', async () => {
    expect(await keybank('replay', deliveryId, '--reason', 'mended')).toEqual({
      status: 0,
      text: 'Read again: fulfilled; amelia:7 is fulfilled.',
    });
  });

  test('an unknown id is told, and the reason is asked for', async () => {
    expect(await keybank('show', 'amelia:7')).toMatchObject({
      status: 1,
      text: expect.stringContaining('There is no delivery'),
    });
    expect((await keybank('replay', deliveryId)).status).not.toBe(0);
  });
});
