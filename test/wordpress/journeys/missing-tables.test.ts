import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshAddress, openShop, ownFaults, type Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ plugins: [] });
});
afterAll(() => shop?.stop());

const quiet = async () => ownFaults(await shop.wordpress.debugLog());
const hourly = () => shop.wordpress.runCron('keybank_sweep');
const fault = () => shop.wordpress.php(`return get_option( 'keybank_fault' );`);
const forgive = () => shop.wordpress.php(`delete_option( 'keybank_fault' );`);
const add = async (plugin: string) => {
  await shop.wordpress.php(`\\BookingStandIn\\install( array( '${plugin}' ) );`);
  await hourly();
};
const sellsOne = async (scenario: string, source: string) => {
  const email = freshAddress('one');
  const { bookings } = await shop.happen(scenario, { email });
  expect(await shop.order(`${source}:${bookings[0]}`)).toMatchObject({ status: 'fulfilled', email });
  expect(await shop.mailed(email)).toHaveLength(1);
  return Number(bookings[0]);
};
const weird = async () => {
  for (const kind of ['null', 'recursion', 'ids', 'huge'])
    expect((await shop.happen('weird', { kind, booking: 1 })).code).toBe(200);
};

describe('tables of the booking plugins that are not there', () => {
  it('neither: pages open, hooks fire, the hourly run ends, and nobody complains', async () => {
    expect((await shop.wordpress.get('/')).code).toBe(200);
    await weird();
    await hourly();
    expect(await shop.wordpress.php(`return get_option( 'keybank_swept' );`)).toMatchObject({
      done: true,
      error: null,
    });
    expect(await shop.wordpress.sql('SELECT id FROM wp_keybank_outbox')).toEqual([]);
    expect(await quiet()).toEqual([]);
  });

  it("Amelia alone sells, while hooks and statements of Bookly's find nothing", async () => {
    await add('amelia');
    await sellsOne('amelia_appointment', 'amelia');
    await weird();
    // The statement fails, as it would without us.
    const sql = `UPDATE {prefix}bookly_customer_appointments SET status = 'done' WHERE id = 1`;
    expect((await shop.happen('bookly_statement', { sql })).code).toBe(500);
    await hourly();
    expect(await quiet()).toEqual([]);
  });

  it('Amelia removed with all its tables cancels nobody', async () => {
    const booking = await sellsOne('amelia_appointment', 'amelia');
    const tables = await shop.wordpress.sql(`SHOW TABLES LIKE 'wp\\_amelia\\_%'`);
    const names = tables.flatMap((row) => Object.values(row).map(String));
    expect(names.length).toBeGreaterThan(10);
    await shop.wordpress.sql(`DROP TABLE ${names.join(', ')}`);
    const args = [{ booking: { id: booking, customerId: 1 } }];
    expect((await shop.wordpress.fire('amelia_before_booking_canceled', args)).code).toBe(200);
    await shop.wordpress.idle();
    await hourly();
    expect(await shop.order(`amelia:${booking}`)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.told('amelia', booking)).toHaveLength(1);
    expect(await quiet()).toEqual([]);
  });

  it('Bookly alone sells', async () => {
    await add('bookly');
    await sellsOne('bookly_book', 'bookly');
    await weird();
    expect(await quiet()).toEqual([]);
  });
});

describe('our own tables that are gone', () => {
  const drop = (...names: string[]) =>
    shop.wordpress.sql(`DROP TABLE ${names.map((name) => `wp_keybank_${name}`).join(', ')}`);

  it('both: the booking goes on, and is told of by new tables; what was sold before is not sold twice', async () => {
    const before = await sellsOne('bookly_book', 'bookly');
    // Revisions are the clock's seconds, and this one was sold a while ago.
    await shop.bankSql('UPDATE orders SET rev = rev - 60');
    await drop('outbox', 'bookings');
    await sellsOne('bookly_book', 'bookly');
    await hourly();
    expect(await shop.told('bookly', before)).toEqual([]);
    await shop.happen('bookly_delete', { bookings: [before] });
    expect(await shop.order(`bookly:${before}`)).toMatchObject({ status: 'cancelled' });
    expect(await fault()).toMatchObject({ what: expect.stringContaining('keybank_bookings') });
    expect(await quiet()).toEqual([]);
    await forgive();
  });

  it('the outbox alone: what waited in it is written again by the sweep', async () => {
    const email = freshAddress('waits');
    await shop.wordpress.setConstants({ KEYBANK_URL: 'http://127.0.0.1:9' });
    const { bookings } = await shop.happen('bookly_book', { email });
    await shop.wordpress.setConstants({ KEYBANK_URL: shop.bank.url });
    await drop('outbox');
    await sellsOneAfterPause();
    await hourly();
    expect(await shop.order(`bookly:${bookings[0]}`)).toMatchObject({ status: 'fulfilled', email });
    expect(await shop.mailed(email)).toHaveLength(1);
    expect(await quiet()).toEqual([]);
    await forgive();
  });

  it('found by the delivery of WP-Cron, they are there again for the next booking', async () => {
    await drop('outbox', 'bookings');
    await shop.wordpress.runCron('keybank_deliver');
    await sellsOne('bookly_book', 'bookly');
    // WordPress itself says once that the table was gone.
    expect((await quiet()).filter((line) => !/_outbox|keybank_deliver/.test(line))).toEqual([]);
    await forgive();
  });

  it('are made once, however many requests find them gone', async () => {
    await drop('outbox', 'bookings');
    const emails = Array.from({ length: 4 }, () => freshAddress('crowd'));
    const outcomes = await Promise.all(
      emails.map((email) => shop.wordpress.scenario('bookly_book', { email })),
    );
    await shop.wordpress.idle();
    await shop.wordpress.runCron('keybank_deliver');
    for (const { bookings, code } of outcomes) {
      expect(code).toBe(200);
      expect(await shop.order(`bookly:${bookings[0]}`)).toMatchObject({ status: 'fulfilled' });
    }
    for (const email of emails) expect(await shop.mailed(email)).toHaveLength(1);
  });

  /** The server was away a moment ago, so the request itself does not try. */
  async function sellsOneAfterPause(): Promise<void> {
    await shop.wordpress.php(`delete_option( 'keybank_pause' );`);
    await sellsOne('bookly_book', 'bookly');
  }
});
