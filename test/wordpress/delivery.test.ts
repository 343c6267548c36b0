import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminUrl, engines, freshDatabase } from '../support/engines.ts';
import { freePort } from '../support/servers/run.ts';
import { startService, WEBHOOK_TOKEN } from '../support/service.ts';
import { openSmtpSink } from '../support/smtp-sink.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

const SECRET = 'signing-secret-of-the-delivery-tests';
const engine = engines().find((name) => name !== 'postgres') ?? 'mariadb';

/** What the server does with a delivery once `answer` lets it. */
type Way = { code: number; body?: string; headers?: Record<string, string> } | 'reset' | 'hang';
interface Heard {
  id: string;
  booking: number;
  rev: number;
  status: string;
  body: string;
  /** Answered, hung up or cut. */
  over: boolean;
}
/** A test event and a reconciliation have no booking. */
interface Envelope {
  id: string;
  rev: number;
  booking?: { id: number; status: string };
}
interface Gate {
  url: string;
  heard: Heard[];
  answer: (heard: Heard) => Way | Promise<Way>;
  /** Deliveries that are under way now. */
  open(): number;
  stop(): Promise<void>;
}

const TAKEN: Way = { code: 200, body: '{"status":"fulfilled","orderId":"amelia:1"}' };

/** A server whose answer is in the test's hand: when, and what. */
async function openGate(): Promise<Gate> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const envelope: Envelope = JSON.parse(body);
      const { id, rev, booking } = envelope;
      if (!booking) return response.end('{"status":"ok","lacking":[],"unknown":0}');
      const heard = { id, rev, booking: booking.id, status: booking.status, body, over: false };
      gate.heard.push(heard);
      response.on('close', () => (heard.over = true));
      void Promise.resolve(gate.answer(heard)).then((way) => {
        if (way === 'hang') return;
        if (way === 'reset') return response.socket?.resetAndDestroy();
        response.writeHead(way.code, {
          'content-type': 'application/json',
          'x-keybank-version': '0.1.0',
          ...way.headers,
        });
        response.end(way.body ?? '{}');
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const gate: Gate = {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    heard: [],
    answer: () => TAKEN,
    open: () => gate.heard.filter(({ over }) => !over).length,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return gate;
}

async function until(what: string, holds: () => boolean | Promise<boolean>, patienceMs = 30_000) {
  for (const deadline = Date.now() + patienceMs; !(await holds()); await pause(10)) {
    if (Date.now() > deadline) throw new Error(`still not so after ${patienceMs} ms: ${what}`);
  }
}

const outbox = (wordpress: WordPress) => wordpress.sql('SELECT * FROM wp_keybank_outbox ORDER BY id');
const due = (wordpress: WordPress) => wordpress.sql('UPDATE wp_keybank_outbox SET next_at = UTC_TIMESTAMP()');
/** The pause is over, as a minute later. */
const unpause = (wordpress: WordPress) =>
  wordpress.sql(`UPDATE wp_options SET option_value = '1' WHERE option_name = 'keybank_pause'`);
const deliver = (wordpress: WordPress) => wordpress.php('return KeyBank\\deliver( 60, 5000 );');

async function book(wordpress: WordPress, input: Record<string, unknown> = {}) {
  const outcome = await wordpress.scenario('amelia_appointment', input);
  expect(outcome.code).toBe(200);
  return { booking: Number(outcome.bookings[0]), appointment: Number(outcome.appointments[0]) };
}

async function connect(wordpress: WordPress, url: string) {
  await wordpress.setConstants({
    KEYBANK_URL: url,
    KEYBANK_TOKEN: WEBHOOK_TOKEN,
    KEYBANK_SIGNING_SECRET: SECRET,
  });
}

/** An outbox as after the install. */
async function clear(wordpress: WordPress) {
  await wordpress.idle();
  await wordpress.sql('DELETE FROM wp_keybank_outbox');
  await wordpress.sql(
    `DELETE FROM wp_options WHERE option_name IN ('keybank_pause', 'keybank_last', 'keybank_fault')`,
  );
}

describe('behind PHP-FPM', () => {
  let wordpress: WordPress;
  let gate: Gate;

  beforeAll(async () => {
    gate = await openGate();
    wordpress = await startWordPress({
      php: '8.2',
      wordpress: '6.5',
      database: adminUrl(engine),
      server: 'fpm',
      workers: 8,
    });
    await connect(wordpress, gate.url);
    await wordpress.get('/');
  });
  afterAll(async () => {
    await wordpress?.stop();
    await gate?.stop();
  });
  beforeEach(async () => {
    gate.answer = () => TAKEN;
    await clear(wordpress);
    gate.heard.length = 0;
  });

  const ways: [string, Way, RegExp | null][] = [
    ['takes it late', TAKEN, null],
    ['fails', { code: 500, body: '{"error":"internal"}' }, /^answered 500: internal$/],
    [
      'refuses the token, and repeats it',
      { code: 401, body: JSON.stringify({ error: `unknown token ${WEBHOOK_TOKEN}, secret ${SECRET}` }) },
      /^answered 401: unknown token …, secret …$/,
    ],
    ['cuts the connection', 'reset', /reset|empty reply|recv failure/i],
    ['never answers', 'hang', /timed out/i],
    [
      'is another web site',
      { code: 200, body: '<h1>It works!</h1>', headers: { 'content-type': 'text/html' } },
      /^answered 200, but not as Key Bank does: is KEYBANK_URL/,
    ],
    [
      'is elsewhere now',
      { code: 302, headers: { location: 'https://keys.example/new' } },
      /^answered 302, a redirect to https:\/\/keys\.example\/new: put the final address into KEYBANK_URL$/,
    ],
  ];
  it.each(ways)('nobody waits for a server that %s; the row says what came of it', async (_, way, error) => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    gate.answer = () => released.then(() => way);
    await book(wordpress);
    // The buyer has the page. Whatever was asked of the server by now has no answer, and nobody gave up waiting for one.
    expect(gate.heard.filter(({ over }) => over)).toEqual([]);
    await until('the delivery comes', () => gate.heard.length === 1);
    release();
    await wordpress.idle();

    const [row = {}] = await outbox(wordpress);
    expect(row).toMatchObject({ attempts: 1, claim: null, claimed_until: null });
    if (error === null) {
      expect(row).toMatchObject({ code: 200, answer: 'fulfilled', order_id: 'amelia:1', last_error: null });
      expect(row['sent_at']).not.toBeNull();
    } else {
      expect(row).toMatchObject({ sent_at: null, answer: null });
      expect(row['last_error']).toMatch(error);
      expect(row['failing_since']).not.toBeNull();
      const kept = await wordpress.sql(`SELECT * FROM wp_options WHERE option_name LIKE 'keybank_%'`);
      expect(JSON.stringify([row, kept])).not.toMatch(`${WEBHOOK_TOKEN}|${SECRET}`);
    }
    // No redirect was followed, nothing was tried twice.
    expect(gate.heard).toHaveLength(1);
  });

  it('names in any script arrive as they were typed', async () => {
    const firstName = 'Zoë 李 Ελένη 😀';
    await book(wordpress, { firstName, couponCode: 'FÜNF€' });
    await wordpress.idle();
    const [heard] = gate.heard;
    expect(JSON.parse(heard?.body ?? '{}')).toMatchObject({
      booking: { customer: { firstName }, couponCode: 'FÜNF€' },
    });
  });

  it('tables of an old character set keep nothing from being sent, and no failure from being counted', async () => {
    const convert = (charset: string) =>
      Promise.all(
        ['bookings', 'outbox'].map((table) =>
          wordpress.sql(`ALTER TABLE wp_keybank_${table} CONVERT TO CHARACTER SET ${charset}`),
        ),
      );
    await convert('latin1');
    gate.answer = () => ({ code: 500, body: '{"error":"не сейчас 😀"}' });
    const firstName = 'Ελένη 😀';
    await book(wordpress, { firstName, couponCode: 'ΠΈΝΤΕ😀' });
    await wordpress.idle();
    expect(await outbox(wordpress)).toMatchObject([{ attempts: 1, claim: null, code: 500 }]);
    expect(JSON.parse(gate.heard[0]?.body ?? '{}')).toMatchObject({
      booking: { customer: { firstName }, couponCode: 'ΠΈΝΤΕ😀' },
    });
    await convert('utf8mb4');
  });

  it('12 bookings at once use at most 4 workers, and other pages are answered', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let most = 0;
    gate.answer = () => {
      most = Math.max(most, gate.open());
      return released.then(() => TAKEN);
    };
    await Promise.all(Array.from({ length: 12 }, () => book(wordpress)));
    await until('all slots are taken', () => gate.open() === 4);
    const pages = await Promise.all(Array.from({ length: 4 }, () => wordpress.get('/')));
    expect(pages.map(({ code }) => code)).toEqual([200, 200, 200, 200]);
    expect(gate.open()).toBe(4);
    expect(await outbox(wordpress)).toHaveLength(12);
    release();
    // Those who hold a slot send the rest too; on a machine so busy that they gave up waiting, the next run does.
    await wordpress.idle();
    await due(wordpress);
    await deliver(wordpress);
    expect(most).toBe(4);
    expect(new Set(gate.heard.map(({ id }) => id)).size).toBe(12);
    expect((await outbox(wordpress)).filter((row) => row['sent_at'] === null)).toEqual([]);
  });

  it('while the server is away, booking requests do not try; a minute later one does', async () => {
    gate.answer = () => ({ code: 503 });
    await book(wordpress);
    await wordpress.idle();
    expect(gate.heard).toHaveLength(1);
    await Promise.all(Array.from({ length: 5 }, () => book(wordpress)));
    await wordpress.idle();
    expect(gate.heard).toHaveLength(1);
    expect((await outbox(wordpress)).map((row) => row['attempts'])).toEqual([1, 0, 0, 0, 0, 0]);

    await unpause(wordpress);
    await book(wordpress);
    await wordpress.idle();
    // One try told that the server is still away; the rest were spared.
    expect(gate.heard).toHaveLength(2);
  });

  it('one answer makes all due that failed while the server was away', async () => {
    gate.answer = () => ({ code: 500 });
    const first = await book(wordpress);
    await book(wordpress);
    await book(wordpress);
    await wordpress.scenario('amelia_booking_status', { booking: first.booking, status: 'canceled' });
    await wordpress.idle();
    await deliver(wordpress);
    await deliver(wordpress);
    await deliver(wordpress);
    expect((await outbox(wordpress)).map((row) => row['attempts'])).toEqual([1, 1, 1, 0]);
    gate.answer = () => TAKEN;
    gate.heard.length = 0;
    await unpause(wordpress);
    await book(wordpress);
    await wordpress.idle();
    expect((await outbox(wordpress)).filter((row) => row['sent_at'] === null)).toEqual([]);
    expect(gate.heard).toHaveLength(5);
    expect(gate.heard.filter(({ booking }) => booking === first.booking).map(({ status }) => status)).toEqual(
      ['approved', 'canceled'],
    );
    expect(await wordpress.sql(`SELECT * FROM wp_options WHERE option_name = 'keybank_pause'`)).toEqual([]);
  });

  it('waits 1 m, 5 m, 30 m, 2 h, then every 6 h, and never gives a row up', async () => {
    gate.answer = () => ({ code: 500 });
    await book(wordpress);
    await wordpress.idle();
    const waits = await wordpress.php(`
      global $wpdb;
      $waits = array();
      for ( $try = 1; $try <= 31; $try++ ) {
        if ( $try > 1 ) {
          $wpdb->query( 'UPDATE wp_keybank_outbox SET next_at = UTC_TIMESTAMP()' );
          KeyBank\\deliver( 10, 1 );
        }
        $waits[] = (int) $wpdb->get_var( 'SELECT CEIL( TIMESTAMPDIFF( SECOND, UTC_TIMESTAMP(), next_at ) / 20 ) * 20 FROM wp_keybank_outbox' );
      }
      return $waits;`);
    const M = 60;
    const H = 60 * M;
    expect(waits).toEqual([M, 5 * M, 30 * M, 2 * H, ...Array.from({ length: 27 }, () => 6 * H)]);
    expect(gate.heard).toHaveLength(31);
    expect(await outbox(wordpress)).toMatchObject([{ attempts: 31, sent_at: null }]);
    gate.answer = () => TAKEN;
    await due(wordpress);
    await deliver(wordpress);
    expect(await outbox(wordpress)).toMatchObject([
      { attempts: 32, answer: 'fulfilled', last_error: null, failing_since: null },
    ]);
  });

  it.each([
    ['900', 900],
    // Sooner than the plugin's own first step is no reason to hurry; later than a day is no reason to sleep.
    ['5', 60],
    ['9999999', 21_600],
    ['soon', 60],
  ])('Retry-After: %s makes a wait of %d s', async (header, seconds) => {
    gate.answer = () => ({ code: 429, headers: { 'retry-after': header } });
    await book(wordpress);
    await wordpress.idle();
    const [row = {}] = await wordpress.sql(
      'SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), next_at) AS wait FROM wp_keybank_outbox',
    );
    expect(Number(row['wait'])).toBeGreaterThan(seconds - 30);
    expect(Number(row['wait'])).toBeLessThanOrEqual(seconds);
    const [kept = {}] = await wordpress.sql(
      `SELECT option_value - UNIX_TIMESTAMP() AS wait FROM wp_options WHERE option_name = 'keybank_pause'`,
    );
    expect(Number(kept['wait'])).toBeGreaterThan(seconds - 30);
  });

  it('a row that the server cannot take blocks its own booking only', async () => {
    await connect(wordpress, 'http://127.0.0.1:9');
    const bad = await book(wordpress);
    await wordpress.scenario('amelia_booking_status', { booking: bad.booking, status: 'canceled' });
    const good = await book(wordpress);
    await wordpress.idle();
    await wordpress.sql(`DELETE FROM wp_options WHERE option_name = 'keybank_pause'`);
    await due(wordpress);
    await connect(wordpress, gate.url);
    gate.answer = ({ booking }) =>
      booking === bad.booking ? { code: 413, body: '{"error":"too large"}' } : TAKEN;
    await deliver(wordpress);
    expect(gate.heard.map(({ booking, status }) => [booking, status])).toEqual([
      [bad.booking, 'approved'],
      [good.booking, 'approved'],
    ]);
    expect(await outbox(wordpress)).toMatchObject([
      { code: 413, sent_at: null, last_error: 'answered 413: too large' },
      { attempts: 0, sent_at: null },
      { code: 200, answer: 'fulfilled' },
    ]);
    // The server is not away: the next booking goes out with its own request.
    const next = await book(wordpress);
    await wordpress.idle();
    expect(gate.heard.map(({ booking }) => booking)).toEqual([bad.booking, good.booking, next.booking]);
  });
});

it('without a way to answer first, the request delivers nothing and WP-Cron does', async () => {
  const gate = await openGate();
  const wordpress = await startWordPress({
    php: '8.2',
    wordpress: '6.5',
    database: adminUrl(engine),
    server: 'cli',
    workers: 1,
  });
  try {
    await connect(wordpress, gate.url);
    const { booking } = await book(wordpress);
    await wordpress.scenario('bookly_book');
    // One worker: what comes after it was served means that the booking's script has ended.
    await wordpress.get('/');
    expect(gate.heard).toEqual([]);
    expect(await outbox(wordpress)).toMatchObject([
      { source: 'amelia', booking, attempts: 0 },
      { source: 'bookly', attempts: 0 },
    ]);
    await wordpress.runCron('keybank_deliver');
    expect(gate.heard).toHaveLength(2);
    expect((await outbox(wordpress)).map((row) => row['answer'])).toEqual(['fulfilled', 'fulfilled']);
    // The event is there for the next minute, and finds nothing to do.
    await wordpress.runCron('keybank_deliver');
    expect(gate.heard).toHaveLength(2);
    expect(await wordpress.debugLog()).toBe('');
  } finally {
    await wordpress.stop();
    await gate.stop();
  }
});

it('what was booked while the server was down, over a restart of WordPress, arrives once and in order', async () => {
  const [sink, database, port] = await Promise.all([openSmtpSink(), freshDatabase(engine), freePort()]);
  const wordpress = await startWordPress({
    php: '8.2',
    wordpress: '6.5',
    database: adminUrl(engine),
    server: 'fpm',
    workers: 4,
  });
  const start = () =>
    startService({
      DATABASE_URL: database.url,
      KEYBANK_PORT: String(port),
      KEYBANK_SIGNING_SECRET: SECRET,
      KEYBANK_DEFAULT_SKU: 'WORKSHOP',
      KEYBANK_MAIL: sink.url,
      KEYBANK_MAIL_FROM: 'Course Shop <keys@shop.example>',
      KEYBANK_ADMIN_EMAIL: 'admin@shop.example',
    });
  let service = await start();
  const pool = mysql.createPool({ uri: database.url, connectionLimit: 2 });
  try {
    await service.rpc('products.save', { sku: 'WORKSHOP', name: 'Key Workshop', reason: 'set up' });
    const keys = Array.from({ length: 40 }, (_, index) => `DOWN-KEY-${String(index).padStart(4, '0')}`);
    await service.rpc('keys.import', { sku: 'WORKSHOP', text: keys.join('\n'), dryRun: false });
    await connect(wordpress, service.url);
    const before = await book(wordpress, { email: 'before@shop.example' });
    await wordpress.idle();
    await sink.waitFor((mail) => JSON.stringify(mail.to).includes('before@'));
    await service.stop();

    const change = async (booking: number, ...statuses: string[]) => {
      for (const status of statuses) await wordpress.scenario('amelia_booking_status', { booking, status });
    };
    const histories: Record<string, string[]> = {
      plain: [],
      off: ['canceled'],
      again: ['canceled', 'approved'],
      twice: ['canceled', 'approved', 'canceled', 'approved'],
      late: ['pending', 'approved'],
    };
    const bookings = new Map<string, number>();
    for (const name of Object.keys(histories)) {
      bookings.set(name, (await book(wordpress, { email: `${name}@shop.example` })).booking);
    }
    const bookly = await wordpress.scenario('bookly_book', { email: 'bookly@shop.example' });
    await change(before.booking, 'canceled');
    await Promise.all(
      Object.entries(histories).map(([name, [first]]) =>
        change(bookings.get(name) ?? 0, ...(first ? [first] : [])),
      ),
    );
    await wordpress.idle();
    await wordpress.restart();
    await Promise.all(
      Object.entries(histories).map(([name, [, ...rest]]) => change(bookings.get(name) ?? 0, ...rest)),
    );
    await wordpress.idle();
    await wordpress.runCron('keybank_deliver');
    const waiting = (await outbox(wordpress)).filter((row) => row['sent_at'] === null);
    expect(waiting).toHaveLength(1 + 5 + 1 + 9);
    expect(waiting.some((row) => /refused|connect/i.test(String(row['last_error'])))).toBe(true);

    service = await start();
    await due(wordpress);
    await wordpress.runCron('keybank_deliver');
    await wordpress.runCron('keybank_deliver');
    const rows = await outbox(wordpress);
    expect(rows.filter((row) => row['sent_at'] === null)).toEqual([]);

    const wanted = {
      [`amelia:${before.booking}`]: 'cancelled',
      ...Object.fromEntries(
        [...bookings].map(([name, id]) => [`amelia:${id}`, name === 'off' ? 'cancelled' : 'fulfilled']),
      ),
      [`bookly:${bookly.bookings[0]}`]: 'fulfilled',
    };
    const [orders] = await pool.query<mysql.RowDataPacket[]>(
      "SELECT CONCAT(source, ':', external_id) AS name, status FROM orders",
    );
    expect(
      Object.fromEntries(orders.map((order) => [String(order['name']), String(order['status'])])),
    ).toEqual(wanted);

    // Each row came once, those of one booking by rising rev.
    const [deliveries] = await pool.query<mysql.RowDataPacket[]>(
      'SELECT * FROM deliveries ORDER BY received_at, id',
    );
    const came = deliveries.map((delivery) => {
      const read: { id: string; rev: number } = JSON.parse(String(delivery['body']));
      return read;
    });
    expect(came.map(({ id }) => id).sort()).toEqual(
      rows.map((row) => `${String(row['source'])}:${String(row['booking'])}:${String(row['rev'])}`).sort(),
    );
    for (const name of Object.keys(wanted)) {
      const revs = came.filter(({ id }) => id.startsWith(`${name}:`)).map(({ rev }) => rev);
      expect(revs, name).toEqual([...revs].sort((a, b) => a - b));
    }

    const addresses = ['before', 'plain', 'again', 'twice', 'late', 'bookly'].map(
      (name) => `${name}@shop.example`,
    );
    for (const address of addresses) await sink.waitFor((mail) => JSON.stringify(mail.to).includes(address));
    const keyMails = sink.mails.filter((mail) => (mail.text ?? '').includes('DOWN-KEY-'));
    // Whether the key of the one that was taken back went out first is the server's affair.
    const sent = keyMails
      .map((mail) => JSON.stringify(mail.to))
      .filter((to) => !to.includes('off@'))
      .map((to) => addresses.find((address) => to.includes(address)));
    expect(sent.sort()).toEqual([...addresses].sort());
    expect(await wordpress.debugLog()).toBe('');
  } finally {
    await wordpress.stop();
    await service.stop();
    await pool.end();
    await database.drop();
    await sink.close();
  }
});
