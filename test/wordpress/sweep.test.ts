import { createServer, type Server } from 'node:http';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign } from '../../server/webhook/authenticate.ts';
import { adminUrl, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { startService, WEBHOOK_TOKEN, type Service } from '../support/service.ts';
import { openSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

const SECRET = 'signing-secret-of-the-sweep-tests';

let wordpress: WordPress;
let sink: SmtpSink;
let bank: Bank;

/** A Key Bank server with a database of its own, which may be lost. */
interface Bank {
  service: Service;
  sql(query: string): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
}

async function openBank(): Promise<Bank> {
  const database: FreshDatabase = await freshDatabase('mariadb');
  const service = await startService({
    DATABASE_URL: database.url,
    KEYBANK_SIGNING_SECRET: SECRET,
    KEYBANK_DEFAULT_SKU: 'WORKSHOP',
    KEYBANK_MAIL: sink.url,
    KEYBANK_MAIL_FROM: 'Course Shop <keys@shop.example>',
    KEYBANK_ADMIN_EMAIL: 'admin@shop.example',
  });
  const pool = mysql.createPool({ uri: database.url, connectionLimit: 2 });
  await service.rpc('products.save', { sku: 'WORKSHOP', name: 'Key Workshop', reason: 'set up' });
  const keys = Array.from({ length: 400 }, (_, index) => `SWEEP-KEY-${String(index).padStart(4, '0')}`);
  await service.rpc('keys.import', { sku: 'WORKSHOP', text: keys.join('\n'), dryRun: false });
  await wordpress.setConstants({
    KEYBANK_URL: service.url,
    KEYBANK_TOKEN: WEBHOOK_TOKEN,
    KEYBANK_SIGNING_SECRET: SECRET,
  });
  return {
    service,
    async sql(query) {
      const [rows] = await pool.query<mysql.RowDataPacket[]>(query);
      return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
    },
    async end() {
      await service.stop();
      await pool.end();
      await database.drop();
    },
  };
}

/** What is written past the hooks, as a process leaves it that died before any of them. */
interface Missed {
  email: string;
  status?: string;
  gateway?: string;
  paymentStatus?: string;
  transactionId?: string | null;
  minutesAgo?: number | null;
  event?: number;
}

async function insert(table: string, row: Record<string, unknown>): Promise<number> {
  const [{ id } = {}] = await wordpress.sql(
    `INSERT INTO wp_${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
      .map(() => '?')
      .join(', ')}) RETURNING id`,
    Object.values(row),
  );
  return Number(id);
}

const ago = (minutes: number) =>
  new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');

async function missedAmelia(missed: Missed): Promise<number> {
  const { status = 'approved', gateway = 'onSite', paymentStatus = 'pending', minutesAgo = 60 } = missed;
  const customerId = await insert('amelia_users', {
    type: 'customer',
    email: missed.email,
    firstName: 'Ada',
  });
  const appointmentId = missed.event
    ? null
    : await insert('amelia_appointments', {
        status,
        bookingStart: ago(-9999),
        bookingEnd: ago(-10059),
        serviceId: 1,
      });
  const created = minutesAgo === null ? null : ago(minutesAgo);
  const id = await insert('amelia_customer_bookings', { appointmentId, customerId, status, created });
  await insert('amelia_payments', {
    customerBookingId: id,
    gateway,
    status: paymentStatus,
    transactionId: missed.transactionId ?? null,
  });
  if (missed.event) {
    const [period] = await wordpress.sql(
      `SELECT id FROM wp_amelia_events_periods WHERE eventId = ${missed.event}`,
    );
    await insert('amelia_customer_bookings_to_events_periods', {
      customerBookingId: id,
      eventPeriodId: period?.['id'],
    });
  }
  return id;
}

async function missedPackage(email: string, dates: number): Promise<number> {
  const customerId = await insert('amelia_users', { type: 'customer', email, firstName: 'Pia' });
  const packageCustomerId = await insert('amelia_packages_to_customers', {
    packageId: 1,
    customerId,
    purchased: ago(60),
  });
  const part = await insert('amelia_packages_customers_to_services', { packageCustomerId, serviceId: 1 });
  for (let date = 0; date < dates; date++) {
    const booking = await missedAmelia({ email });
    await wordpress.sql(
      `UPDATE wp_amelia_customer_bookings SET packageCustomerServiceId = ${part} WHERE id = ${booking}`,
    );
  }
  return packageCustomerId;
}

async function missedBookly(email: string, group: Record<string, unknown> = {}): Promise<number> {
  const times = { created_at: ago(60), updated_at: ago(60) };
  const customer_id = await insert('bookly_customers', { email, full_name: 'Bo', created_at: ago(60) });
  const appointment_id = await insert('bookly_appointments', { service_id: 1, ...times });
  return insert('bookly_customer_appointments', { customer_id, appointment_id, ...group, ...times });
}

interface Swept {
  checked: number;
  written: number;
  noted: number;
  done: boolean;
  again: boolean;
  error: string | null;
  remark: string | null;
}
interface Reconciled {
  listed: number;
  lacking: number;
  unknown: number;
  error: string | null;
}

const read = <T>(value: unknown): T => JSON.parse(JSON.stringify(value));
/** As WP-Cron has it: with the hourly part of the plugin loaded. */
const ask = (code: string) =>
  wordpress.php(`require_once WPMU_PLUGIN_DIR . '/key-bank/hourly.php';\n${code}`);
const sweep = async (options = '') => read<Swept>(await ask(`return KeyBank\\sweep( array( ${options} ) );`));
/** As `wp keybank sweep` has it. */
const sweepWhole = async (options = '') =>
  read<Swept>(await ask(`return KeyBank\\sweep_whole( array( ${options} ) );`));
const deliver = () => ask('return KeyBank\\deliver( 60, 5000 );');
const reconcile = async () => read<Reconciled>(await ask('return KeyBank\\reconcile();'));
/** The hourly event: sweep, deliver, reconcile. */
const hourly = () => wordpress.runCron('keybank_sweep');

async function order(orderId: string) {
  const { data } = await bank.service.rpc('orders.lookup', { query: orderId });
  return read<{ orders: Record<string, unknown>[] }>(data).orders.find((one) => one['orderId'] === orderId);
}
const mailTo = (address: string) => sink.waitFor((mail) => JSON.stringify(mail.to).includes(address));
const outboxOf = (id: number, source = 'amelia', kind = 'booking') =>
  wordpress.sql(
    `SELECT * FROM wp_keybank_outbox WHERE source = '${source}' AND kind = '${kind}' AND booking = ${id} ORDER BY id`,
  );
const set = (id: number, status: string) =>
  wordpress.sql(`UPDATE wp_amelia_customer_bookings SET status = ? WHERE id = ?`, [status, id]);

beforeAll(async () => {
  sink = await openSmtpSink();
  wordpress = await startWordPress({
    php: '8.2',
    wordpress: '6.5',
    database: adminUrl('mariadb'),
    server: 'cli',
  });
  bank = await openBank();
});
afterAll(async () => {
  await wordpress?.stop();
  await bank?.end();
  await sink?.close();
});

describe('bookings from before the install', () => {
  const emails = {
    still: 'still@example.test',
    sold: 'sold@example.test',
    bookly: 'bookly.still@example.test',
  };
  let still: number;
  let sold: number;

  it('stay silent, however often is swept, until their status changes', async () => {
    still = await missedAmelia({ email: emails.still, minutesAgo: 6000 });
    sold = await missedAmelia({ email: emails.sold, status: 'pending', minutesAgo: 6000 });
    await missedBookly(emails.bookly);
    // The first request makes the tables, and with them the baseline.
    await wordpress.get('/');
    await hourly();
    expect(await wordpress.sql('SELECT id FROM wp_keybank_outbox')).toEqual([]);

    await set(sold, 'approved');
    await hourly();
    expect(await order(`amelia:${sold}`)).toMatchObject({ status: 'fulfilled', email: emails.sold });
    expect((await mailTo(emails.sold)).text).toContain('SWEEP-KEY-');
    expect(await order(`amelia:${still}`)).toBeUndefined();
  });

  it('get keys when the admin says so, each once', async () => {
    expect(await sweep(`'earlier' => true`)).toMatchObject({ written: 2, done: true, error: null });
    await hourly();
    expect(await order(`amelia:${still}`)).toMatchObject({ status: 'fulfilled' });
    await mailTo(emails.still);
    await mailTo(emails.bookly);
    expect(await sweep(`'earlier' => true`)).toMatchObject({ written: 0, done: true });
  });
});

describe('what no hook told', () => {
  it('a cancellation by link ends as a cancelled order', async () => {
    const { bookings } = await wordpress.scenario('amelia_appointment');
    const id = Number(bookings[0]);
    await deliver();
    expect(await order(`amelia:${id}`)).toMatchObject({ status: 'fulfilled' });
    await set(id, 'canceled');
    await hourly();
    expect(await order(`amelia:${id}`)).toMatchObject({ status: 'cancelled' });
    await hourly();
    expect(await outboxOf(id)).toHaveLength(2);
  });

  it('a booking paid at the door, whose hooks never fired, gets its key', async () => {
    const id = await missedAmelia({ email: 'door@example.test' });
    await hourly();
    expect(await order(`amelia:${id}`)).toMatchObject({ status: 'fulfilled', email: 'door@example.test' });
    expect((await mailTo('door@example.test')).text).toContain('SWEEP-KEY-');
    expect(await outboxOf(id)).toMatchObject([{ hook: 'sweep', answer: 'fulfilled' }]);
  });

  it('an online payment without a transaction id is for a person; with one it is a sale', async () => {
    const online = { gateway: 'stripe', paymentStatus: 'paid' };
    const doubtful = await missedAmelia({ email: 'doubt@example.test', ...online });
    const charged = await missedAmelia({ email: 'charged@example.test', ...online, transactionId: 'ch_1' });
    await hourly();
    expect(await order(`amelia:${doubtful}`)).toMatchObject({
      status: 'attention',
      reason: 'unpaid_gateway',
      keysMasked: [],
    });
    expect(await order(`amelia:${charged}`)).toMatchObject({ status: 'fulfilled' });
    expect(
      await wordpress.sql('SELECT id FROM wp_keybank_bookings WHERE settled = 1 AND id = ?', [doubtful]),
    ).toEqual([]);
    await mailTo('charged@example.test');
    expect(sink.mails.some((mail) => JSON.stringify(mail.to).includes('doubt@'))).toBe(false);
  });

  it('a booking that may still be in its checkout is left alone, by either clock', async () => {
    const young = await missedAmelia({ email: 'young@example.test', minutesAgo: 1 });
    await wordpress.php(`update_option( 'gmt_offset', -5 );`);
    const local = await missedAmelia({ email: 'local@example.test', minutesAgo: 301 });
    await sweep();
    expect([...(await outboxOf(young)), ...(await outboxOf(local))]).toEqual([]);
    await wordpress.php(`update_option( 'gmt_offset', 0 );`);
    await wordpress.sql('UPDATE wp_amelia_customer_bookings SET created = ? WHERE id = ?', [ago(11), young]);
    await sweep();
    expect([...(await outboxOf(young)), ...(await outboxOf(local))]).toHaveLength(2);
  });

  it('a booking that does not say when it was made has to be there for two sweeps', async () => {
    const id = await missedAmelia({ email: 'ageless@example.test', minutesAgo: null });
    await sweep();
    expect(await outboxOf(id)).toEqual([]);
    await sweep();
    expect(await outboxOf(id)).toHaveLength(1);
  });

  it('a Bookly row that was deleted ends as a cancelled order; of a group, only the last one', async () => {
    const single = await missedBookly('single@example.test');
    const group = { compound_service_id: 3, compound_token: 'a-token-of-a-group', order_id: 777 };
    const first = await missedBookly('group@example.test', group);
    const second = await missedBookly('group@example.test', group);
    await hourly();
    const rows = await outboxOf(first, 'bookly');
    expect(rows).toHaveLength(1);
    const name = String(rows[0]?.['order_id']);
    expect(name).toMatch(/^bookly:compound:[0-9a-f]{24}$/);
    expect(await order(name)).toMatchObject({ status: 'fulfilled' });

    const remove = (id: number) =>
      wordpress.sql('DELETE FROM wp_bookly_customer_appointments WHERE id = ?', [id]);
    await Promise.all([remove(single), remove(first)]);
    await hourly();
    expect(await order(`bookly:${single}`)).toMatchObject({ status: 'cancelled' });
    expect(await order(name)).toMatchObject({ status: 'fulfilled' });
    await remove(second);
    await hourly();
    expect(await order(name)).toMatchObject({ status: 'cancelled' });
    const told = await wordpress.sql('SELECT COUNT(*) AS n FROM wp_keybank_outbox');
    await hourly();
    expect(await wordpress.sql('SELECT COUNT(*) AS n FROM wp_keybank_outbox')).toEqual(told);
  });

  it('a package bought without dates is told of, one with dates only by its bookings', async () => {
    const bare = await missedPackage('bare@example.test', 0);
    const dated = await missedPackage('dated@example.test', 2);
    await hourly();
    expect(await order(`amelia:package:${bare}`)).toMatchObject({ status: 'fulfilled' });
    expect(await outboxOf(dated, 'amelia', 'package')).toEqual([]);
    // Nor is it looked at again every hour.
    const missed = `KeyBank\\missed_ids( 'unknown', KeyBank\\booking_tables()['amelia-package'], KeyBank\\sweep_place(), 48 )`;
    expect(await ask(`return ${missed};`)).toEqual([]);
    await mailTo('dated@example.test');
    // When its bookings are deleted one day, it does not become a package without dates, newly sold.
    await wordpress.sql(
      `DELETE b FROM wp_amelia_customer_bookings b JOIN wp_amelia_packages_customers_to_services s ON s.id = b.packageCustomerServiceId WHERE s.packageCustomerId = ${dated}`,
    );
    await hourly();
    expect(await outboxOf(dated, 'amelia', 'package')).toEqual([]);
    await wordpress.sql(`UPDATE wp_amelia_packages_to_customers SET status = 'canceled' WHERE id = ${bare}`);
    await hourly();
    expect(await order(`amelia:package:${bare}`)).toMatchObject({ status: 'cancelled' });
  });

  it('an event that was called off cancels the orders of its bookings', async () => {
    const id = await missedAmelia({ email: 'camp@example.test', event: 1 });
    await hourly();
    expect(await order(`amelia:${id}`)).toMatchObject({ status: 'fulfilled' });
    // Long ago, so that only the event itself brings it up.
    await wordpress.sql(`UPDATE wp_keybank_bookings SET seen_at = '2020-01-01' WHERE id = ${id}`);
    await wordpress.sql(`UPDATE wp_amelia_events SET status = 'rejected' WHERE id = 1`);
    await hourly();
    expect(await order(`amelia:${id}`)).toMatchObject({ status: 'cancelled' });
  });

  it('a row that the outbox has lost is written again', async () => {
    const id = await missedAmelia({ email: 'lost@example.test' });
    await sweep();
    await wordpress.sql(`DELETE FROM wp_keybank_outbox WHERE source = 'amelia' AND booking = ${id}`);
    expect(await sweep()).toMatchObject({ written: 1 });
    expect(await outboxOf(id)).toHaveLength(1);
  });
});

describe('a sweep', () => {
  const CROWD = 230;
  const crowd = (minutesAgo = 60) =>
    wordpress.sql(
      `INSERT INTO wp_amelia_customer_bookings (customerId, status, created)
       SELECT u.id, 'approved', ? FROM wp_amelia_users u JOIN seq_1_to_230 WHERE u.type = 'provider'`,
      [ago(minutesAgo)],
    );
  const unsent = async () => {
    const [row] = await wordpress.sql('SELECT COUNT(*) AS n FROM wp_keybank_outbox WHERE sent_at IS NULL');
    return Number(row?.['n']);
  };

  it('that runs out of time is gone on with where it stopped', async () => {
    await deliver();
    await crowd();
    const first = await sweep(`'seconds' => 0`);
    expect(first).toMatchObject({ checked: 100, written: 100, done: false });
    const second = await sweep(`'seconds' => 0`);
    expect(second).toMatchObject({ checked: 100, written: 100, done: false });
    expect(await sweep(`'seconds' => 60`)).toMatchObject({ done: true, error: null });
    expect(await unsent()).toBe(CROWD);
  });

  it('ends however short its time is, and does not begin again by itself', async () => {
    await wordpress.sql(
      'DELETE FROM wp_keybank_bookings WHERE id IN (SELECT id FROM wp_amelia_customer_bookings WHERE customerId = 1)',
    );
    await wordpress.sql('DELETE FROM wp_keybank_outbox WHERE sent_at IS NULL');
    const parts: Swept[] = [];
    do parts.push(await sweep(`'seconds' => 0`));
    while (parts.at(-1)?.again && parts.length < 60);
    expect(parts.at(-1)).toMatchObject({ done: true, again: false, error: null });
    expect(parts.reduce((sum, { written }) => sum + written, 0)).toBe(CROWD);
    // The first part of a pass, and a second one that ends it with time to spare.
    expect(await sweep(`'seconds' => 0`)).toMatchObject({ done: false, again: true });
    expect(await sweep()).toMatchObject({ done: true, again: false });
    expect(await sweepWhole(`'seconds' => 0`)).toMatchObject({ done: true, again: false, error: null });
  });

  it('leaves it to another that is under way', async () => {
    const code = `
      $mine = $GLOBALS['wpdb'];
      $GLOBALS['wpdb'] = new wpdb( DB_USER, DB_PASSWORD, DB_NAME, DB_HOST );
      $GLOBALS['wpdb']->set_prefix( $mine->prefix );
      return KeyBank\\one_at_a_time( 'sweep', function () use ( $mine ) {
        $other = $GLOBALS['wpdb'];
        $GLOBALS['wpdb'] = $mine;
        $swept = KeyBank\\sweep();
        $GLOBALS['wpdb'] = $other;
        return $swept;
      } );`;
    expect(await ask(code)).toMatchObject({ checked: 0, written: 0, done: false, error: null });
  });

  it('beside another queues nothing twice', async () => {
    await wordpress.sql('DELETE FROM wp_keybank_outbox WHERE sent_at IS NULL');
    await wordpress.sql(
      `DELETE FROM wp_keybank_bookings WHERE source = 'amelia' AND id IN (SELECT id FROM wp_amelia_customer_bookings WHERE customerId = 1)`,
    );
    const swept = await Promise.all([sweep(), sweep(), sweep()]);
    expect(swept.reduce((sum, { written }) => sum + written, 0)).toBe(CROWD);
    expect(await unsent()).toBe(CROWD);
    // As if the crowd had never been there.
    await wordpress.sql('DELETE FROM wp_amelia_customer_bookings WHERE customerId = 1');
    await wordpress.sql('DELETE FROM wp_keybank_outbox WHERE sent_at IS NULL');
    await wordpress.sql(
      `DELETE FROM wp_keybank_bookings WHERE source = 'amelia' AND kind = 'booking' AND status = 'approved'
       AND id NOT IN (SELECT id FROM wp_amelia_customer_bookings)`,
    );
  });

  it('that somebody asked for begins at the beginning, although half a pass is done', async () => {
    const id = await missedAmelia({ email: 'half@example.test' });
    await wordpress.php(`
      update_option( 'keybank_sweep_at', array( 'step' => 'bookly-booking-seen', 'after' => 0 ) + get_option( 'keybank_sweep_at' ) );`);
    expect(await sweep()).toMatchObject({ written: 0, done: true });
    await wordpress.php(`
      update_option( 'keybank_sweep_at', array( 'step' => 'bookly-booking-seen', 'after' => 0 ) + get_option( 'keybank_sweep_at' ) );`);
    expect(await sweepWhole()).toMatchObject({ written: 1, done: true });
    expect(await outboxOf(id)).toHaveLength(1);
  });

  it('prunes what was sent long ago, and nothing that was not', async () => {
    const put = (id: number, sent: string) =>
      wordpress.sql(
        `INSERT INTO wp_keybank_outbox (source, kind, booking, rev, hook, body, created_at, next_at, sent_at)
         VALUES ('amelia', 'booking', ${id}, 1, 'sweep', '{}', '2020-01-01', '2090-01-01', ${sent})`,
      );
    await put(800_001, 'UTC_TIMESTAMP() - INTERVAL 31 DAY');
    await put(800_002, 'UTC_TIMESTAMP() - INTERVAL 29 DAY');
    await put(800_003, 'NULL');
    expect(await sweep()).toMatchObject({ done: true, error: null });
    const left = await wordpress.sql(
      'SELECT booking FROM wp_keybank_outbox WHERE booking > 800000 ORDER BY id',
    );
    expect(left).toEqual([{ booking: 800_002 }, { booking: 800_003 }]);
    await wordpress.sql('DELETE FROM wp_keybank_outbox WHERE booking > 800000');
  });

  it('passes over a plugin whose tables are gone, and says which it cannot read', async () => {
    const rename = (from: string, to: string) => wordpress.sql(`RENAME TABLE wp_${from} TO wp_${to}`);
    await rename('bookly_customer_appointments', 'away');
    expect(await sweep()).toMatchObject({ done: true, error: null });
    await rename('away', 'bookly_customer_appointments');
    await rename('amelia_events_periods', 'away');
    const id = await missedAmelia({ email: 'beside@example.test' });
    const swept = await sweep();
    expect(swept.error).toMatch(/^amelia-booking-event: .*amelia_events_periods/);
    expect(swept.done).toBe(true);
    expect(await outboxOf(id)).toHaveLength(1);
    await rename('away', 'amelia_events_periods');
  });
});

describe('bookings that seem to be deleted', () => {
  const AMELIA = 'wp_amelia_customer_bookings';
  const BOOKLY = 'wp_bookly_customer_appointments';
  const written = async () => {
    const [row] = await wordpress.sql('SELECT COUNT(*) AS n FROM wp_keybank_outbox');
    return Number(row?.['n']);
  };
  /** What the table is while `work` runs: another one under its name. */
  async function anew(table: string, rows: string, work: () => Promise<void>) {
    await wordpress.sql(`RENAME TABLE ${table} TO wp_kept`);
    await wordpress.sql(`CREATE TABLE ${table} LIKE wp_kept`);
    await wordpress.sql(`INSERT INTO ${table} SELECT * FROM wp_kept WHERE ${rows}`);
    await work();
    await wordpress.sql(`DROP TABLE ${table}`);
    await wordpress.sql(`RENAME TABLE wp_kept TO ${table}`);
  }
  const doubts = (table: string) =>
    expect.stringMatching(
      new RegExp(`^\\d+ bookings have vanished from the table ${table}, .*wp keybank sweep --deleted`),
    );

  it('are not told of when their table is empty, and the rest of the sweep goes on', async () => {
    await hourly();
    await anew(AMELIA, 'FALSE', async () => {
      const before = await written();
      const id = await missedBookly('meanwhile@example.test');
      expect(await sweep()).toMatchObject({ written: 1, done: true, error: doubts(AMELIA) });
      expect(await outboxOf(id, 'bookly')).toHaveLength(1);
      // Nor in a pass of many parts, whose last one still says so.
      expect(await sweepWhole(`'seconds' => 0`)).toMatchObject({ written: 0, error: doubts(AMELIA) });
      const { sweep: shown } = read<{ sweep: Swept }>(await wordpress.php('return KeyBank\\status();'));
      expect(shown).toMatchObject({ error: doubts(AMELIA) });
      expect(await written()).toBe(before + 1);
      expect(
        await ask(`require_once WPMU_PLUGIN_DIR . '/key-bank/headline.php';
          return implode( KeyBank\\warnings( KeyBank\\status() ) );`),
      ).toContain('wp keybank sweep --deleted');
    });
    expect(await sweep()).toMatchObject({ written: 0, done: true, error: null });
  });

  it('are not told of when their table was made anew, though it has bookings again', async () => {
    await missedBookly('one@example.test');
    await missedBookly('two@example.test');
    await hourly();
    const before = await written();
    await anew(BOOKLY, 'id = 1', async () => {
      expect(await wordpress.sql(`SELECT id FROM ${BOOKLY}`)).toEqual([{ id: 1 }]);
      expect(await sweep()).toMatchObject({ written: 0, error: doubts(BOOKLY) });
    });
    expect(await sweep()).toMatchObject({ written: 0, error: null });
    expect(await written()).toBe(before);
  });

  it('are told of when it is the newest one', async () => {
    const id = await missedAmelia({ email: 'newest@example.test' });
    await hourly();
    await wordpress.sql(`DELETE FROM ${AMELIA} WHERE id = ${id}`);
    expect(await sweep()).toMatchObject({ written: 1, error: null });
    await hourly();
    expect(await order(`amelia:${id}`)).toMatchObject({ status: 'cancelled' });
  });

  it('are told of up to twenty at once; more than that when somebody says so, once', async () => {
    const put = async (count: number) => {
      await wordpress.sql(
        `INSERT INTO ${AMELIA} (customerId, status, created)
         SELECT u.id, 'approved', ? FROM wp_amelia_users u JOIN seq_1_to_${count} WHERE u.type = 'provider'`,
        [ago(60)],
      );
      expect(await sweep()).toMatchObject({ written: count, error: null });
      // The last of them stays.
      await wordpress.sql(`DELETE FROM ${AMELIA} WHERE customerId = 1 ORDER BY id LIMIT ${count - 1}`);
    };
    await put(21);
    expect(await sweep()).toMatchObject({ written: 20, error: null });
    await wordpress.sql(`DELETE FROM ${AMELIA} WHERE customerId = 1`);
    expect(await sweep()).toMatchObject({ written: 1, error: null });
    await put(22);
    for (const options of ['', `'hours' => 99`])
      expect(await sweep(options)).toMatchObject({
        written: 0,
        error: expect.stringMatching(/^21 bookings/),
      });
    expect(await sweep(`'deleted' => true`)).toMatchObject({ written: 21, error: null });
    expect(await sweep()).toMatchObject({ written: 0, error: null });
    await put(24);
    expect(await sweep()).toMatchObject({ written: 0, error: expect.stringMatching(/^23 bookings/) });
    // As if the crowd had never been there.
    await wordpress.sql(`DELETE FROM ${AMELIA} WHERE customerId = 1`);
    await wordpress.sql('DELETE FROM wp_keybank_outbox WHERE sent_at IS NULL');
    await wordpress.sql(
      `DELETE b FROM wp_keybank_bookings b LEFT JOIN wp_keybank_outbox o ON o.booking = b.id AND o.source = b.source AND o.kind = b.kind
       WHERE b.source = 'amelia' AND b.kind = 'booking' AND o.id IS NULL AND b.id NOT IN (SELECT id FROM ${AMELIA})`,
    );
  });
});

describe('bookings that nobody told of for more than a week', () => {
  const DAY = 24 * 60;

  it('are noted and not sent, unless somebody says so or their status changes', async () => {
    const old = await missedAmelia({ email: 'history@example.test', minutesAgo: 8 * DAY });
    const changes = await missedAmelia({ email: 'history2@example.test', minutesAgo: 90 * DAY });
    const bookly = await missedBookly('history3@example.test');
    await wordpress.sql('UPDATE wp_bookly_customer_appointments SET created_at = ? WHERE id = ?', [
      ago(30 * DAY),
      bookly,
    ]);
    const bought = await missedPackage('history4@example.test', 0);
    await wordpress.sql('UPDATE wp_amelia_packages_to_customers SET purchased = ? WHERE id = ?', [
      ago(30 * DAY),
      bought,
    ]);
    const young = await missedAmelia({ email: 'lastweek@example.test', minutesAgo: 6 * DAY });
    expect(await sweep()).toMatchObject({
      written: 1,
      noted: 4,
      error: null,
      remark: '4 older bookings were noted and not sent; `wp keybank sweep --earlier` sends them.',
    });
    expect(await outboxOf(young)).toHaveLength(1);
    expect(
      await wordpress.sql(
        `SELECT rev, status, parent IS NULL AS loose FROM wp_keybank_bookings WHERE source = 'amelia' AND kind = 'booking' AND id = ${old}`,
      ),
    ).toEqual([{ rev: 0, status: 'approved', loose: 0 }]);
    expect(await sweep()).toMatchObject({ written: 0, noted: 0, remark: null });
    await set(changes, 'canceled');
    expect(await sweep()).toMatchObject({ written: 1, noted: 0 });
    // And the package whose dates were all deleted above.
    expect(await sweep(`'earlier' => true`)).toMatchObject({ written: 4, noted: 0 });
    for (const rows of [outboxOf(old), outboxOf(bookly, 'bookly'), outboxOf(bought, 'amelia', 'package')])
      expect(await rows).toHaveLength(1);
  });

  it('are sent at once when somebody says so', async () => {
    const id = await missedAmelia({ email: 'atonce@example.test', minutesAgo: 8 * DAY });
    expect(await sweep(`'earlier' => true`)).toMatchObject({ written: 1, noted: 0 });
    expect(await outboxOf(id)).toHaveLength(1);
  });

  it('do not say when they were made: it is all that came while there were no sweeps', async () => {
    await wordpress.php(`
      update_option( 'keybank_sweep_at', array( 'begun' => time() - 8 * DAY_IN_SECONDS ) + get_option( 'keybank_sweep_at' ) );`);
    const old = await missedAmelia({ email: 'ageless.old@example.test', minutesAgo: null });
    expect(await sweep()).toMatchObject({ written: 0, noted: 0 });
    const young = await missedAmelia({ email: 'ageless.young@example.test', minutesAgo: null });
    expect(await sweep()).toMatchObject({ written: 0, noted: 1 });
    expect(await sweep()).toMatchObject({ written: 1, noted: 0 });
    expect(await outboxOf(old)).toEqual([]);
    expect(await outboxOf(young)).toHaveLength(1);
  });
});

describe('reconciliation', () => {
  it('finds both sides agreed after all that', async () => {
    await hourly();
    expect(await reconcile()).toMatchObject({ lacking: 0, unknown: 0, error: null });
  });

  it('still has the proof of a payment after the booking has changed', async () => {
    const { bookings, customer } = await wordpress.scenario('amelia_appointment', { gateway: 'stripe' });
    const id = Number(bookings[0]);
    await wordpress.sql(`UPDATE wp_amelia_users SET lastName = 'King' WHERE id = ${customer}`);
    await hourly();
    expect(await outboxOf(id)).toMatchObject([{ hook: 'amelia_after_booking_added' }, { hook: 'sweep' }]);
    expect(await order(`amelia:${id}`)).toMatchObject({ status: 'fulfilled' });
  });

  it('raises an order that was forged with a valid token and signature', async () => {
    const raw = Buffer.from(
      JSON.stringify({
        v: 1,
        plugin: '0.1.0',
        id: 'amelia:99999:1',
        source: 'amelia',
        site: wordpress.url,
        hook: 'amelia_after_booking_added',
        sentAt: new Date().toISOString(),
        rev: 1,
        booking: {
          id: 99999,
          status: 'approved',
          persons: 1,
          customer: { id: 1, email: 'mallory@evil.test' },
          item: { type: 'appointment', serviceId: 1 },
          payments: [],
        },
        args: [],
      }),
    );
    const timestamp = String(Math.floor(Date.now() / 1000));
    const id = 'amelia:99999:1';
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': sign(SECRET, { id, timestamp, raw }).toString(),
    };
    expect(await bank.service.post('amelia', null, { raw, headers })).toMatchObject({
      code: 200,
      orderId: 'amelia:99999',
    });
    await bank.sql(
      `UPDATE orders SET created_at = created_at - INTERVAL 11 MINUTE WHERE external_id = '99999'`,
    );
    expect(await reconcile()).toMatchObject({ lacking: 0, unknown: 1, error: null });
    expect(await reconcile()).toMatchObject({ unknown: 1 });
    const alerts = await bank.sql(`SELECT order_id FROM alerts WHERE kind = 'unknown_order'`);
    expect(alerts).toEqual([{ order_id: 'amelia:99999' }]);
    expect(await wordpress.php(`return get_option( 'keybank_reconciled' );`)).toMatchObject({ unknown: 1 });
  });

  it('says what was wrong when the server is away, and throws nothing', async () => {
    await bank.service.stop();
    expect(await reconcile()).toMatchObject({
      listed: 0,
      lacking: 0,
      error: expect.stringContaining('amelia'),
    });
    expect(await wordpress.php(`return get_option( 'keybank_reconciled' );`)).toMatchObject({
      time: expect.any(Number),
      error: expect.stringContaining('not compared'),
    });
  });

  it('a server that lost all it had is told everything again, once', async () => {
    const states = `SELECT source, external_id, status, reason, rev FROM orders WHERE external_id <> '99999' ORDER BY 1, 2`;
    const before = await bank.sql(states);
    await bank.end();
    bank = await openBank();
    const count = { listed: before.length, unknown: 0, error: null };
    expect(await reconcile()).toEqual({ ...count, lacking: before.length });
    // What waits is not asked for a second time.
    expect(await reconcile()).toMatchObject({ lacking: 0 });
    await hourly();
    expect(await reconcile()).toEqual({ ...count, lacking: 0 });
    expect(await bank.sql(states)).toEqual(before);
    const [came] = await bank.sql('SELECT COUNT(*) AS n FROM deliveries');
    expect(came).toEqual({ n: before.length });
  });
});

describe('the list', () => {
  interface Page {
    source: string;
    after: number;
    upto: number | null;
    bookings: { id: string; rev: number; status: string }[];
  }
  const pages: Page[] = [];
  let lacking: string[] = [];
  let listener: Server;

  beforeAll(async () => {
    listener = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/webhooks/reconcile') pages.push(JSON.parse(Buffer.concat(chunks).toString()));
        response.setHeader('content-type', 'application/json');
        response.setHeader('x-keybank-version', '0.1.0');
        response.end(JSON.stringify({ status: 'ok', lacking, unknown: 0 }));
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await wordpress.setConstants({ KEYBANK_URL: `http://127.0.0.1:${port}` });
    await wordpress.sql('DELETE FROM wp_keybank_outbox');
    await wordpress.sql(`UPDATE wp_keybank_bookings SET seen_at = '2020-01-01'`);
    await wordpress.sql(`UPDATE wp_amelia_customer_bookings SET created = '2020-01-01'`);
    await wordpress.sql(`UPDATE wp_bookly_customer_appointments SET created_at = '2020-01-01'`);
    await wordpress.sql(`UPDATE wp_amelia_packages_to_customers SET purchased = '2020-01-01'`);
    await wordpress.sql(
      `INSERT INTO wp_keybank_bookings (source, kind, id, rev, status, hash, seen_at)
       SELECT 'amelia', 'booking', 700000 + seq, 5, 'approved', 'x', UTC_TIMESTAMP() FROM seq_1_to_2500
       UNION ALL SELECT 'amelia', 'package', seq, 5, 'approved', 'x', UTC_TIMESTAMP() FROM seq_900_to_902`,
    );
    await wordpress.sql(
      `INSERT INTO wp_keybank_outbox (source, kind, booking, rev, hook, body, created_at, next_at, sent_at)
       SELECT source, kind, id, 4, 'sweep', '{"booking":{},"args":[]}', UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() FROM wp_keybank_bookings WHERE hash = 'x'
       UNION ALL SELECT source, kind, id, 5, 'sweep', '{"booking":{},"args":[]}', UTC_TIMESTAMP(), '2090-01-01', IF(id = 700001, NULL, UTC_TIMESTAMP()) FROM wp_keybank_bookings WHERE hash = 'x'`,
    );
  });
  afterAll(() => new Promise((resolve) => listener.close(resolve)));

  it('goes out in pages of a thousand that leave no gap, packages in the first', async () => {
    expect(await reconcile()).toEqual({ listed: 2503, lacking: 0, unknown: 0, error: null });
    const amelia = pages.filter(({ source }) => source === 'amelia');
    expect(amelia.map(({ bookings }) => bookings.length)).toEqual([1000, 1000, 503]);
    expect(amelia.map(({ after, upto }) => [after, upto])).toEqual([
      [0, 700_997],
      [700_997, 701_997],
      [701_997, null],
    ]);
    expect(amelia[0]?.bookings.slice(0, 4)).toEqual([
      { id: 'package:900', rev: 5, status: 'approved' },
      { id: 'package:901', rev: 5, status: 'approved' },
      { id: 'package:902', rev: 5, status: 'approved' },
      // The fifth revision still waits.
      { id: '700001', rev: 4, status: 'approved' },
    ]);
    expect(pages.filter(({ source }) => source === 'bookly')).toMatchObject([
      { after: 0, upto: null, bookings: [] },
    ]);
  });

  it('sends what is lacking three times at most, and what still waits not at all', async () => {
    lacking = ['700001', '700002', 'package:901', '12345678', 'nonsense'];
    const sent = async () => {
      const result = await reconcile();
      const due = await wordpress.sql(
        'SELECT kind, booking, rev FROM wp_keybank_outbox WHERE sent_at IS NULL AND booking <> 700001 ORDER BY booking',
      );
      await wordpress.sql('UPDATE wp_keybank_outbox SET sent_at = UTC_TIMESTAMP() WHERE booking <> 700001');
      return { lacking: result.lacking, due };
    };
    const both = [
      { kind: 'package', booking: 901, rev: 5 },
      { kind: 'booking', booking: 700_002, rev: 5 },
    ];
    expect([await sent(), await sent(), await sent()]).toEqual(Array(3).fill({ lacking: 2, due: both }));
    expect(await sent()).toEqual({ lacking: 2, due: [] });
  });

  it('leaves packages out when there are too many for a page, rather than have some taken for forgeries', async () => {
    pages.length = 0;
    await wordpress.sql(
      `INSERT INTO wp_keybank_bookings (source, kind, id, rev, status, hash, seen_at)
       SELECT 'amelia', 'package', 5000 + seq, 5, 'approved', 'x', UTC_TIMESTAMP() FROM seq_1_to_1000`,
    );
    expect(await reconcile()).toMatchObject({
      listed: 2500,
      error: expect.stringContaining('1003 packages'),
    });
    expect(pages[0]).toMatchObject({ after: 1, upto: 701_000 });
  });

  it('does not go out from a copy of the site', async () => {
    pages.length = 0;
    await wordpress.setConstants({ WP_ENVIRONMENT_TYPE: 'staging' });
    expect(await reconcile()).toMatchObject({ listed: 0, error: expect.stringContaining('staging') });
    expect(pages).toEqual([]);
  });
});
