import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCoreApp } from '../../server/app.ts';
import type { Cli } from '../../server/cli/cli.ts';
import { run } from '../../server/cli/run.ts';
import { parseConfig } from '../../server/config.ts';
import { silentLog } from '../../server/log.ts';
import { openRaw } from '../store/raw.ts';
import { engines } from '../support/engines.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openWorld, type World } from '../support/world.ts';

describe.each(engines())('keybank sites on %s', (engine) => {
  let world: World;
  let folder: string;
  beforeAll(async () => {
    world = await openWorld(engine);
    folder = await tempFolder('sites');
  });
  afterAll(() => world.close());

  async function sites(): Promise<string> {
    const env = { DATABASE_URL: world.url, KEYBANK_MAIL: 'mailbox', KEYBANK_DATA_DIR: folder };
    const config = parseConfig(env);
    const printed: string[] = [];
    const cli: Cli = {
      config: () => config,
      open: () => openCoreApp(config, silentLog),
      print: (text) => void printed.push(text),
      note: () => {},
      exitWith: () => {},
      stdin: (async function* () {})(),
      isTerminal: false,
      onSignal: () => {},
    };
    expect(await run(cli, ['sites'], { fail: (text) => void printed.push(text), debug: false })).toBe(0);
    return printed.join('\n').replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME');
  }

  test('says so when no site was heard of', async () => {
    expect(await sites()).toMatch(/^No site has been heard of yet\./);
  });

  test('shows each site with its last list, what differed, and who is silent', async () => {
    await world.store.insertSite({ slug: '', url: 'shop.example' });
    await world.store.insertSite({ slug: 'second', url: 'second.example' });
    const row = { source: 'amelia' as const, plugin: '0.1.0', lacking: 0, unknown: 0, isFirstPage: true };
    await world.store.saveReconcile({ ...row, site: '', listed: 120, unknown: 2 });
    await world.store.saveReconcile({ ...row, site: '', source: 'bookly', listed: 3 });
    const raw = await openRaw(engine, world.url);
    const hours = engine === 'postgres' ? "interval '4 hours'" : 'INTERVAL 4 HOUR';
    await raw.rows(`UPDATE reconciles SET last_at = last_at - ${hours} WHERE source = 'bookly'`);
    await raw.end();
    expect(await sites()).toBe(
      [
        'SITE    ADDRESS         BOOKINGS OF  PLUGIN  LAST LIST (UTC)            LISTED  LACKING HERE  UNKNOWN THERE',
        '(main)  shop.example    amelia       0.1.0   TIME              120             0              2',
        '(main)  shop.example    bookly       0.1.0   TIME (silent)       3             0              0',
        'second  second.example  –            –       never                           –             –              –',
      ].join('\n'),
    );
  });
});
