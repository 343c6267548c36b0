import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminUrl, engines } from '../support/engines.ts';
import { runEveryScenario } from './support/every-scenario.ts';
import { startMisbehaving } from './support/misbehaving.ts';
import { startWordPress, type WordPress } from './support/wordpress.ts';

/** Remembers in an option which hooks fired in a request, with how many arguments. */
const LISTENER = `<?php
add_action( 'all', static function ( $hook ) {
  if ( stripos( $hook, 'amelia' ) !== 0 ) { return; }
  $GLOBALS['heard'][] = $hook . ':' . ( func_num_args() - 1 );
} );
add_action( 'shutdown', static function () {
  if ( ! empty( $GLOBALS['heard'] ) ) { update_option( 'heard', $GLOBALS['heard'] ); }
} );
if ( isset( $_GET['finish'] ) ) {
  add_action( 'init', static function () {
    echo 'done';
    if ( function_exists( 'fastcgi_finish_request' ) ) { fastcgi_finish_request(); }
    $file = fopen( ABSPATH . 'gate', 'r' );
    fgets( $file );
    update_option( 'went_on', 'yes' );
    exit;
  } );
}
if ( isset( $_GET['call'] ) ) {
  add_action( 'init', static function () {
    $answer = wp_remote_post( $_GET['call'], array( 'body' => '{"a":1}', 'headers' => array( 'x-test' => 'yes' ), 'timeout' => 5 ) );
    wp_send_json( is_wp_error( $answer ) ? $answer->get_error_message() : wp_remote_retrieve_response_code( $answer ) );
  } );
}
`;

const engine = engines().find((name) => name !== 'postgres') ?? 'mariadb';

describe.each(['cli', 'fpm'] as const)('WordPress behind PHP %s', (server) => {
  let wordpress: WordPress;

  beforeAll(async () => {
    const database = adminUrl(engine);
    wordpress = await startWordPress({ php: '8.2', wordpress: '6.5', database, server, keyBank: false });
    await wordpress.php(
      `wp_mkdir_p( WPMU_PLUGIN_DIR ); file_put_contents( WPMU_PLUGIN_DIR . '/listen.php', ${JSON.stringify(LISTENER).replaceAll('$', '\\$')} );`,
    );
  });
  afterAll(() => wordpress.stop());

  it('answers, and its admin can sign in', async () => {
    expect(await wordpress.get('/')).toMatchObject({
      code: 200,
      text: expect.stringContaining('Booking Shop'),
    });
    const cookie = await wordpress.logIn();
    expect((await wordpress.get('/wp-admin/', { cookie })).text).toContain('Dashboard');
    expect(await wordpress.get('/wp-admin/css/common.css')).toMatchObject({ code: 200 });
    expect(await wordpress.debugLog()).toBe('');
  });

  it('runs snippets and events on the command line, and takes new constants at once', async () => {
    expect(await wordpress.php(`return get_bloginfo( 'version' );`)).toMatch(/^\d+\.\d/);
    await wordpress.setConstants({ KEYBANK_URL: "https://it's.example", WP_ENVIRONMENT_TYPE: 'staging' });
    expect(await wordpress.php('return [ KEYBANK_URL, wp_get_environment_type() ];')).toEqual([
      "https://it's.example",
      'staging',
    ]);
    await wordpress.setConstants({ KEYBANK_URL: null });
    expect(await wordpress.php(`return defined( 'KEYBANK_URL' );`)).toBe(false);
    await wordpress.php(`wp_schedule_event( time() + 9999, 'hourly', 'delete_expired_transients' );`);
    await wordpress.runCron('delete_expired_transients');
    expect(await wordpress.php(`return wp_next_scheduled( 'delete_expired_transients' ) > time();`)).toBe(
      true,
    );
    await expect(wordpress.runCron('no_such_event')).rejects.toThrow('no event no_such_event');
    await expect(wordpress.php('no_such_function();')).rejects.toThrow('no_such_function');
  });

  it('books like Amelia: rows, hooks and their arguments', async () => {
    const booked = await wordpress.scenario('amelia_recurring', {
      email: 'Ada@example.test',
      couponCode: 'KEY10',
    });
    expect(booked).toMatchObject({ code: 200, bookings: [1, 2], appointments: [1, 2], payments: [1, 2] });
    expect(
      await wordpress.sql('SELECT customerBookingId, parentId FROM wp_amelia_payments ORDER BY id'),
    ).toEqual([
      { customerBookingId: 1, parentId: null },
      { customerBookingId: 2, parentId: 1 },
    ]);
    const heard = await wordpress.php(`return get_option( 'heard' );`);
    expect(heard).toEqual(
      expect.arrayContaining(['amelia_before_booking_added:1', 'amelia_after_booking_added:1']),
    );
  });

  it('books like Bookly, in the order of the recording', async () => {
    const booked = await wordpress.scenario('bookly_book', { email: 'bo@example.test', items: 2 });
    expect(booked.bookings).toHaveLength(2);
    const [row] = await wordpress.sql(
      'SELECT status, details FROM wp_bookly_payments WHERE id = ?',
      booked.payments,
    );
    expect(row).toMatchObject({
      status: 'pending',
      details: expect.stringContaining(`"ca_id":${booked.bookings[0]}`),
    });
    expect(await wordpress.mails()).toContain('bo@example.test');
  });

  it('plays every scenario without a complaint of PHP', async () => {
    const outcomes = await runEveryScenario(wordpress);
    const failed = [...outcomes]
      .filter(([, { code }]) => code !== 200)
      .map(([name, { text }]) => [name, text]);
    expect(
      failed.map(([name]) => name),
      JSON.stringify(failed),
    ).toEqual(['amelia_success of nothing', 'gateway failure, tidy', 'gateway failure, thrown']);
    expect(await wordpress.debugLog()).toBe('');
  });

  it('lets a script go on after its response, where PHP can', async () => {
    await wordpress.php(`posix_mkfifo( ABSPATH . 'gate', 0600 );`);
    const answer = wordpress.get('/?finish=1');
    const open = () => writeFile(join(wordpress.folder, 'gate'), 'go\n');
    if (server === 'fpm') {
      expect((await answer).text).toBe('done');
      expect(await wordpress.php(`return get_option( 'went_on' );`)).toBe(false);
      await open();
      await wordpress.idle();
    } else {
      await open();
      expect((await answer).text).toBe('done');
    }
    expect(await wordpress.php(`return get_option( 'went_on' );`)).toBe('yes');
  });

  it('reaches a server of ours, and no other', async () => {
    const far = await startMisbehaving({ mode: '500' });
    const call = async (url: string) => (await wordpress.get(`/?call=${encodeURIComponent(url)}`)).json;
    expect(await call(`${far.url}/webhooks/amelia`)).toBe(500);
    far.set('reset');
    expect(await call(far.url)).toMatch(/cURL error/);
    expect(await call('https://example.com/')).toMatch(/blocked/);
    expect(await far.waitFor(2)).toMatchObject([
      { method: 'POST', path: '/webhooks/amelia', body: '{"a":1}', headers: { 'x-test': 'yes' } },
      { answeredAt: null },
    ]);
    await far.stop();
  });

  it('keeps the complaints of PHP', async () => {
    await wordpress.php(`echo $nobody_wrote_this;`);
    expect(await wordpress.debugLog()).toContain('nobody_wrote_this');
  });

  it('can be stopped and started, and keeps its address', async () => {
    await wordpress.restart();
    expect((await wordpress.get('/')).code).toBe(200);
  });
});
