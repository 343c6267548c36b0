import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminUrl, engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { startService, WEBHOOK_TOKEN, type Service } from '../support/service.ts';
import { startMisbehaving, type Misbehaving } from './support/misbehaving.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

const SECRET = 'signing-secret-of-the-clone-tests';
const COPY = 'http://staging.shop.test';
const engine = engines().find((name) => name !== 'postgres') ?? 'mariadb';

let wordpress: WordPress;
let bank: Misbehaving;
let cookie: string;

beforeAll(async () => {
  bank = await startMisbehaving({ mode: 'ok' });
  wordpress = await startWordPress({
    php: '8.2',
    wordpress: '6.5',
    database: adminUrl(engine),
    server: 'cli',
    keyBank: false,
  });
  cookie = await wordpress.logIn();
});
afterAll(async () => {
  await wordpress?.stop();
  await bank?.stop();
});

const connect = (url: string) =>
  wordpress.setConstants({ KEYBANK_URL: url, KEYBANK_TOKEN: WEBHOOK_TOKEN, KEYBANK_SIGNING_SECRET: SECRET });
const outbox = () => wordpress.sql('SELECT * FROM wp_keybank_outbox ORDER BY id');
const cron = () => wordpress.runCron('keybank_deliver');
const stopped = async () => String(await wordpress.php(`return KeyBank\\status()['stopped'];`));
const page = async () => {
  const { text } = await wordpress.get('/wp-admin/tools.php?page=key-bank', { cookie });
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&#039;', "'")
    .replaceAll('&quot;', '"');
};
/** Site and booking of what came. */
const came = () =>
  bank.requests
    .filter(({ path }) => path !== '/webhooks/reconcile')
    .map(({ body }) => {
      const { site, id, rev }: { site: string; id: string; rev: number } = JSON.parse(body);
      return { site, name: id.slice(0, id.lastIndexOf(':')), rev };
    });
const change = (booking: number, status: string) =>
  wordpress.scenario('amelia_booking_status', { booking, status });

async function book(): Promise<number> {
  const outcome = await wordpress.scenario('amelia_appointment');
  expect(outcome.code).toBe(200);
  return Number(outcome.bookings[0]);
}

describe('bookings made before the install', () => {
  it('stay silent until their status changes, whatever else is written of them', async () => {
    const quiet = await wordpress.scenario('amelia_appointment');
    const loud = await book();
    const bookly = await wordpress.scenario('bookly_book');
    const sold = await wordpress.scenario('amelia_package');
    await connect(bank.url);
    await wordpress.installKeyBank();
    await wordpress.get('/');
    expect(await outbox()).toEqual([]);
    const known = await wordpress.sql(
      'SELECT source, kind, id, rev, status FROM wp_keybank_bookings ORDER BY source, kind, id',
    );
    expect(known).toEqual([
      { source: 'amelia', kind: 'booking', id: quiet.bookings[0], rev: 0, status: 'approved' },
      { source: 'amelia', kind: 'booking', id: loud, rev: 0, status: 'approved' },
      { source: 'amelia', kind: 'package', id: sold.packageCustomer, rev: 0, status: 'approved' },
      { source: 'bookly', kind: 'booking', id: bookly.bookings[0], rev: 0, status: 'approved' },
    ]);

    await wordpress.scenario('amelia_reschedule', { appointment: quiet.appointments[0], args: 1 });
    await wordpress.scenario('amelia_payment', {
      payment: quiet.payments[0],
      how: 'updated',
      status: 'paid',
    });
    await wordpress.scenario('bookly_payment', { payment: bookly.payments[0] });
    await wordpress.runCron('keybank_sweep');
    expect(await outbox()).toEqual([]);
    await change(loud, 'canceled');
    await wordpress.scenario('bookly_status', { bookings: bookly.bookings, status: 'cancelled' });
    await cron();
    expect(came().map(({ name }) => name)).toEqual([`amelia:${loud}`, `bookly:${bookly.bookings[0]}`]);
  });
});

describe('a copy of the site', () => {
  beforeEach(async () => {
    await wordpress.sql('DELETE FROM wp_keybank_outbox');
    // Old enough for the sweep not to miss what was just deleted.
    await wordpress.sql(`UPDATE wp_keybank_bookings SET seen_at = '2000-01-01'`);
    bank.requests.length = 0;
  });

  it('sends nothing under another address, gathers, says so, and sends all once it is the live site', async () => {
    await connect('http://127.0.0.1:9');
    const before = await book();
    await cron();
    await connect(bank.url);
    await wordpress.sql('UPDATE wp_keybank_outbox SET next_at = UTC_TIMESTAMP()');
    await wordpress.setConstants({ WP_HOME: COPY });
    const during = await book();
    const bookly = await wordpress.scenario('bookly_book');
    await cron();
    await wordpress.runCron('keybank_sweep');
    // Neither bookings nor lists: the server would take the copy's for the original's.
    expect(bank.requests).toEqual([]);
    expect(await outbox()).toMatchObject([
      { booking: before, sent_at: null },
      { booking: during, attempts: 0, sent_at: null },
      { source: 'bookly', attempts: 0, sent_at: null },
    ]);
    const sentence = `Key Bank was set up for ${wordpress.url}, but this site is ${COPY}. A copy must not send`;
    expect(await stopped()).toContain(sentence);
    const shown = await page();
    expect(shown).toContain('This site sends nothing.');
    expect(shown).toContain(sentence);
    expect(shown).toContain('This is the live site now');
    expect((await wordpress.get('/wp-admin/index.php', { cookie })).text).toContain('A copy must not send');

    await wordpress.php('KeyBank\\adopt();');
    expect(await wordpress.php(`return KeyBank\\status()['stopped'];`)).toBeNull();
    await cron();
    expect(came().map(({ name }) => name)).toEqual([
      `amelia:${before}`,
      `amelia:${during}`,
      `bookly:${bookly.bookings[0]}`,
    ]);
    // The shop that moved is the same shop: under a new name the server would sell its bookings once more.
    expect(new Set(came().map(({ site }) => site))).toEqual(new Set([wordpress.url]));
    // The original has become the copy.
    await wordpress.setConstants({ WP_HOME: null });
    expect(await stopped()).toContain(`Key Bank was set up for ${COPY}, but this site is ${wordpress.url}.`);
    await wordpress.php('KeyBank\\adopt();');
    expect(await wordpress.php(`return KeyBank\\status()['stopped'];`)).toBeNull();
  });

  it.each(['', ' that has moved before'])(
    'made by a tool that replaces the address in every option knows that it is one, of a shop%s',
    async (moved) => {
      await connect(bank.url);
      if (moved) {
        await wordpress.setConstants({ WP_HOME: COPY });
        await wordpress.php('KeyBank\\adopt();');
        await wordpress.setConstants({ WP_HOME: null });
        await wordpress.php('KeyBank\\adopt();');
      }
      const { host } = new URL(wordpress.url);
      const replace = (from: string, to: string) =>
        wordpress.sql('UPDATE wp_options SET option_value = REPLACE(option_value, ?, ?)', [from, to]);
      await replace(host, 'clone.shop.test');
      await wordpress.setConstants({ WP_HOME: 'http://clone.shop.test' });
      const booking = await book();
      await cron();
      expect(bank.requests).toEqual([]);
      expect(await stopped()).toContain(
        `Key Bank was set up for ${wordpress.url}, but this site is http://clone.shop.test.`,
      );
      await replace('clone.shop.test', host);
      await wordpress.setConstants({ WP_HOME: null });
      await cron();
      expect(came()).toMatchObject([{ name: `amelia:${booking}`, site: wordpress.url }]);
    },
  );

  it('reads the addresses that an earlier version kept as they are, and keeps them otherwise from then on', async () => {
    const kept = () =>
      wordpress.sql(
        `SELECT option_value AS kept FROM wp_options WHERE option_name IN ('keybank_home', 'keybank_site') ORDER BY option_name`,
      );
    const addresses = () => wordpress.php('return array( KeyBank\\home(), KeyBank\\site() );');
    await wordpress.php(`
      update_option( 'keybank_home', '${COPY}' );
      update_option( 'keybank_site', 'https://first.shop.test' );`);
    expect(await addresses()).toEqual([COPY, 'https://first.shop.test']);
    expect(await stopped()).toContain(`Key Bank was set up for ${COPY}`);
    await wordpress.php(`update_option( 'keybank_schema', '1' );`);
    expect(await addresses()).toEqual([COPY, 'https://first.shop.test']);
    expect(JSON.stringify(await kept())).not.toContain('shop');
    await wordpress.php(
      `KeyBank\\adopt(); update_option( 'keybank_site', base64_encode( '${wordpress.url}' ) );`,
    );
  });

  it.each(['https', 'http'])('a move to %s://www. is no other site', async (scheme) => {
    const { host } = new URL(wordpress.url);
    await wordpress.setConstants({ WP_HOME: `${scheme}://WWW.${host}/` });
    expect(await wordpress.php(`return KeyBank\\status()['stopped'];`)).toBeNull();
    await wordpress.setConstants({ WP_HOME: null });
  });

  it.each(['staging', 'development', 'local'])(
    'of type %s sends nothing unless wp-config.php says so',
    async (type) => {
      await wordpress.setConstants({ WP_ENVIRONMENT_TYPE: type });
      const booking = await book();
      await cron();
      expect(bank.requests).toEqual([]);
      expect(await stopped()).toBe(
        `This is a ${type} site, so its bookings are not sent. If that is meant, put define( 'KEYBANK_ENVIRONMENT', '${type}' ); into wp-config.php.`,
      );
      expect(await page()).toContain(`This is a ${type} site`);
      // One that permits another type permits nothing here.
      await wordpress.setConstants({ KEYBANK_ENVIRONMENT: type === 'staging' ? 'local' : 'staging' });
      await cron();
      expect(bank.requests).toEqual([]);
      await wordpress.setConstants({ KEYBANK_ENVIRONMENT: type });
      await cron();
      expect(came().map(({ name }) => name)).toEqual([`amelia:${booking}`]);
      await wordpress.setConstants({ WP_ENVIRONMENT_TYPE: null, KEYBANK_ENVIRONMENT: null });
    },
  );

  it.each([
    [
      'http://keys.example.com',
      /^KEYBANK_URL begins with http:\/\/, but keys\.example\.com is not a local address: use https:\/\//,
    ],
    ['http://8.8.8.8:3000', /begins with http:\/\/, but 8\.8\.8\.8 is not a local address/],
    ['http://localhost.example.com', /is not a local address/],
    ['keys.example.com', /no web address/],
    ['ftp://keys.example.com', /no web address/],
    ['', /^KEYBANK_URL is not set/],
  ])('KEYBANK_URL "%s" is refused with a sentence, and bookings are gathered', async (url, sentence) => {
    await connect(url);
    const booking = await book();
    await cron();
    expect(await outbox()).toMatchObject([{ booking, attempts: 0, sent_at: null }]);
    expect(await stopped()).toMatch(sentence);
    expect(await page()).not.toMatch(`${WEBHOOK_TOKEN}|${SECRET}`);
    await connect(bank.url);
  });

  it.each([
    'http://localhost:3000',
    'http://10.1.2.3',
    'http://[::1]:3000',
    'http://keybank:3000',
    'https://keys.example.com/',
  ])('KEYBANK_URL "%s" is fine', async (url) => {
    await connect(url);
    expect(await wordpress.php(`return KeyBank\\status()['stopped'];`)).toBeNull();
    await connect(bank.url);
  });
});

describe('with the real server', () => {
  let service: Service;
  let database: FreshDatabase;

  beforeAll(async () => {
    database = await freshDatabase(engine);
    service = await startService({
      DATABASE_URL: database.url,
      KEYBANK_SIGNING_SECRET: SECRET,
      KEYBANK_DEFAULT_SKU: 'WORKSHOP',
    });
    await service.rpc('products.save', { sku: 'WORKSHOP', name: 'Key Workshop', reason: 'set up' });
    const keys = Array.from({ length: 20 }, (_, index) => `CLONE-KEY-${String(index).padStart(4, '0')}`);
    await service.rpc('keys.import', { sku: 'WORKSHOP', text: keys.join('\n'), dryRun: false });
    await wordpress.sql('DELETE FROM wp_keybank_outbox');
    await connect(service.url);
  });
  afterAll(async () => {
    await service?.stop();
    await database?.drop();
  });

  const order = async (booking: number) => {
    const { data } = await service.rpc('orders.lookup', { query: `amelia:${booking}` });
    const { orders }: { orders: { orderId: string; status: string }[] } = JSON.parse(JSON.stringify(data));
    return orders.map(({ orderId, status }) => [orderId, status]);
  };

  it('a WordPress restored from a backup still gets its changes through', async () => {
    const booking = await book();
    await cron();
    expect(await order(booking)).toEqual([[`amelia:${booking}`, 'fulfilled']]);
    const dump = async (table: string) => ({
      table,
      rows: await wordpress.sql(
        `SELECT * FROM wp_${table} WHERE ${table === 'keybank_outbox' ? 'booking' : 'id'} = ?`,
        [booking],
      ),
    });
    const backup = await Promise.all(
      ['keybank_bookings', 'keybank_outbox', 'amelia_customer_bookings'].map(dump),
    );

    await change(booking, 'canceled');
    await cron();
    expect(await order(booking)).toEqual([[`amelia:${booking}`, 'cancelled']]);
    const [newest] = await wordpress.sql('SELECT rev FROM wp_keybank_bookings WHERE id = ? AND rev > 0', [
      booking,
    ]);

    for (const { table, rows } of backup) {
      await wordpress.sql(
        `DELETE FROM wp_${table} WHERE ${table === 'keybank_outbox' ? 'booking' : 'id'} = ?`,
        [booking],
      );
      for (const row of rows) await wordpress.sql(`INSERT INTO wp_${table} SET ?`, [row]);
    }
    // No restore is done within the second of the last change.
    for (const last = Number(newest?.['rev']); Date.now() < (last + 1) * 1000;) await pause(20);
    expect(
      await wordpress.sql('SELECT status FROM wp_amelia_customer_bookings WHERE id = ?', [booking]),
    ).toEqual([{ status: 'approved' }]);
    await change(booking, 'no-show');
    await change(booking, 'approved');
    await cron();
    const revs = (await outbox())
      .filter((row) => Number(row['booking']) === booking)
      .map((row) => Number(row['rev']));
    expect(revs.at(-1)).toBeGreaterThan(Number(newest?.['rev']));
    expect(await order(booking)).toEqual([[`amelia:${booking}`, 'fulfilled']]);
  });

  it('a shop that moved keeps its orders: nobody gets a second key', async () => {
    const booking = await book();
    await cron();
    await wordpress.setConstants({ WP_HOME: COPY });
    await wordpress.php('KeyBank\\adopt();');
    await change(booking, 'canceled');
    await cron();
    expect(await order(booking)).toEqual([[`amelia:${booking}`, 'cancelled']]);
    await change(booking, 'approved');
    await cron();
    expect(await order(booking)).toEqual([[`amelia:${booking}`, 'fulfilled']]);
  });
});
