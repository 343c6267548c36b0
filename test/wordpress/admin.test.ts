import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminUrl } from '../support/engines.ts';
import { SECRET, startFakeKeyBank, TOKEN, type FakeKeyBank } from './fake-key-bank.ts';
import { putIntoOutbox } from './outbox-row.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

const PAGE = '/wp-admin/tools.php?page=key-bank';
const SUBSCRIBER = { user: 'reader', password: 'only-reads-0123456789' };

let wordpress: WordPress;
let bank: FakeKeyBank;
let cookie: string;

beforeAll(async () => {
  bank = await startFakeKeyBank();
  wordpress = await startWordPress({
    php: '8.2',
    wordpress: '6.5',
    database: adminUrl('mariadb'),
    server: 'cli',
    plugins: ['amelia'],
  });
  await wordpress.php(
    `wp_insert_user( array( 'user_login' => '${SUBSCRIBER.user}', 'user_pass' => '${SUBSCRIBER.password}', 'role' => 'subscriber' ) );`,
  );
  cookie = await wordpress.logIn();
});

beforeEach(async () => {
  Object.assign(bank, { answer: null, version: '0.1.0', now: () => new Date() });
  bank.taken.length = 0;
  await wordpress.setConstants({
    KEYBANK_URL: bank.url,
    KEYBANK_TOKEN: TOKEN,
    KEYBANK_SIGNING_SECRET: SECRET,
    WP_ENVIRONMENT_TYPE: null,
    WP_HTTP_BLOCK_EXTERNAL: null,
  });
  await wordpress.php(`
    KeyBank\\install();
    $GLOBALS['wpdb']->query( 'DELETE FROM ' . KeyBank\\outbox() );
    foreach ( array( 'keybank_last', 'keybank_pause', 'keybank_fault', 'keybank_swept', 'keybank_reconciled' ) as $name ) { delete_option( $name ); }
    update_option( 'keybank_ran', time(), false );
    KeyBank\\adopt();`);
});

afterAll(async () => {
  await wordpress.stop();
  await bank.close();
});

async function screen(): Promise<{ code: number; html: string; state: string; level: string; text: string }> {
  const { code, text: html } = await wordpress.get(PAGE, { cookie });
  const head = /keybank-head keybank-(\w+)" data-state="(\w+)"/.exec(html);
  const inside = /<div class="wrap keybank">[\s\S]*?<div class="clear">/.exec(html)?.[0] ?? html;
  return { code, html, level: head?.[1] ?? '', state: head?.[2] ?? '', text: plain(inside) };
}

function plain(html: string): string {
  const words = html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  return words
    .replace(/&#0?39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/&gt;/g, '>');
}

/** Presses a button of the screen, and answers what the screen says then. */
async function press(deed: string): Promise<string> {
  const { html } = await screen();
  const nonce = new RegExp(`value="${deed}">.*?name="_wpnonce" value="(\\w+)"`).exec(html)?.[1];
  if (nonce === undefined) throw new Error(`the screen has no button "${deed}"`);
  const answer = await act(deed, nonce, cookie);
  expect(answer.code).toBe(302);
  expect(answer.headers.get('location')).toContain('tools.php?page=key-bank');
  const after = await screen();
  return plain(/role="status"><p>(.*?)<\/p>/.exec(after.html)?.[1] ?? '');
}

function act(deed: string, nonce: string, as: string) {
  const form = new URLSearchParams({ action: 'keybank', deed, _wpnonce: nonce });
  return wordpress.post('/wp-admin/admin-post.php', form, { cookie: as });
}

describe('the Tools screen', () => {
  it('names the three lines when nothing is set up, and offers no button', async () => {
    await wordpress.setConstants({ KEYBANK_URL: null, KEYBANK_TOKEN: null, KEYBANK_SIGNING_SECRET: null });
    const { state, level, text, html } = await screen();
    expect([state, level]).toEqual(['not_set_up', 'warn']);
    expect(text).toContain('Put these 3 lines into wp-config.php');
    for (const name of ['KEYBANK_URL', 'KEYBANK_TOKEN', 'KEYBANK_SIGNING_SECRET'])
      expect(text).toContain(`define( '${name}', '`);
    expect(html).not.toContain('value="keybank"');
  });

  it('names what is wrong with an address that is set', async () => {
    await wordpress.setConstants({ KEYBANK_URL: 'http://keys.example.com' });
    const { state, text } = await screen();
    expect(state).toBe('not_set_up');
    expect(text).toContain('use https://');
  });

  it('is green when nothing waits', async () => {
    const { code, state, level, text } = await screen();
    expect([code, state, level]).toEqual([200, 'ready', 'good']);
    expect(text).toContain('Amelia found');
    expect(text).toContain('Bookly not found');
    await putIntoOutbox(wordpress, { booking: 13, sent: true });
    const after = await screen();
    expect([after.state, after.level]).toEqual(['delivered', 'good']);
    expect(after.text).toContain('All bookings have been delivered.');
    expect(after.text).toContain('amelia:13');
  });

  it('tells waiting, late and failing bookings apart', async () => {
    await putIntoOutbox(wordpress, { booking: 20 });
    expect(await screen()).toMatchObject({ state: 'waiting', level: 'good' });
    await putIntoOutbox(wordpress, { booking: 21, age: 40 });
    expect(await screen()).toMatchObject({ state: 'late', level: 'warn' });
    const failure = {
      attempts: 3,
      code: 503,
      error: 'answered 503: the database is away',
      failingForHours: 2,
    };
    await putIntoOutbox(wordpress, { booking: 22, ...failure });
    const failing = await screen();
    expect(failing).toMatchObject({ state: 'failing', level: 'warn' });
    expect(failing.text).toContain('3 bookings wait.');
    expect(failing.text).toContain('The last try said: answered 503: the database is away.');
    expect(failing.text).toContain('Nothing is lost');
    await putIntoOutbox(wordpress, { booking: 23, ...failure, failingForHours: 30 });
    expect(await screen()).toMatchObject({ state: 'failing', level: 'bad' });
  });

  it('shows at most 20 waiting rows, and says how many there are', async () => {
    for (let booking = 1; booking <= 23; booking++) await putIntoOutbox(wordpress, { booking });
    const { html, text } = await screen();
    expect(html.match(/<td data-colname="Booking">/g)).toHaveLength(20);
    expect(text).toContain('The newest 20 of 23.');
  });

  it('says when a sweep or a comparison found something', async () => {
    await wordpress.php(
      `update_option( 'keybank_reconciled', array( 'time' => time(), 'listed' => 5, 'lacking' => 1, 'unknown' => 2, 'error' => null ), false );`,
    );
    const { text } = await screen();
    expect(text).toContain('Key Bank holds 2 orders that this site does not know.');
    expect(text).toContain('Key Bank lacked 1 booking of this site.');
  });

  it('shows nothing secret, whatever an error repeats, and no markup of others', async () => {
    const error = `bad <script>alert(1)</script> ${TOKEN} ${SECRET}`;
    await putIntoOutbox(wordpress, { booking: 30, attempts: 1, code: 400, error, failingForHours: 1 });
    await wordpress.php(
      `update_option( 'keybank_last', array( 'at' => time(), 'code' => 400, 'status' => null, 'error' => ${JSON.stringify(error)}, 'version' => '0.1.0' ), false );`,
    );
    const pages = [PAGE, '/wp-admin/site-health.php', '/wp-admin/site-health.php?tab=debug'];
    for (const page of pages) {
      const { code, text } = await wordpress.get(page, { cookie });
      expect(code).toBe(200);
      expect(text).toContain('bad ');
      for (const secret of [TOKEN, SECRET, '<script>alert(1)']) expect(text).not.toContain(secret);
    }
  });

  it('stands when the tables are gone', async () => {
    await wordpress.sql(
      'RENAME TABLE wp_keybank_outbox TO kept_outbox, wp_keybank_bookings TO kept_bookings',
    );
    try {
      const { code, state } = await screen();
      expect([code, state]).toEqual([200, 'no_tables']);
      const health = await wordpress.get('/wp-admin/site-health.php', { cookie });
      expect(health.code).toBe(200);
    } finally {
      await wordpress.sql(
        'RENAME TABLE kept_outbox TO wp_keybank_outbox, kept_bookings TO wp_keybank_bookings',
      );
    }
  });

  it('is for administrators alone', async () => {
    const reader = await wordpress.logIn(SUBSCRIBER.user, SUBSCRIBER.password);
    expect((await wordpress.get(PAGE, { cookie: reader })).code).toBe(403);
    expect((await wordpress.get(PAGE)).code).toBe(302);
  });
});

describe('a test event', () => {
  it('proves address, token and signature, and names the version of the server', async () => {
    expect(await press('test')).toContain('Key Bank 0.1.0 answered 200');
    expect(bank.taken.map(({ hook }) => hook)).toEqual(['keybank_test']);
  });

  it('names the constant that differs', async () => {
    await wordpress.setConstants({ KEYBANK_TOKEN: 'another-token-0123456789' });
    expect(await press('test')).toMatch(/answered 401.*KEYBANK_TOKEN in wp-config.php is not/);
    await wordpress.setConstants({
      KEYBANK_TOKEN: TOKEN,
      KEYBANK_SIGNING_SECRET: 'another-secret-0123456789',
    });
    expect(await press('test')).toMatch(/answered 401.*KEYBANK_SIGNING_SECRET in wp-config.php differs/);
  });

  it('tells a clock that is off from a wrong secret', async () => {
    bank.now = () => new Date(Date.now() + 600_000);
    expect(await press('test')).toMatch(/answered 401.*NTP/);
  });

  it.each([
    [404, 'There is no Key Bank at this address'],
    [403, 'A firewall or a proxy'],
    [502, 'The server runs, but cannot work now'],
    [301, 'put the final address into KEYBANK_URL'],
    [200, 'not as Key Bank does'],
  ])('explains a %d of a server that is not ours', async (code, words) => {
    bank.answer = { code, headers: { location: 'https://elsewhere.example.com/' }, body: '<html>' };
    expect(await press('test')).toContain(words);
  });

  it('explains a refused connection, and TLS spoken to a server that has none', async () => {
    await wordpress.setConstants({ KEYBANK_URL: 'http://127.0.0.1:9' });
    expect(await press('test')).toContain('Nothing listens at the address of KEYBANK_URL');
    await wordpress.setConstants({ KEYBANK_URL: bank.url.replace('http:', 'https:') });
    expect(await press('test')).toContain('TLS failed');
  });

  it('explains a name that is not known and a WordPress that may not call out', async () => {
    await wordpress.setConstants({ KEYBANK_URL: 'https://keys.invalid' });
    expect(await press('test')).toContain('WP_ACCESSIBLE_HOSTS');
    await wordpress.setConstants({ WP_HTTP_BLOCK_EXTERNAL: false });
    expect(await press('test')).toContain('not known to DNS');
  });
});

describe('the buttons', () => {
  it('send what waits', async () => {
    const failure = { attempts: 1, code: 0, error: 'Connection refused', failingForHours: 1 };
    await putIntoOutbox(wordpress, { booking: 40, ...failure });
    expect(await press('flush')).toBe('1 booking sent.');
    expect(bank.taken.map(({ id }) => id.replace(/\d+$/, ''))).toEqual(['amelia:40:']);
    expect(await screen()).toMatchObject({ state: 'delivered' });
  });

  it('say why when nothing can be sent', async () => {
    await putIntoOutbox(wordpress, { booking: 41 });
    bank.answer = { code: 503, body: '{"error":"the database is away"}' };
    expect(await press('flush')).toMatch(/^0 sent, 1 still waiting\. The last try said: answered 503/);
  });

  it('need a nonce of their own', async () => {
    const { html } = await screen();
    const nonce = /value="test">.*?name="_wpnonce" value="(\w+)"/.exec(html)?.[1] ?? '';
    expect((await act('test', '', cookie)).code).toBe(403);
    expect((await act('flush', nonce, cookie)).code).toBe(403);
    expect(bank.taken).toEqual([]);
    expect((await act('test', nonce, cookie)).code).toBe(302);
    expect(bank.taken).toHaveLength(1);
  });

  it('are for administrators alone', async () => {
    const { html } = await screen();
    const nonce = /value="test">.*?name="_wpnonce" value="(\w+)"/.exec(html)?.[1] ?? '';
    const reader = await wordpress.logIn(SUBSCRIBER.user, SUBSCRIBER.password);
    expect((await act('test', nonce, reader)).code).toBe(403);
    expect((await act('test', nonce, '')).code).toBeGreaterThanOrEqual(400);
    expect(bank.taken).toEqual([]);
  });
});

describe('a copy of the site', () => {
  it('sends nothing until it is said to be the live one', async () => {
    await wordpress.php(`update_option( 'keybank_home', 'https://shop.example' );`);
    await putIntoOutbox(wordpress, { booking: 50 });
    const { state, text, html } = await screen();
    expect(state).toBe('stopped');
    expect(text).toContain('https://shop.example');
    expect(html).not.toContain('value="flush"');
    expect(await press('adopt')).toContain('Bookings are sent from http');
    expect(await screen()).toMatchObject({ state: 'waiting' });
  });

  it('names the constant that lets another environment send', async () => {
    await wordpress.setConstants({ WP_ENVIRONMENT_TYPE: 'staging' });
    const { state, text, html } = await screen();
    expect(state).toBe('stopped');
    expect(text).toContain("define( 'KEYBANK_ENVIRONMENT', 'staging' );");
    expect(html).not.toContain('value="adopt"');
  });
});

describe('notices', () => {
  const notice = async (page: string) =>
    plain(
      /<div class="notice notice-\w+"><p><strong>Key Bank:[\s\S]*?<\/div>/.exec(
        (await wordpress.get(page, { cookie })).text,
      )?.[0] ?? '',
    );

  it('tell of set-up and of a stop where set-up is done, and nowhere else', async () => {
    await wordpress.setConstants({ KEYBANK_TOKEN: null });
    for (const page of ['/wp-admin/index.php', '/wp-admin/plugins.php', '/wp-admin/tools.php'])
      expect(await notice(page)).toContain('KEYBANK_TOKEN is not set');
    expect(await notice('/wp-admin/edit.php')).toBe('');
    await wordpress.setConstants({ KEYBANK_TOKEN: TOKEN });
    expect(await notice('/wp-admin/index.php')).toBe('');
    await wordpress.php(`update_option( 'keybank_home', 'https://shop.example' );`);
    expect(await notice('/wp-admin/index.php')).toContain('A copy must not send');
  });

  it('tell of bookings that failed for a day, everywhere', async () => {
    const failure = {
      booking: 60,
      attempts: 5,
      code: 401,
      error: 'answered 401: the token is missing or wrong',
    };
    await putIntoOutbox(wordpress, { ...failure, failingForHours: 23 });
    expect(await notice('/wp-admin/edit.php')).toBe('');
    await putIntoOutbox(wordpress, { ...failure, booking: 61, failingForHours: 25 });
    expect(await notice('/wp-admin/edit.php')).toMatch(
      /2 bookings wait\..*for a day or longer.*KEYBANK_TOKEN/,
    );
    expect(await notice(PAGE)).toBe('');
  });
});

describe('Site Health', () => {
  async function health(): Promise<Record<string, { status: string; text: string }>> {
    const { text } = await wordpress.get('/wp-admin/site-health.php', { cookie });
    const json: unknown = JSON.parse(/var SiteHealth = (\{.*\});/.exec(text)?.[1] ?? 'null');
    const results = field(field(json, 'site_status'), 'direct');
    const rows = (Array.isArray(results) ? results : []).map((row: unknown) => [
      String(field(row, 'test')).replace('keybank_', ''),
      {
        status: String(field(row, 'status')),
        text: plain(`${String(field(row, 'label'))}. ${String(field(row, 'description'))}`),
      },
    ]);
    return Object.fromEntries(rows);
  }
  const field = (value: unknown, name: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

  it('is content with a site that delivers', async () => {
    const results = await health();
    for (const name of ['configuration', 'delivery', 'background', 'address', 'versions'])
      expect([name, results[name]?.status]).toEqual([name, 'good']);
  });

  it('is worried after an hour of failing, and alarmed after a day', async () => {
    const failure = { attempts: 5, code: 401, error: 'answered 401: the token is missing or wrong' };
    await putIntoOutbox(wordpress, { booking: 70, ...failure, failingForHours: 0.5 });
    expect((await health())['delivery']?.status).toBe('good');
    await putIntoOutbox(wordpress, { booking: 71, ...failure, failingForHours: 2 });
    expect((await health())['delivery']).toMatchObject({ status: 'recommended' });
    await putIntoOutbox(wordpress, { booking: 72, ...failure, failingForHours: 48 });
    const { status, text } = (await health())['delivery'] ?? { status: '', text: '' };
    expect(status).toBe('critical');
    expect(text).toMatch(/for 2 days.*3 bookings wait.*no key yet.*KEYBANK_TOKEN/);
  });

  it('names a real cron where nothing calls WP-Cron and PHP cannot go on after the page', async () => {
    await wordpress.php(`
      update_option( 'keybank_ran', time() - 1000, false );
      wp_clear_scheduled_hook( 'keybank_deliver' );
      wp_schedule_event( time() - 960, 'keybank_minute', 'keybank_deliver' );`);
    const idle = (await health())['background'] ?? { status: '', text: '' };
    expect(idle.status).toBe('recommended');
    expect(idle.text).toContain('DISABLE_WP_CRON is set');
    expect(idle.text).toContain(`* * * * * curl -s '${wordpress.url}/wp-cron.php?doing_wp_cron'`);
    await putIntoOutbox(wordpress, { booking: 73, age: 20 });
    expect((await health())['background']?.status).toBe('critical');
  });

  it('tells what is missing, where the site is stopped, and releases that do not fit', async () => {
    await wordpress.setConstants({ KEYBANK_URL: null, KEYBANK_TOKEN: null });
    expect((await health())['configuration']?.status).toBe('critical');
    await wordpress.setConstants({
      KEYBANK_URL: bank.url,
      KEYBANK_TOKEN: TOKEN,
      KEYBANK_SIGNING_SECRET: null,
    });
    expect((await health())['configuration']?.text).toContain('without a signature');
    await wordpress.setConstants({ KEYBANK_SIGNING_SECRET: SECRET });
    bank.version = '0.2.7';
    await press('test');
    await wordpress.php(`update_option( 'keybank_home', 'https://shop.example' );`);
    const results = await health();
    expect(results['versions']).toMatchObject({ status: 'recommended' });
    expect(results['versions']?.text).toContain('the server is version 0.2.7');
    expect(results['address']?.status).toBe('critical');
    expect((await screen()).text).toContain('the server is version 0.2.7');
  });

  it('has a section for reports to the forum, without anything secret', async () => {
    await putIntoOutbox(wordpress, { booking: 74 });
    const { text } = await wordpress.get('/wp-admin/site-health.php?tab=debug', { cookie });
    const section = plain(
      /id="health-check-accordion-block-key-bank"[\s\S]*?<\/table>/.exec(text)?.[0] ?? '',
    );
    expect(section).toContain('KEYBANK_TOKEN yes');
    expect(section).toContain('waiting 1');
    expect(text).not.toContain(TOKEN);
  });
});

it('leaves no notice or warning of PHP behind', async () => {
  expect(await wordpress.debugLog()).not.toContain('mu-plugins/key-bank');
});
