import { setTimeout as pause } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminUrl, engines, type EngineName } from '../support/engines.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

const asked = engines().filter((name) => name !== 'postgres');
const databases: EngineName[] = asked.length > 0 ? asked : ['mariadb'];
/** More than two ranges of the baseline. */
const MANY = 12_000;
const DIGITS =
  '(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
/** Runs PHP before the $at-th INSERT of the baseline. */
const before = (at: number, code: string) => `
  add_filter( 'query', function ( $sql ) {
    static $seen = 0;
    if ( preg_match( '/^INSERT INTO wp_keybank_baseline/', $sql ) && ++$seen === ${at} ) { ${code} }
    return $sql;
  } );`;
const KILL = 'posix_kill( getmypid(), 9 );';

describe.each(databases)('an install beside many bookings on %s', (engine) => {
  let wordpress: WordPress;
  /** A session of the test's own, in the database of WordPress. */
  let rival: mysql.Connection;
  let template: number;

  beforeAll(async () => {
    wordpress = await startWordPress({
      php: '8.2',
      wordpress: '6.5',
      database: adminUrl(engine),
      server: 'fpm',
      workers: 8,
    });
    const url = new URL(adminUrl(engine));
    url.pathname = `/${String(await wordpress.php('return DB_NAME;'))}`;
    rival = await mysql.createConnection({ uri: url.href });
    const { bookings } = await wordpress.scenario('amelia_appointment');
    template = Number(bookings[0]);
    // Numbers are left out now and then, as they are when bookings are deleted.
    await wordpress.sql(
      `INSERT INTO wp_amelia_customer_bookings (id, appointmentId, customerId, status, created)
       SELECT 1000 + 7 * (a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d), IF(a.d, 999999, NULL), 1, IF(b.d, 'approved', NULL), NOW()
       FROM ${DIGITS} a, ${DIGITS} b, ${DIGITS} c, ${DIGITS} e, (SELECT 0 d UNION SELECT 1) f
       ORDER BY 1 LIMIT ${MANY}`,
    );
  });
  afterAll(async () => {
    await rival?.end();
    await wordpress?.stop();
  });
  beforeEach(async () => {
    await wordpress.idle();
    await wordpress.sql('DROP TABLE IF EXISTS go_on');
  });

  const installWith = (code: string) => wordpress.php(`KeyBank\\uninstall(); ${code} KeyBank\\install();`);
  const options = (name: string) =>
    wordpress.sql('SELECT option_value FROM wp_options WHERE option_name = ?', [name]);
  const tables = async () =>
    (await wordpress.sql(`SHOW TABLES LIKE 'wp\\_keybank\\_%'`)).flatMap((row) => Object.values(row)).sort();
  const told = async () =>
    (await wordpress.sql('SELECT source, booking FROM wp_keybank_outbox ORDER BY id')).map(
      (row) => `${String(row['source'])}:${String(row['booking'])}`,
    );
  const known = async (id: number) =>
    wordpress.sql(`SELECT rev FROM wp_keybank_bookings WHERE source = 'amelia' AND id = ?`, [id]);
  /** A booking that no hook tells of, out of its checkout by now. */
  const bookUnseen = async () => {
    await wordpress.sql(
      `INSERT INTO wp_amelia_customer_bookings (appointmentId, customerId, status, created)
       SELECT appointmentId, customerId, status, NOW() - INTERVAL 2 DAY FROM wp_amelia_customer_bookings WHERE id = ?`,
      [template],
    );
    const [row] = await wordpress.sql('SELECT MAX(id) AS id FROM wp_amelia_customer_bookings');
    return Number(row?.['id']);
  };
  const sweep = () => wordpress.php(`return KeyBank\\sweep( array( 'seconds' => 60 ) );`);
  /** As it would be had nobody begun: every booking is old and known, nothing is to be told. */
  const expectWhole = async () => {
    expect(await tables()).toEqual(['wp_keybank_bookings', 'wp_keybank_outbox']);
    expect(await options('keybank_schema')).toMatchObject([{ option_value: '2' }]);
    expect(await options('keybank_baseline')).toEqual([]);
  };
  const differing = () =>
    wordpress.sql(
      `SELECT r.id FROM wp_amelia_customer_bookings r LEFT JOIN wp_keybank_bookings b ON b.source = 'amelia' AND b.kind = 'booking' AND b.id = r.id
       WHERE b.id IS NULL OR b.rev > 0 OR b.status <> COALESCE(r.status, 'none') OR NOT b.parent <=> r.appointmentId OR b.seen_at <> '2000-01-01'`,
    );

  it('knows every one of them as it is, and tells of none', async () => {
    await installWith('');
    await expectWhole();
    expect(await differing()).toEqual([]);
    expect(await sweep()).toMatchObject({ written: 0, done: true, error: null });
    expect(await told()).toEqual([]);
  });

  it("asks for no lock on the shop's rows", async () => {
    await rival.query('BEGIN');
    await rival.query('SELECT id FROM wp_amelia_customer_bookings WHERE id <= 5000 FOR UPDATE');
    const installed = installWith('').then(() => 'installed');
    expect(await Promise.race([installed, pause(20_000, 'waits', { ref: false })])).toBe('installed');
    await rival.query('ROLLBACK');
    await expectWhole();
  });

  it('may take its seconds, also when its visitor goes away', async () => {
    const during = await wordpress.php(`
      KeyBank\\uninstall();
      ini_set( 'max_execution_time', '30' );
      ${before(1, `$GLOBALS['during'] = array( ini_get( 'max_execution_time' ), ignore_user_abort() );`)}
      KeyBank\\install();
      return array_merge( $GLOBALS['during'], array( ignore_user_abort() ) );`);
    expect(during).toEqual(['300', 1, 0]);
  });

  it('holds up no other request, and silences nothing that is booked meanwhile', async () => {
    const installed = installWith(
      before(
        2,
        `static $asking = false;
         while ( ! $asking ) {
           $asking = true;
           $go = $GLOBALS['wpdb']->get_var( "SHOW TABLES LIKE 'go_on'" );
           $asking = $go !== null;
           usleep( 20000 );
         }`,
      ),
    );
    for (const deadline = Date.now() + 20_000; !(await tables()).includes('wp_keybank_baseline');) {
      expect(Date.now()).toBeLessThan(deadline);
      await pause(10);
    }
    const began = Date.now();
    const outcomes = await Promise.all([
      wordpress.scenario('amelia_appointment'),
      wordpress.scenario('amelia_admin_appointment'),
      wordpress.scenario('bookly_book'),
    ]);
    const pages = await Promise.all([wordpress.get('/'), wordpress.get('/'), wordpress.get('/')]);
    // An old one that is touched now is not sold either.
    await wordpress.scenario('amelia_booking_status', { booking: template, status: 'approved' });
    await wordpress.idle();
    expect(Date.now() - began).toBeLessThan(4000);
    expect(outcomes.map(({ code }) => code)).toEqual([200, 200, 200]);
    expect(pages.map(({ code }) => code)).toEqual([200, 200, 200]);
    await wordpress.sql('CREATE TABLE go_on (id INT)');
    await installed;

    await expectWhole();
    const [one, two, three] = outcomes.map(({ bookings }) => Number(bookings[0]));
    await wordpress.sql(
      'UPDATE wp_amelia_customer_bookings SET created = created - INTERVAL 1 DAY WHERE id IN (?, ?)',
      [one, two],
    );
    await wordpress.sql(
      'UPDATE wp_bookly_customer_appointments SET created_at = created_at - INTERVAL 1 DAY',
    );
    await sweep();
    expect((await told()).sort()).toEqual([`amelia:${one}`, `amelia:${two}`, `bookly:${three}`].sort());
  });

  it('that was killed half way goes on, and tells of what was booked in between', async () => {
    await expect(installWith(before(6, KILL))).rejects.toThrow('PHP ended with null');
    expect(await tables()).toEqual(['wp_keybank_baseline']);
    const meanwhile = await bookUnseen();
    const [half] = await wordpress.sql('SELECT COUNT(*) AS n FROM wp_keybank_baseline');
    expect(half).toEqual({ n: 5000 });
    await wordpress.get('/');
    await expectWhole();
    expect(await known(meanwhile)).toEqual([]);
    expect(await known(template)).toEqual([{ rev: 0 }]);
    await sweep();
    expect(await told()).toEqual([`amelia:${meanwhile}`]);
  });

  it('that was killed when all but the word was done is done by the next request', async () => {
    const killer = `add_filter( 'query', function ( $sql ) { if ( strpos( $sql, 'keybank_schema' ) && preg_match( '/^(INSERT|UPDATE)/', $sql ) ) { ${KILL} } return $sql; } );`;
    await expect(installWith(killer)).rejects.toThrow('PHP ended with null');
    const meanwhile = await bookUnseen();
    await wordpress.get('/');
    await expectWhole();
    expect(await known(meanwhile)).toEqual([]);
  });

  it('that nobody went on with for a day begins anew: the plugin was away meanwhile', async () => {
    await expect(installWith(before(6, KILL))).rejects.toThrow('PHP ended with null');
    const [kept] = await options('keybank_baseline');
    await wordpress.sql(`UPDATE wp_options SET option_value = ? WHERE option_name = 'keybank_baseline'`, [
      String(kept?.['option_value']).replace(/i:\d{10};/, 'i:1700000000;'),
    ]);
    await bookUnseen();
    await wordpress.sql(`UPDATE wp_amelia_customer_bookings SET status = 'pending' WHERE id = 1000`);
    await wordpress.get('/');
    await expectWhole();
    expect(await differing()).toEqual([]);
  });

  it("that fails is tried again later, and leaves wpdb's errors as loud as they were", async () => {
    const loud = await wordpress.php(`
      KeyBank\\uninstall();
      add_filter( 'query', fn( $sql ) => strpos( $sql, 'CREATE TABLE' ) === 0 ? 'CREATE NONSENSE' : $sql );
      KeyBank\\install();
      return array( $GLOBALS['wpdb']->suppress_errors, get_option( 'keybank_fault' )['what'] );`);
    expect(loud).toEqual([false, expect.stringContaining('NONSENSE')]);
    const meanwhile = await bookUnseen();
    await wordpress.sql(
      `UPDATE wp_options SET option_value = 'failed:1' WHERE option_name = 'keybank_schema'`,
    );
    await wordpress.get('/');
    await expectWhole();
    expect(await known(meanwhile)).toEqual([]);
  });

  it('finds its tables on a server that writes their names in lower case', async () => {
    await wordpress.get('/');
    const found = await wordpress.php(`
      global $wpdb;
      $names = array( KeyBank\\outbox(), KeyBank\\bookings(), 'wp_keybank_outbo', 'wp%keybank_outbox' );
      // As lower_case_table_names=1 does.
      add_filter( 'query', fn( $sql ) => str_replace( 'WP', 'wp', $sql ) );
      $wpdb->set_prefix( 'WP_' );
      $made = array();
      add_filter( 'query', function ( $sql ) use ( &$made ) { if ( preg_match( '/^(CREATE|DELETE)/', $sql ) ) { $made[] = $sql; } return $sql; } );
      KeyBank\\make_missing();
      return array( $made, array_map( 'KeyBank\\table_exists', array_merge( array( KeyBank\\outbox(), KeyBank\\bookings() ), $names ) ) );`);
    expect(found).toEqual([[], [true, true, true, true, false, false]]);
  });
});

describe('a network', () => {
  let wordpress: WordPress;
  beforeAll(async () => {
    wordpress = await startWordPress({
      php: '8.2',
      wordpress: '6.5',
      database: adminUrl(databases[0] ?? 'mariadb'),
      server: 'cli',
      multisite: true,
    });
  });
  afterAll(() => wordpress?.stop());

  it('that deletes a site deletes its tables, and no other', async () => {
    await wordpress.get('/');
    await wordpress.get('/two/');
    const tables = async () =>
      (await wordpress.sql(`SHOW TABLES LIKE 'wp\\_%keybank\\_%'`))
        .flatMap((row) => Object.values(row))
        .sort();
    expect(await tables()).toContain('wp_2_keybank_bookings');
    await wordpress.php(`
      require_once ABSPATH . 'wp-admin/includes/ms.php';
      require_once ABSPATH . 'wp-admin/includes/file.php';
      wpmu_delete_blog( 2, true );`);
    expect(await tables()).toEqual(['wp_keybank_bookings', 'wp_keybank_outbox']);
  });
});
