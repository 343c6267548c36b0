import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminUrl } from '../support/engines.ts';
import { SECRET, startFakeKeyBank, TOKEN, type FakeKeyBank } from './fake-key-bank.ts';
import { putIntoOutbox } from './outbox-row.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';
import { wp } from './wp-cli.ts';

let wordpress: WordPress;
let bank: FakeKeyBank;

beforeAll(async () => {
  bank = await startFakeKeyBank();
  wordpress = await startWordPress({
    php: '8.2',
    wordpress: '6.5',
    database: adminUrl('mariadb'),
    server: 'cli',
    plugins: ['amelia'],
  });
});

beforeEach(async () => {
  Object.assign(bank, { answer: null });
  bank.taken.length = 0;
  await wordpress.setConstants({
    KEYBANK_URL: bank.url,
    KEYBANK_TOKEN: TOKEN,
    KEYBANK_SIGNING_SECRET: SECRET,
    WP_ENVIRONMENT_TYPE: null,
  });
  await wordpress.php(`
    KeyBank\\install();
    $GLOBALS['wpdb']->query( 'DELETE FROM ' . KeyBank\\outbox() );
    foreach ( array( 'keybank_last', 'keybank_pause', 'keybank_swept', 'keybank_sweep_at' ) as $name ) { delete_option( $name ); }
    update_option( 'keybank_home', KeyBank\\current_home() );`);
});

afterAll(async () => {
  await wordpress.stop();
  await bank.close();
});

const FAILURE = { attempts: 5, code: 503, error: 'answered 503: the database is away', failingForHours: 3 };

describe('wp keybank status', () => {
  it('shows the figures and ends well when nothing is wrong', async () => {
    await putIntoOutbox(wordpress, { booking: 1, sent: true });
    const { lines, text, code } = await wp(wordpress, 'status');
    expect(code).toBe(0);
    expect(lines).toContain('KEYBANK_TOKEN: yes');
    expect(lines).toContain('sent in 30 days: 1');
    expect(lines.at(-1)).toBe('success: All bookings have been delivered.');
    for (const secret of [TOKEN, SECRET]) expect(text).not.toContain(secret);
  });

  it('ends with an error when bookings fail, nothing is set, or the site is stopped', async () => {
    await putIntoOutbox(wordpress, { booking: 2, ...FAILURE });
    const failing = await wp(wordpress, 'status');
    expect(failing.code).toBe(1);
    expect(failing.text).toMatch(/amelia:2 \(rev \d+\): tried 5 times/);
    expect(failing.lines.at(-1)).toMatch(/^error: 1 booking waits\. The last try said: answered 503/);
    await wordpress.setConstants({ WP_ENVIRONMENT_TYPE: 'staging' });
    expect(await wp(wordpress, 'status')).toMatchObject({ code: 1 });
    await wordpress.setConstants({ WP_ENVIRONMENT_TYPE: null, KEYBANK_URL: null });
    expect((await wp(wordpress, 'status')).lines.at(-1)).toContain('Key Bank is not set up yet.');
  });

  it('prints JSON and nothing else when asked to', async () => {
    await putIntoOutbox(wordpress, { booking: 3 });
    const { text, code } = await wp(wordpress, 'status', { format: 'json' });
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      state: 'waiting',
      configuration: { token: true, signing_secret: true },
      outbox: { waiting: 1, failing: 0, open: [{ booking: 'amelia:3', attempts: 0 }] },
      versions: { plugin: '0.1.0' },
    });
    for (const secret of [TOKEN, SECRET]) expect(text).not.toContain(secret);
  });
});

describe('wp keybank test', () => {
  it('says what the server answered', async () => {
    expect((await wp(wordpress, 'test')).text).toContain('success: Key Bank 0.1.0 answered 200');
    await wordpress.setConstants({ KEYBANK_TOKEN: 'another-token-0123456789' });
    const refused = await wp(wordpress, 'test');
    expect(refused.code).toBe(1);
    expect(refused.text).toMatch(/^error: .*401.*KEYBANK_TOKEN/);
  });
});

describe('wp keybank flush and retry', () => {
  it('flush leaves rows alone whose time has not come, retry sends them', async () => {
    await putIntoOutbox(wordpress, { booking: 4, ...FAILURE });
    const flushed = await wp(wordpress, 'flush');
    expect(flushed.text).toMatch(/^error: 0 sent, 1 waiting\..*wp keybank retry/);
    expect(bank.taken).toEqual([]);
    const retried = await wp(wordpress, 'retry');
    expect(retried).toMatchObject({ code: 0, lines: ['1 due now.', 'success: 1 sent, 0 waiting.'] });
    expect(bank.taken).toHaveLength(1);
  });

  it('stop at a server that fails, with an error', async () => {
    await putIntoOutbox(wordpress, { booking: 5 });
    await putIntoOutbox(wordpress, { booking: 6 });
    bank.answer = { code: 500, body: '{}' };
    const { code, text } = await wp(wordpress, 'retry');
    expect(code).toBe(1);
    expect(text).toContain('0 sent, 2 waiting');
  });

  it('send nothing from a site that is stopped', async () => {
    await putIntoOutbox(wordpress, { booking: 7 });
    await wordpress.php(`update_option( 'keybank_home', 'https://shop.example' );`);
    expect(await wp(wordpress, 'retry')).toMatchObject({ code: 1 });
    expect(bank.taken).toEqual([]);
    expect((await wp(wordpress, 'adopt')).text).toContain('success: Bookings are sent from http');
    expect(await wp(wordpress, 'retry')).toMatchObject({ code: 0 });
    expect(bank.taken).toHaveLength(1);
  });
});

describe('wp keybank sweep', () => {
  it('finds a booking that no hook told of', async () => {
    await wp(wordpress, 'sweep');
    await wordpress.removeKeyBank();
    const { bookings } = await wordpress.scenario('amelia_appointment');
    await wordpress.installKeyBank();
    await wordpress.sql(
      `UPDATE wp_amelia_customer_bookings SET created = UTC_TIMESTAMP() - INTERVAL 1 HOUR WHERE id = ?`,
      bookings,
    );
    const { code, text } = await wp(wordpress, 'sweep', { hours: '24' });
    expect(code).toBe(0);
    expect(text).toContain('success: 1 change found that was missed.');
    expect((await wp(wordpress, 'flush')).text).toContain('1 sent');
    expect(bank.taken[0]?.id).toContain(`amelia:${String(bookings[0])}:`);
  });

  it('notes what is older than a week, and says how it is sent', async () => {
    await wordpress.removeKeyBank();
    const { bookings } = await wordpress.scenario('amelia_appointment');
    await wordpress.installKeyBank();
    await wordpress.sql(
      `UPDATE wp_amelia_customer_bookings SET created = UTC_TIMESTAMP() - INTERVAL 9 DAY WHERE id = ?`,
      bookings,
    );
    const outbox = () => wordpress.sql('SELECT id FROM wp_keybank_outbox WHERE booking = ?', bookings);
    expect(await wp(wordpress, 'sweep')).toMatchObject({
      code: 0,
      lines: [
        '1 older booking was noted and not sent; `wp keybank sweep --earlier` sends it.',
        expect.stringMatching(/^success: /),
      ],
    });
    expect(await outbox()).toEqual([]);
    const earlier = await wp(wordpress, 'sweep', { earlier: true });
    expect(earlier.lines).toEqual([expect.stringMatching(/^success: [1-9]\d* change/)]);
    expect(await outbox()).toHaveLength(1);
  });

  it('does not believe that a whole table was deleted, until it is told', async () => {
    await wordpress.sql('DELETE FROM wp_amelia_customer_bookings');
    const doubted = await wp(wordpress, 'sweep');
    expect(doubted.code).toBe(1);
    expect(doubted.lines[0]).toMatch(/^0 changes found/);
    expect(doubted.lines[1]).toMatch(
      /^error: .* vanished from the table wp_amelia_customer_bookings, .*--deleted/,
    );
    const believed = await wp(wordpress, 'sweep', { deleted: true });
    expect(believed.text).toMatch(/^success: [1-9]\d* changes? found/);
    expect((await wp(wordpress, 'sweep')).lines).toEqual([expect.stringMatching(/^success: 0 changes/)]);
  });

  it('refuses hours that are no number', async () => {
    expect((await wp(wordpress, 'sweep', { hours: 'two' })).text).toMatch(/^error: --hours is "two"/);
  });
});

it('every command has a help text', async () => {
  for (const name of ['status', 'test', 'flush', 'retry', 'adopt', 'uninstall'])
    expect((await wp(wordpress, name)).help).toContain('## EXAMPLES');
});

describe('wp keybank uninstall', () => {
  it('asks first', async () => {
    await putIntoOutbox(wordpress, { booking: 8 });
    const { text } = await wp(wordpress, 'uninstall');
    expect(text).toMatch(/^1 changes of bookings wait .*\[y\/n\]$/);
    expect(await wordpress.sql(`SHOW TABLES LIKE 'wp_keybank_%'`)).toHaveLength(2);
  });

  it('removes tables, options and cron events, and says that the files are next', async () => {
    const { code, text } = await wp(wordpress, 'uninstall', { yes: true });
    expect(code).toBe(0);
    expect(text).toContain('Now delete wp-content/mu-plugins/key-bank.php');
    await wordpress.removeKeyBank();
    expect(await wordpress.sql(`SHOW TABLES LIKE 'wp_keybank_%'`)).toEqual([]);
    expect(
      await wordpress.sql(`SELECT option_name FROM wp_options WHERE option_name LIKE '%keybank%'`),
    ).toEqual([]);
    const cron = await wordpress.php('return _get_cron_array();');
    expect(JSON.stringify(cron)).not.toContain('keybank');
  });
});
