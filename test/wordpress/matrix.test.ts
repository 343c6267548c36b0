import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, type EngineName } from '../support/engines.ts';
import { findPhp, type PhpVersion } from '../support/php/find-php.ts';
import { say } from '../support/php/say.ts';
import { freshAddress, openShop, ownFaults, type Shop } from './journeys/shop.ts';
import type { WordPressVersion } from './support/find-wordpress.ts';

/** The first download of PHP and WordPress may take its time. */
const DOWNLOAD_MS = 600_000;

const ROWS: { php: PhpVersion; version: WordPressVersion; engine: EngineName }[] = [
  { php: '7.4', version: '6.2', engine: 'mariadb' },
  { php: '8.4', version: 'newest', engine: 'mariadb' },
  { php: '8.2', version: '6.5', engine: 'mysql' },
];

/** Only with the engines that this run was asked for. */
const rows = ROWS.filter(({ engine }) => engines().includes(engine));

async function open(
  php: PhpVersion,
  about: Parameters<typeof openShop>[0],
): Promise<{ shop: Shop; fpm: boolean }> {
  const { fpm } = await findPhp(php, say);
  return { shop: await openShop({ ...about, php, server: fpm ? 'fpm' : 'cli' }), fpm: fpm !== null };
}

/** All that an administrator may look at. */
async function lookAround(shop: Shop, site = '/'): Promise<void> {
  const cookie = await shop.wordpress.logIn();
  for (const page of [
    'tools.php?page=key-bank',
    'site-health.php',
    'site-health.php?tab=debug',
    'index.php',
  ]) {
    const { code, text } = await shop.wordpress.get(`${site}wp-admin/${page}`, { cookie });
    expect(code, page).toBe(200);
    if (page !== 'index.php' && page !== 'site-health.php') expect(text).toContain('Key Bank');
    expect(text).not.toMatch(/<b>(Notice|Warning|Deprecated|Fatal error)<\/b>/);
  }
}

async function expectNoComplaint(shop: Shop): Promise<void> {
  expect(ownFaults(await shop.wordpress.debugLog())).toEqual([]);
  expect(await shop.wordpress.php(`return get_option( 'keybank_fault' );`)).toBe(false);
}

describe.each(rows)('PHP $php with WordPress $version on $engine', ({ php, version, engine }) => {
  let shop: Shop;
  beforeAll(async () => {
    ({ shop } = await open(php, { wordpress: version, engine }));
  }, DOWNLOAD_MS);
  afterAll(() => shop?.stop());

  it('is what it says it is, and PHP speaks up', async () => {
    const said = await shop.wordpress.php(
      `return array( PHP_VERSION, get_bloginfo( 'version' ), $GLOBALS['wpdb']->get_var( 'SELECT VERSION()' ), error_reporting() === E_ALL );`,
    );
    expect(said).toEqual([
      expect.stringMatching(new RegExp(`^${php}`)),
      expect.stringMatching(version === 'newest' ? /^([7-9]|6\.[6-9])/ : new RegExp(`^${version}`)),
      engine === 'mariadb' ? expect.stringContaining('MariaDB') : expect.stringMatching(/^8\.|^9\./),
      true,
    ]);
    const log = await shop.wordpress.debugLog();
    await shop.wordpress.php(`trigger_error( 'heard in mu-plugins', E_USER_DEPRECATED );`);
    expect(ownFaults((await shop.wordpress.debugLog()).slice(log.length))).toHaveLength(1);
    await shop.wordpress.php(`file_put_contents( WP_DEBUG_LOG, '' );`);
  });

  it('an Amelia appointment ends as a key in the mailbox, and its cancel link as a cancelled order', async () => {
    const email = freshAddress('ada');
    const couponCode = 'PARTNER-7';
    const { bookings } = await shop.happen('amelia_appointment', { email, couponCode });
    const orderId = `amelia:${bookings[0]}`;
    expect(await shop.order(orderId)).toMatchObject({ status: 'fulfilled', email, coupon: couponCode });
    const keys = await shop.mailed(email);
    expect(keys.filter((key) => shop.imported.has(key))).toHaveLength(1);
    await shop.happen('amelia_cancel_link', { booking: bookings[0] });
    expect((await shop.order(orderId))?.status).toBe('cancelled');
    await expectNoComplaint(shop);
  });

  it('an event with tickets and a package as well', async () => {
    const email = freshAddress('eve');
    await shop.happen('amelia_event', { email, event: 2, tickets: [{ eventTicketId: 1, persons: 2 }] });
    expect(await shop.mailed(email)).toHaveLength(2);
    const { packageCustomer } = await shop.happen('amelia_package', {});
    expect(await shop.order(`amelia:package:${packageCustomer}`)).toMatchObject({ status: 'fulfilled' });
    await expectNoComplaint(shop);
  });

  it('a Bookly row, and a compound, are sold, and deleted are cancelled', async () => {
    for (const scenario of ['bookly_book', 'bookly_compound']) {
      const email = freshAddress('bo');
      const { bookings } = await shop.happen(scenario, { email });
      const orderId = String((await shop.told('bookly', Number(bookings[0])))[0]?.orderId);
      expect(await shop.order(orderId)).toMatchObject({ status: 'fulfilled', email });
      expect(await shop.mailed(email)).toHaveLength(1);
      await shop.happen('bookly_delete', { bookings, many: true });
      expect((await shop.order(orderId))?.status).toBe('cancelled');
    }
    await expectNoComplaint(shop);
  });

  it('the hourly run finds what no hook told, and both sides agree', async () => {
    const { bookings } = await shop.happen('amelia_appointment', {});
    await shop.happen('amelia_silent', { booking: bookings[0], status: 'canceled' });
    await shop.wordpress.runCron('keybank_sweep');
    expect((await shop.order(`amelia:${bookings[0]}`))?.status).toBe('cancelled');
    expect(await shop.wordpress.php(`return get_option( 'keybank_reconciled' );`)).toMatchObject({
      lacking: 0,
      unknown: 0,
      error: null,
    });
    await expectNoComplaint(shop);
  });

  it('hooks with arguments that nobody expects leave no word in the log', async () => {
    for (const kind of ['null', 'string', 'number', 'object', 'closure', 'recursion', 'ids', 'deep'])
      expect((await shop.wordpress.scenario('weird', { kind, booking: 1 })).code, kind).toBe(200);
    await shop.wordpress.idle();
    await expectNoComplaint(shop);
  });

  it('the screens of the administrator open without a notice', async () => {
    await lookAround(shop);
    await expectNoComplaint(shop);
  });
});

describe('a network of two sites', () => {
  let shop: Shop;
  beforeAll(async () => {
    ({ shop } = await open('8.2', { multisite: true }));
    await shop.wordpress.get('/two/');
  }, DOWNLOAD_MS);
  afterAll(() => shop?.stop());

  const site = '/two/';
  const bodies = (prefix: string) => shop.wordpress.sql(`SELECT * FROM ${prefix}keybank_outbox ORDER BY id`);

  it('has tables for each site', async () => {
    const tables = await shop.wordpress.sql(`SHOW TABLES LIKE '%keybank%'`);
    expect(tables.flatMap((row) => Object.values(row)).sort()).toEqual([
      ...['wp_2_keybank_bookings', 'wp_2_keybank_outbox', 'wp_keybank_bookings', 'wp_keybank_outbox'],
    ]);
  });

  it('keeps bookings of the same number apart: the second site has orders of its own', async () => {
    const [one, two] = [freshAddress('one'), freshAddress('two')];
    const first = await shop.happen('amelia_appointment', { email: one });
    const second = await shop.happen('amelia_appointment', { email: two }, { site });
    expect(second.bookings).toEqual(first.bookings);
    expect([(await bodies('wp_')).length, (await bodies('wp_2_')).length]).toEqual([1, 1]);
    expect(await shop.order(`amelia:${first.bookings[0]}`)).toMatchObject({
      site: '',
      email: one,
      status: 'fulfilled',
    });
    const [orderId = ''] = await shop.lookup(two);
    expect(orderId).toMatch(/^amelia@[a-z0-9-]+-two:1$/);
    // Its courses are its own too.
    const order = await shop.order(orderId);
    expect(order).toMatchObject({ status: 'attention', reason: 'unmapped' });
    const about = { site: order?.site, kind: 'service', itemId: '1', sku: 'WORKSHOP' };
    for (const source of ['amelia', 'bookly'])
      await shop.bank.rpc('products.mappings.save', { ...about, source, reason: 'set up' });
    expect(await shop.mailed(two)).toHaveLength(1);
    expect(await shop.mailed(one)).toHaveLength(1);
  });

  it('says in each envelope which site speaks', async () => {
    const sites = await shop.bankSql('SELECT slug, url FROM sites ORDER BY slug');
    const host = new URL(shop.wordpress.url).host;
    expect(sites).toEqual([
      { slug: '', url: host },
      { slug: expect.stringMatching(/-two$/), url: `${host}/two` },
    ]);
  });

  it('sells, cancels and sweeps on the second site as on the first', async () => {
    const email = freshAddress('bo');
    const { bookings } = await shop.happen('bookly_book', { email }, { site });
    const [orderId = ''] = await shop.lookup(email);
    expect(await shop.order(orderId)).toMatchObject({ status: 'fulfilled', email });
    expect(await shop.mailed(email)).toHaveLength(1);
    await shop.happen('bookly_delete', { bookings }, { site });
    expect((await shop.order(orderId))?.status).toBe('cancelled');
    expect(await shop.order(`bookly:${bookings[0]}`)).toBeNull();

    await shop.happen('amelia_silent', { booking: 1, status: 'canceled' }, { site });
    await shop.wordpress.runCron('keybank_sweep', '/');
    expect((await shop.order('amelia:1'))?.status).toBe('fulfilled');
    await shop.wordpress.runCron('keybank_sweep', site);
    expect((await shop.order('amelia:1'))?.status).toBe('fulfilled');
    const [silent = ''] = (await shop.lookup('1')).filter((id) => id.startsWith('amelia@'));
    expect((await shop.order(silent))?.status).toBe('cancelled');
    expect(await shop.wordpress.php(`return get_option( 'keybank_reconciled' );`, site)).toMatchObject({
      lacking: 0,
      unknown: 0,
      error: null,
    });
  });

  it('told of from the other site, a booking goes into the tables of its own', async () => {
    const { bookings } = await shop.happen('amelia_appointment', {}, { site });
    const [before, elsewhere] = [await bodies('wp_2_'), await bodies('wp_')];
    await shop.wordpress.php(`
      switch_to_blog( 2 );
      $GLOBALS['wpdb']->update( $GLOBALS['wpdb']->prefix . 'amelia_customer_bookings', array( 'status' => 'canceled' ), array( 'id' => ${bookings[0]} ) );
      do_action( 'amelia_before_booking_canceled', array( 'id' => ${bookings[0]}, 'customerId' => 1 ) );
      restore_current_blog();`);
    expect((await bodies('wp_2_')).length).toBe(before.length + 1);
    expect(await bodies('wp_')).toHaveLength(elsewhere.length);
  });

  it('shows each site its own screens, without a notice', async () => {
    await lookAround(shop);
    await lookAround(shop, site);
    await expectNoComplaint(shop);
  });
});
