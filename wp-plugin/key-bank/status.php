<?php
/**
 * Every figure that the Tools screen, Site Health and WP-CLI show, read in one place. Times are unix seconds.
 *
 * SECURITY: secrets are told as "set" or "not set", never by a part of them; buyers are not in the figures at all.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/settings.php';
require_once __DIR__ . '/background.php';

/** Where counting stops: beyond it a screen says "10,000+", and no page load reads a whole outbox. */
const COUNT_LIMIT = 10000;

function status(): array {
	return array(
		'configuration' => configuration(),
		'problems'      => problems(),
		'stopped'       => stopped(),
		'home'          => home(),
		'current_home'  => current_home(),
		'environment'   => wp_get_environment_type(),
		'tables'        => tables_present(),
		'plugins'       => booking_plugins(),
		'outbox'        => outbox_figures(),
		'answer'        => last_answer(),
		'paused_until'  => paused_until(),
		'fault'         => last_fault(),
		'versions'      => versions(),
		'cron'          => cron_figures(),
		'sweep'         => kept_run( 'keybank_swept' ),
		'reconcile'     => kept_run( 'keybank_reconciled' ),
	);
}

/** What is set. The address is shown, without a user or password that somebody put into it. */
function configuration(): array {
	return array(
		'url'            => shown_address( base_url() ),
		'token'          => token() !== '',
		'signing_secret' => signing_secret() !== '',
		'environment'    => defined( 'KEYBANK_ENVIRONMENT' ) ? (string) constant( 'KEYBANK_ENVIRONMENT' ) : '',
	);
}

function shown_address( string $url ): string {
	$parts = wp_parse_url( $url );
	if ( ! is_array( $parts ) || empty( $parts['host'] ) ) {
		return '';
	}
	$port = isset( $parts['port'] ) ? ':' . $parts['port'] : '';
	return ( $parts['scheme'] ?? 'https' ) . '://' . $parts['host'] . $port . ( $parts['path'] ?? '' );
}

function tables_present(): bool {
	return table_exists( outbox() ) && table_exists( bookings() );
}

/** The booking plugins are told by their tables: they may be switched off for a day and still have bookings. */
function booking_plugins(): array {
	global $wpdb;
	return array(
		'amelia' => table_exists( $wpdb->prefix . 'amelia_customer_bookings' ),
		'bookly' => table_exists( $wpdb->prefix . 'bookly_customer_appointments' ),
	);
}

function outbox_figures(): array {
	$counts = outbox_counts();
	if ( ! table_exists( outbox() ) ) {
		return $counts + array( 'sent' => 0, 'sent_day' => 0, 'open' => array(), 'latest' => array() );
	}
	$columns = 'id, source, kind, booking, rev, created_at, next_at, attempts, sent_at, code, answer, order_id, last_error';
	$open    = quiet_rows( "SELECT $columns FROM " . outbox() . ' WHERE sent_at IS NULL ORDER BY id DESC LIMIT 20' );
	$latest  = quiet_rows( "SELECT $columns FROM " . outbox() . ' WHERE sent_at IS NOT NULL ORDER BY sent_at DESC LIMIT 10' );
	return $counts + array(
		'sent'     => count_sent( '1000-01-01' ),
		'sent_day' => count_sent( gmdate( 'Y-m-d H:i:s', database_time() - DAY_IN_SECONDS ) ),
		'open'     => array_map( __NAMESPACE__ . '\outbox_row', $open ),
		'latest'   => array_map( __NAMESPACE__ . '\outbox_row', $latest ),
	);
}

/** What waits, by the index (sent_at, next_at): two queries, so that a notice can ask on each page of the dashboard. */
function outbox_counts(): array {
	$rows = ! table_exists( outbox() ) ? array() : quiet_rows(
		'SELECT COUNT(*) AS waiting, SUM(attempts > 0) AS failing, MIN(failing_since) AS failing_since, MIN(created_at) AS oldest FROM '
		. '(SELECT attempts, failing_since, created_at FROM ' . outbox() . ' WHERE sent_at IS NULL LIMIT ' . COUNT_LIMIT . ') AS open_rows'
	);
	$row  = ( $rows[0] ?? array() ) + array( 'waiting' => 0, 'failing' => 0, 'failing_since' => null, 'oldest' => null );
	$last = (int) $row['failing'] > 0 ? newest_failure() : array( 'last_error' => null, 'last_code' => null );
	return $last + array(
		'waiting'       => (int) $row['waiting'],
		'failing'       => (int) $row['failing'],
		'failing_since' => unix_time( $row['failing_since'] ),
		'oldest'        => unix_time( $row['oldest'] ),
	);
}

function count_sent( string $since ): int {
	global $wpdb;
	$rows = quiet_rows( $wpdb->prepare( 'SELECT COUNT(*) AS sent FROM (SELECT id FROM ' . outbox() . ' WHERE sent_at >= %s LIMIT %d) AS sent_rows', $since, COUNT_LIMIT ) );
	return (int) ( $rows[0]['sent'] ?? 0 );
}

function newest_failure(): array {
	$rows = quiet_rows( 'SELECT last_error, code FROM ' . outbox() . ' WHERE sent_at IS NULL AND attempts > 0 ORDER BY id DESC LIMIT 1' );
	return array(
		'last_error' => isset( $rows[0]['last_error'] ) ? without_secrets( (string) $rows[0]['last_error'] ) : null,
		'last_code'  => isset( $rows[0]['code'] ) ? (int) $rows[0]['code'] : 0,
	);
}

function outbox_row( array $row ): array {
	$name = $row['source'] . ':' . ( $row['kind'] === 'package' ? 'package:' : '' ) . $row['booking'];
	return array(
		'booking'  => empty( $row['order_id'] ) ? $name : (string) $row['order_id'],
		'rev'      => (int) $row['rev'],
		'created'  => unix_time( $row['created_at'] ),
		'next'     => unix_time( $row['next_at'] ),
		'sent'     => unix_time( $row['sent_at'] ),
		'attempts' => (int) $row['attempts'],
		'code'     => $row['code'] === null ? null : (int) $row['code'],
		'answer'   => $row['answer'] === null ? null : (string) $row['answer'],
		'error'    => $row['last_error'] === null ? null : without_secrets( (string) $row['last_error'] ),
	);
}

/** Whatever the server said last, to a booking or to a test. */
function last_answer(): ?array {
	$last = get_option( 'keybank_last' );
	if ( ! is_array( $last ) ) {
		return null;
	}
	return array(
		'time'    => isset( $last['at'] ) ? (int) $last['at'] : null,
		'code'    => isset( $last['code'] ) ? (int) $last['code'] : null,
		'status'  => isset( $last['status'] ) && is_string( $last['status'] ) ? $last['status'] : null,
		'version' => isset( $last['version'] ) && is_string( $last['version'] ) ? $last['version'] : null,
		'signed'  => isset( $last['signed'] ) ? (bool) $last['signed'] : null,
		'error'   => isset( $last['error'] ) && is_string( $last['error'] ) ? without_secrets( $last['error'] ) : null,
	);
}

/** While the server is away, requests do not try it. */
function paused_until(): ?int {
	$until = (int) get_option( 'keybank_pause', 0 );
	return $until > time() ? $until : null;
}

/** What went wrong inside the plugin last (see complain()). */
function last_fault(): ?array {
	$fault = get_option( 'keybank_fault' );
	if ( ! is_array( $fault ) || ! isset( $fault['at'], $fault['where'], $fault['what'] ) ) {
		return null;
	}
	return array( 'time' => (int) $fault['at'], 'where' => (string) $fault['where'], 'what' => without_secrets( (string) $fault['what'] ) );
}

/** Both sides belong together when major and minor are the same: 0.2.1 and 0.2.4, but not 0.2 and 0.3. */
function versions(): array {
	$answer = last_answer();
	$server = $answer['version'] ?? null;
	return array(
		'plugin'   => VERSION,
		'protocol' => PROTOCOL,
		'server'   => $server,
		'mismatch' => $server !== null && major_minor( $server ) !== major_minor( VERSION ),
	);
}

function major_minor( string $version ): string {
	return implode( '.', array_slice( explode( '.', $version ), 0, 2 ) );
}

function kept_run( string $option ): ?array {
	$run = get_option( $option );
	if ( ! is_array( $run ) ) {
		return null;
	}
	$run['error'] = isset( $run['error'] ) && is_string( $run['error'] ) ? without_secrets( $run['error'] ) : null;
	return $run;
}

/** Second line of defence: an error text that repeats a secret is shown without it. */
function without_secrets( string $text ): string {
	$secrets = array_filter( array( token(), signing_secret() ) );
	return str_replace( $secrets, '***', $text );
}

function database_time(): int {
	$rows = quiet_rows( 'SELECT UTC_TIMESTAMP() AS now_utc' );
	return unix_time( $rows[0]['now_utc'] ?? null ) ?? time();
}

function unix_time( ?string $utc ): ?int {
	$time = $utc === null || $utc === '' ? false : strtotime( $utc . ' UTC' );
	return $time === false ? null : $time;
}

/** A figure that cannot be read is an empty one: a screen that explains a fault must not fail of it. */
function quiet_rows( string $sql ): array {
	global $wpdb;
	$shown = $wpdb->suppress_errors( true );
	$rows  = $wpdb->get_results( $sql, ARRAY_A );
	$wpdb->suppress_errors( $shown );
	return is_array( $rows ) ? $rows : array();
}
