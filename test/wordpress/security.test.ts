import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEBHOOK_TOKEN } from '../support/service.ts';
import { freshAddress, openShop, ownFaults, recipients, SIGNING_SECRET, type Shop } from './journeys/shop.ts';
import { runEveryScenario } from './support/every-scenario.ts';
import type { Outcome } from './support/scenario.ts';
import { startMisbehaving, type Misbehaving, type Mode } from './support/misbehaving.ts';

/** Of the recorded `spoof_success_call_no_payment_id`. */
const MALLORY = 'mallory@evil.test';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.stop());

/** Nothing went to the forger, nothing of his is on any order, and the server never heard of him. */
async function expectNoMallory(): Promise<void> {
  expect(shop.sink.mails.flatMap(recipients)).not.toContain(MALLORY);
  expect(await shop.lookup(MALLORY)).toEqual([]);
  expect(
    await shop.bankSql(`SELECT id FROM messages WHERE recipient LIKE '%mallory%'
      UNION SELECT id FROM deliveries WHERE CONVERT(body USING utf8mb4) LIKE '%mallory%'`),
  ).toEqual([]);
  expect(await shop.wordpress.sql(`SELECT id FROM wp_keybank_outbox WHERE body LIKE '%allory%'`)).toEqual([]);
}

describe('a forged call of /bookings/success', () => {
  it('before the browser made its own changes nothing about the real booking', async () => {
    const email = freshAddress('real');
    const { bookings } = await shop.happen('amelia_appointment', { email });
    const booking = Number(bookings[0]);
    await shop.mailed(email);
    for (let time = 0; time < 3; time++) await shop.happen('amelia_success', { booking });
    expect(await shop.told('amelia', booking)).toHaveLength(1);
    expect(await shop.order(`amelia:${booking}`)).toMatchObject({
      email,
      alternates: [],
      keys: [{}],
      messages: [{ recipient: email }],
    });
    await expectNoMallory();
  });

  it('about a booking that was not told of yet sends the key to its real buyer, once', async () => {
    const email = freshAddress('first');
    await shop.wordpress.removeKeyBank();
    const { bookings } = await shop.happen('amelia_appointment', { email });
    await shop.wordpress.installKeyBank();
    const booking = Number(bookings[0]);
    await shop.happen('amelia_success', { booking });
    expect(await shop.told('amelia', booking)).toMatchObject([
      { hook: 'AmeliaBookingAddedBeforeNotify', answer: 'fulfilled' },
    ]);
    expect((await shop.order(`amelia:${booking}`))?.email).toBe(email);
    await shop.mailed(email);
    for (let time = 0; time < 2; time++) await shop.happen('amelia_success', { booking });
    expect(shop.mailsTo(email)).toHaveLength(1);
    await expectNoMallory();
  });

  it('about a booking that does not exist yet is forgotten when the real one comes', async () => {
    const [row] = await shop.wordpress.sql('SELECT MAX(id) AS last FROM wp_amelia_customer_bookings');
    const booking = Number(row?.['last']) + 1;
    const forged = { booking: { id: booking, customerId: 1, customer: null }, customer: { email: MALLORY } };
    await shop.happen('fire', { action: 'AmeliaBookingAddedBeforeNotify', args: [forged] });
    const email = freshAddress('after');
    expect((await shop.happen('amelia_appointment', { email })).bookings).toEqual([booking]);
    expect(await shop.told('amelia', booking)).toMatchObject([{ hook: 'amelia_after_booking_added' }]);
    expect(await shop.order(`amelia:${booking}`)).toMatchObject({ email, alternates: [] });
    expect(await shop.mailed(email)).toHaveLength(1);
    await expectNoMallory();
  });

  it('about an online payment that nobody has seen accepted releases no key', async () => {
    const failed = await shop.happen('amelia_appointment', { gateway: 'stripe', fails: 'thrown' });
    const booking = Number(failed.bookings[0]);
    await shop.happen('amelia_success', { booking, payment: failed.payments[0] });
    expect(await shop.order(`amelia:${booking}`)).toMatchObject({
      status: 'attention',
      reason: 'unpaid_gateway',
      keys: [],
      messages: [],
    });
    await expectNoMallory();
  });

  it('with another hook of the same name in its request leaves the proof to the real one', async () => {
    // Amelia's setting runInstantPostBookingActions: both hooks in one request, the forgeable one first.
    const email = freshAddress('instant');
    const failed = await shop.happen('amelia_appointment', { email, gateway: 'stripe', fails: 'thrown' });
    const booking = Number(failed.bookings[0]);
    const customer = { email: MALLORY };
    await shop.wordpress.php(`
      do_action( 'AmeliaBookingAddedBeforeNotify', array( 'booking' => array( 'id' => ${booking}, 'customerId' => 1, 'customer' => null ), 'customer' => array( 'email' => '${customer.email}' ) ), new stdClass() );
      do_action( 'amelia_after_booking_added', array( 'booking' => array( 'id' => ${booking}, 'customerId' => 1 ), 'customer' => array( 'email' => '${email}' ) ) );`);
    expect(await shop.told('amelia', booking)).toMatchObject([
      { hook: 'amelia_after_booking_added', answer: 'fulfilled' },
    ]);
    expect(await shop.order(`amelia:${booking}`)).toMatchObject({ email, alternates: [] });
    expect(await shop.mailed(email)).toHaveLength(1);
    await expectNoMallory();
  });

  it('of nothing, of no booking, or of a package is no more than a question to the database', async () => {
    const outbox = 'SELECT COUNT(*) AS n FROM wp_keybank_outbox';
    const before = await shop.wordpress.sql(outbox);
    await shop.happen('amelia_success', { booking: 0, package: 1 });
    const args = [{ bookingId: 0, packageId: 1, packageCustomerId: 424_242, customer: { email: MALLORY } }];
    await shop.happen('fire', { action: 'AmeliaBookingAddedBeforeNotify', args });
    expect(await shop.wordpress.sql(outbox)).toEqual(before);
    await expectNoMallory();
  });
});

describe('what leaves WordPress', () => {
  const PERSON = 'Zachariah-Neighbour';
  let far: Misbehaving;
  let outcomes: Map<string, Outcome>;
  /** Everything that whoever has it can act with. */
  let secrets: string[];
  const kept: string[] = [];

  beforeAll(async () => {
    far = await startMisbehaving({ mode: 'ok' });
    await shop.wordpress.sql('DELETE FROM wp_keybank_outbox');
    await shop.wordpress.setConstants({ KEYBANK_URL: far.url });
    // Tokens go when their rows are deleted: what was there at any time counts.
    await shop.wordpress.php(`
      foreach ( array( 'amelia_customer_bookings', 'amelia_packages_to_customers', 'bookly_customer_appointments', 'bookly_payments', 'bookly_orders' ) as $table ) {
        $GLOBALS['wpdb']->query( "CREATE TABLE kept_$table (token VARCHAR(255) PRIMARY KEY)" );
        $GLOBALS['wpdb']->query( "CREATE TRIGGER keep_$table AFTER INSERT ON {$GLOBALS['wpdb']->prefix}$table FOR EACH ROW INSERT IGNORE INTO kept_$table SELECT NEW.token FROM DUAL WHERE NEW.token <> ''" );
      }
      $GLOBALS['wpdb']->query( 'CREATE TABLE kept_groups (token VARCHAR(255) PRIMARY KEY)' );
      $GLOBALS['wpdb']->query( "CREATE TRIGGER keep_groups AFTER INSERT ON {$GLOBALS['wpdb']->prefix}bookly_customer_appointments FOR EACH ROW INSERT IGNORE INTO kept_groups
        SELECT NEW.compound_token FROM DUAL WHERE NEW.compound_token <> '' UNION SELECT NEW.collaborative_token FROM DUAL WHERE NEW.collaborative_token <> ''" );`);
    outcomes = await runEveryScenario(shop.wordpress);
    await shop.wordpress.idle();
    await shop.wordpress.runCron('keybank_sweep');
    for (const row of await shop.wordpress.sql(`SHOW TABLES LIKE 'kept\\_%'`)) {
      const table = String(Object.values(row)[0]);
      const tokens = await shop.wordpress.sql(`SELECT token FROM ${table} WHERE token <> 'unrelated'`);
      expect(tokens.length, table).toBeGreaterThan(0);
      secrets = [...(secrets ?? []), ...tokens.map(({ token }) => String(token))];
    }
    kept.push(...secrets);
    secrets = [...secrets, WEBHOOK_TOKEN, SIGNING_SECRET];
  });
  afterAll(() => far?.stop());

  const found = (text: string) => secrets.filter((secret) => text.includes(secret));

  it('left while each request was answered as it is without the plugin', async () => {
    const failed = [...outcomes].filter(([, { code }]) => code !== 200).map(([name]) => name);
    expect(failed).toEqual(['amelia_success of nothing', 'gateway failure, tidy', 'gateway failure, thrown']);
    expect(await shop.wordpress.php(`return get_option( 'keybank_fault' );`)).toBe(false);
  });

  it('names no booking token, cancel address, panel address or secret of ours', () => {
    expect(far.requests.length).toBeGreaterThan(50);
    expect(secrets.length).toBeGreaterThan(30);
    for (const { body, path } of far.requests) {
      expect(found(body), path).toEqual([]);
      expect(body).not.toMatch(
        /cancelUrl|cancel_url|customerPanel|customerCabinet|panelUrl|"token"|allory|password/i,
      );
      expect(found(path)).toEqual([]);
    }
  });

  it('has its proof in the headers, and nowhere else', () => {
    for (const { headers } of far.requests) {
      expect(headers['authorization']).toBe(`Bearer ${WEBHOOK_TOKEN}`);
      expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
      const { authorization: _authorization, ...others } = headers;
      expect(found(JSON.stringify(others))).toEqual([]);
      expect(headers['cookie']).toBeUndefined();
    }
  });

  it('is kept without them as well: in the tables, the options and the log', async () => {
    const ours = await shop.wordpress.sql(
      `SELECT body, hook, answer, order_id, last_error FROM wp_keybank_outbox`,
    );
    const known = await shop.wordpress.sql('SELECT * FROM wp_keybank_bookings');
    const options = await shop.wordpress.sql(
      `SELECT option_name, option_value FROM wp_options WHERE option_name LIKE '%keybank%' OR option_value LIKE '%keybank%'`,
    );
    expect([ours.length, known.length, options.length].every((count) => count > 5)).toBe(true);
    for (const kind of [ours, known, options]) expect(found(JSON.stringify(kind))).toEqual([]);
    const everything = await shop.wordpress.sql('SELECT option_value FROM wp_options');
    const text = JSON.stringify(everything);
    expect(text).not.toContain(WEBHOOK_TOKEN);
    expect(text).not.toContain(SIGNING_SECRET);
    const log = await shop.wordpress.debugLog();
    expect(found(log)).toEqual([]);
    expect(ownFaults(log)).toEqual([]);
    const served = await readFile(join(shop.wordpress.folder, '../server.log'), 'utf8').catch(() => '');
    expect(found(served)).toEqual([]);
  });

  it('about one booking has nothing of the others in its slot', async () => {
    const first = await shop.happen('amelia_appointment', { firstName: PERSON, email: 'zac@example.test' });
    far.requests.length = 0;
    const appointment = first.appointments[0];
    const second = await shop.happen('amelia_appointment', { appointment, email: 'yara@example.test' });
    await shop.happen('amelia_booking_status', { booking: second.bookings[0], status: 'pending' });
    await shop.happen('amelia_cancel_link', { booking: second.bookings[0] });
    const event = await shop.happen('amelia_event', { firstName: PERSON, email: 'zac@example.test' });
    const about = (id: number | undefined) =>
      far.requests.filter(({ body }) => body.includes(`"id":"amelia:${id}:`));
    expect(about(event.bookings[0])).toHaveLength(1);
    const other = await shop.happen('amelia_event', { email: 'yara@example.test' });
    const bodies = [...about(second.bookings[0]), ...about(other.bookings[0])].map(({ body }) => body);
    expect(bodies).toHaveLength(4);
    for (const body of bodies) {
      expect(body).toContain('yara@example.test');
      expect(body).not.toMatch(new RegExp(`${PERSON}|zac@example`));
    }
  });

  it.each<Mode>(['401', '500', 'html', 'redirect', 'reset'])(
    'is nowhere in the words about a server that answers %s',
    async (mode) => {
      far.set(mode);
      await shop.happen('amelia_appointment', {});
      await shop.wordpress.php(`delete_option( 'keybank_pause' ); KeyBank\\retry_now();`);
      await shop.wordpress.runCron('keybank_deliver');
      const errors = await shop.wordpress.sql(
        `SELECT last_error FROM wp_keybank_outbox WHERE last_error IS NOT NULL
         UNION SELECT option_value FROM wp_options WHERE option_name LIKE 'keybank%'`,
      );
      expect(errors.length).toBeGreaterThan(3);
      expect(found(JSON.stringify(errors))).toEqual([]);
      const cookie = await shop.wordpress.logIn();
      const { code, text } = await shop.wordpress.get('/wp-admin/tools.php?page=key-bank', { cookie });
      expect(code).toBe(200);
      expect(found(text)).toEqual([]);
      expect(ownFaults(await shop.wordpress.debugLog())).toEqual([]);
    },
  );

  it('was watched for tokens that are there: a body with one would have been noticed', () => {
    expect(kept.every((token) => token.length >= 10)).toBe(true);
    expect(found(JSON.stringify({ a: kept[0] }))).toEqual([kept[0]]);
  });
});
