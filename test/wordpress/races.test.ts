import { setTimeout as pause } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminUrl, engines, freshDatabase, type EngineName } from '../support/engines.ts';
import { crowd, startService, WEBHOOK_TOKEN } from '../support/service.ts';
import { startMisbehaving, type Misbehaving } from './support/misbehaving.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

const SECRET = 'signing-secret-of-the-race-tests';
const NOBODY = 'http://127.0.0.1:9';
const asked = engines().filter((name) => name !== 'postgres');
const databases: EngineName[] = asked.length > 0 ? asked : ['mariadb'];

async function until(what: string, holds: () => Promise<boolean>, patienceMs = 30_000) {
  for (const deadline = Date.now() + patienceMs; !(await holds()); await pause(10)) {
    if (Date.now() > deadline) throw new Error(`still not so after ${patienceMs} ms: ${what}`);
  }
}

describe.each(databases)('PHP workers on %s', (engine) => {
  let wordpress: WordPress;
  let bank: Misbehaving;
  /** A session of the test's own, in the database of WordPress. */
  let rival: mysql.Connection;
  let watcher: mysql.Connection;
  let database: string;

  beforeAll(async () => {
    bank = await startMisbehaving({ mode: 'ok' });
    wordpress = await startWordPress({
      php: '8.2',
      wordpress: '6.5',
      database: adminUrl(engine),
      server: 'fpm',
      workers: 8,
    });
    database = String(await wordpress.php('return DB_NAME;'));
    const url = new URL(adminUrl(engine));
    url.pathname = `/${database}`;
    rival = await mysql.createConnection({ uri: url.href });
    watcher = await mysql.createConnection({ uri: adminUrl(engine) });
    await connect(bank.url);
    await wordpress.get('/');
  });
  afterAll(async () => {
    await rival?.end();
    await watcher?.end();
    await wordpress?.stop();
    await bank?.stop();
  });
  beforeEach(async () => {
    await wordpress.idle();
    await wordpress.sql('DELETE FROM wp_keybank_outbox');
    await wordpress.sql(`DELETE FROM wp_options WHERE option_name IN ('keybank_pause', 'keybank_fault')`);
    await connect(bank.url);
    bank.requests.length = 0;
  });

  const connect = (url: string) =>
    wordpress.setConstants({
      KEYBANK_URL: url,
      KEYBANK_TOKEN: WEBHOOK_TOKEN,
      KEYBANK_SIGNING_SECRET: SECRET,
    });
  const outbox = () => wordpress.sql('SELECT * FROM wp_keybank_outbox ORDER BY id');
  const deliver = () => wordpress.php('return KeyBank\\deliver( 60, 5000 );');
  /** Of the bookings that came. */
  const ids = () =>
    bank.requests
      .map(({ headers }) => headers['webhook-id'] ?? '')
      .filter((id) => !id.startsWith('reconcile:'));
  const named = (row: Record<string, unknown>) =>
    `${String(row['source'])}:${row['kind'] === 'package' ? 'package:' : ''}${String(row['booking'])}:${String(row['rev'])}`;
  const fault = () =>
    wordpress.sql(`SELECT option_value FROM wp_options WHERE option_name = 'keybank_fault'`);
  const times = <T>(count: number, work: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => work(index)));
  /** Sessions of this WordPress whose statement looks so. */
  const sessions = async (like: string) => {
    const [rows] = await watcher.query<mysql.RowDataPacket[]>(
      'SELECT id FROM information_schema.processlist WHERE db = ? AND info LIKE ?',
      [database, like],
    );
    return rows.length;
  };
  const waitsForRow = async (like: string, count: number) =>
    until(`${count} sessions wait in ${like}`, async () => (await sessions(like)) === count);

  async function book(input: Record<string, unknown> = {}): Promise<number> {
    const outcome = await wordpress.scenario('amelia_appointment', input);
    expect(outcome.code).toBe(200);
    return Number(outcome.bookings[0]);
  }
  const change = (booking: number, status: string) =>
    wordpress.scenario('amelia_booking_status', { booking, status });
  /** What the plugin last queued of a booking must be what its row says. */
  async function expectLastToBeTrue(booking: number) {
    const rows = (await outbox()).filter((row) => Number(row['booking']) === booking);
    const revs = rows.map((row) => Number(row['rev']));
    expect(new Set(revs).size).toBe(revs.length);
    expect(revs).toEqual([...revs].sort((a, b) => a - b));
    const last: { booking: { status: string } } = JSON.parse(String(rows.at(-1)?.['body']));
    const [truth] = await wordpress.sql('SELECT status FROM wp_amelia_customer_bookings WHERE id = ?', [
      booking,
    ]);
    expect(last.booking.status).toBe(truth?.['status']);
    return String(truth?.['status']);
  }

  it('20 requests about one booking at once: revs rise, the last snapshot is the truth, the server ends right', async () => {
    const bankDatabase = await freshDatabase(engine);
    const service = await startService({
      DATABASE_URL: bankDatabase.url,
      KEYBANK_SIGNING_SECRET: SECRET,
      KEYBANK_DEFAULT_SKU: 'WORKSHOP',
    });
    try {
      await service.rpc('products.save', { sku: 'WORKSHOP', name: 'Key Workshop', reason: 'set up' });
      await service.rpc('keys.import', {
        sku: 'WORKSHOP',
        text: 'RACE-KEY-0001\nRACE-KEY-0002',
        dryRun: false,
      });
      await connect(service.url);
      const booking = await book();
      await times(20, async (index) => {
        expect((await change(booking, index % 2 ? 'approved' : 'canceled')).code).toBe(200);
      });
      await wordpress.idle();
      const status = await expectLastToBeTrue(booking);
      await deliver();
      expect((await outbox()).filter((row) => row['sent_at'] === null)).toEqual([]);
      const { data } = await service.rpc('orders.lookup', { query: `amelia:${booking}` });
      expect(data).toMatchObject({
        orders: [{ orderId: `amelia:${booking}`, status: status === 'approved' ? 'fulfilled' : 'cancelled' }],
      });
      const { data: page } = await service.rpc('orders.get', { orderId: `amelia:${booking}` });
      expect(JSON.stringify(page)).not.toContain('attention');
      expect(await fault()).toEqual([]);
    } finally {
      await service.stop();
      await bankDatabase.drop();
    }
  });

  it('40 bookings at once, several in one request among them: each is told once', async () => {
    const kinds = [
      'amelia_appointment',
      'amelia_recurring',
      'amelia_event',
      'bookly_book',
      'bookly_compound',
    ];
    const outcomes = await crowd(
      Array.from({ length: 40 }, (_, index) => kinds[index % kinds.length] ?? ''),
      40,
      (name) => wordpress.scenario(name),
    );
    expect(outcomes.every(({ code }) => code === 200)).toBe(true);
    await wordpress.idle();
    await deliver();
    // Two of a recurring booking, one of a compound.
    expect(await outbox()).toHaveLength(48);
    expect(ids().sort()).toEqual((await outbox()).map(named).sort());
    expect(await fault()).toEqual([]);
  });

  it('no row goes out twice while requests and two cron runs deliver at once', async () => {
    await connect(NOBODY);
    const bookings = await times(12, () => book());
    await wordpress.idle();
    await Promise.all(bookings.map((booking) => change(booking, 'canceled')));
    await wordpress.idle();
    expect(await outbox()).toHaveLength(24);
    await connect(bank.url);
    await wordpress.sql('UPDATE wp_keybank_outbox SET next_at = UTC_TIMESTAMP()');
    await wordpress.sql(`UPDATE wp_options SET option_value = '1' WHERE option_name = 'keybank_pause'`);
    const run = () => wordpress.php('KeyBank\\run_delivery();');
    await Promise.all([run(), run(), wordpress.runCron('keybank_deliver'), times(8, () => book())]);
    await wordpress.idle();
    await deliver();
    const rows = await outbox();
    expect(rows.filter((row) => row['sent_at'] === null)).toEqual([]);
    expect(ids().sort()).toEqual(rows.map(named).sort());
    for (const booking of bookings) {
      const revs = ids().filter((id) => id.startsWith(`amelia:${booking}:`));
      expect(revs).toEqual([...revs].sort());
    }
    expect(await fault()).toEqual([]);
  });

  it.each([
    ['before it sent', 'pre_http_request', 1],
    ['after the server took it', 'http_api_debug', 2],
  ])(
    'what a worker had claimed that was killed %s is sent when the claim ends',
    async (_, hook, received) => {
      await connect(NOBODY);
      const booking = await book();
      await wordpress.idle();
      await connect(bank.url);
      await wordpress.sql('UPDATE wp_keybank_outbox SET next_at = UTC_TIMESTAMP()');
      const killed = wordpress.php(
        `add_action( '${hook}', function () { posix_kill( getmypid(), 9 ); } ); KeyBank\\deliver( 5, 5 );`,
      );
      await expect(killed).rejects.toThrow('PHP ended with null');
      await deliver();
      expect(await outbox()).toMatchObject([{ booking, claim: expect.any(String), sent_at: null }]);
      expect(bank.requests).toHaveLength(received - 1);
      await wordpress.sql('UPDATE wp_keybank_outbox SET claimed_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND');
      await deliver();
      expect(await outbox()).toMatchObject([{ booking, claim: null, answer: 'created' }]);
      // By the same id, so that the server knows it again.
      expect(bank.requests).toHaveLength(received);
      expect(new Set(ids()).size).toBe(1);
    },
  );

  it('a request whose transaction the database sacrifices writes its changes all the same', async () => {
    const first = await book();
    const second = await book();
    await wordpress.idle();
    await wordpress.sql('UPDATE wp_amelia_customer_bookings SET status = ? WHERE id IN (?, ?)', [
      'pending',
      first,
      second,
    ]);
    const lock = `SELECT id FROM wp_keybank_bookings WHERE source = 'amelia' AND kind = 'booking' AND id = ? FOR UPDATE`;
    await rival.query('CREATE TABLE IF NOT EXISTS ballast (id INT AUTO_INCREMENT PRIMARY KEY, n INT)');
    await rival.query('BEGIN');
    // The database ends the transaction that has written less.
    await rival.query(
      `INSERT INTO ballast (n) VALUES ${Array.from({ length: 200 }, () => '(1)').join(', ')}`,
    );
    await rival.query(lock, [second]);
    await wordpress.scenario('amelia_uncompleted', { bookings: [first, second] });
    await waitsForRow('INSERT INTO wp_keybank_bookings%', 1);
    await rival.query(lock, [first]);
    await rival.query('COMMIT');
    await wordpress.idle();
    const [[said] = []] = await rival.query<mysql.RowDataPacket[]>('SHOW ENGINE INNODB STATUS');
    expect(String(said?.['Status'])).toMatch(
      new RegExp(`LATEST DETECTED DEADLOCK[^]*${database}[^]*wp_keybank_bookings`),
    );
    expect(await expectLastToBeTrue(first)).toBe('pending');
    expect(await expectLastToBeTrue(second)).toBe('pending');
    expect(await fault()).toEqual([]);
  });

  it('a sweep and a request that see the same change at the same time write it once', async () => {
    const booking = await book();
    await wordpress.idle();
    const told = async () => (await outbox()).filter((row) => Number(row['booking']) === booking).length;
    for (const status of ['canceled', 'approved', 'canceled']) {
      const before = await told();
      await wordpress.sql('UPDATE wp_amelia_customer_bookings SET status = ? WHERE id = ?', [
        status,
        booking,
      ]);
      await rival.query('BEGIN');
      await rival.query(`SELECT id FROM wp_keybank_bookings WHERE id = ? FOR UPDATE`, [booking]);
      const swept = wordpress.php(`return KeyBank\\sweep();`);
      await wordpress.scenario('amelia_uncompleted', { bookings: [booking] });
      await waitsForRow('INSERT INTO wp_keybank_bookings%', 2);
      await rival.query('COMMIT');
      await swept;
      await wordpress.idle();
      expect(await told()).toBe(before + 1);
    }
    expect(await expectLastToBeTrue(booking)).toBe('canceled');
    expect(await fault()).toEqual([]);
  });

  it('the first requests of an install make the tables once, and silence no booking made meanwhile', async () => {
    const old = await book();
    await wordpress.idle();
    await wordpress.php('KeyBank\\uninstall();');
    bank.requests.length = 0;
    const pages = times(3, () => wordpress.get('/'));
    const admin = times(2, () => wordpress.scenario('amelia_admin_appointment'));
    const bookly = wordpress.scenario('bookly_book');
    expect((await pages).map(({ code }) => code)).toEqual([200, 200, 200]);
    const made = [
      ...(await admin).map(({ bookings }) => `amelia:${bookings[0]}`),
      `bookly:${(await bookly).bookings[0]}`,
    ];
    await wordpress.idle();
    // What ended before the tables were there is the sweep's, once it is out of its checkout.
    for (const [table, column, source] of [
      ['amelia_customer_bookings', 'created', 'amelia'],
      ['bookly_customer_appointments', 'created_at', 'bookly'],
    ])
      await wordpress.sql(
        `UPDATE wp_${table} SET ${column} = ${column} - INTERVAL 1 DAY
         WHERE id NOT IN (SELECT id FROM wp_keybank_bookings WHERE source = ?)`,
        [source],
      );
    await wordpress.php('KeyBank\\sweep();');
    await deliver();
    const known = await wordpress.sql(
      `SELECT CONCAT(source, ':', id) AS name, rev, status FROM wp_keybank_bookings`,
    );
    expect(known.find((row) => row['name'] === `amelia:${old}`)).toMatchObject({
      rev: 0,
      status: 'approved',
    });
    expect(
      known
        .filter((row) => Number(row['rev']) > 0)
        .map((row) => row['name'])
        .sort(),
    ).toEqual([...made].sort());
    expect(
      ids()
        .map((id) => id.replace(/:\d+$/, ''))
        .sort(),
    ).toEqual([...made].sort());
    expect(await wordpress.debugLog()).toBe('');
  });
});
