<?php
/**
 * Empties the outbox, away from any buyer: after the response where the host can finish it early, else by WP-Cron.
 * A row is tried until the server takes it; nothing is dropped, nothing is switched off.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/settings.php';
require_once __DIR__ . '/send.php';

/** Waits after the first, second, … failed try, in seconds; the last one repeats. */
const BACKOFF_S = array( 60, 300, 1800, 7200, 21600 );
/** Longer than one request to the server can take, or a second worker would send the row again. */
const CLAIM_S = 60;
/** While the server is away, booking requests do not try: each would hold a PHP worker for the time-out. */
const PAUSE_S = 60;
/** PHP workers that may deliver at the same time; a flash sale must not use them up. */
const SLOTS = 4;
/** The server will never take such a row as it is, but will take others. */
const ABOUT_ONE_ROW = array( 400, 413, 414, 415, 422 );
/** The server may be away, or a firewall on the way may dislike this one row: the next row tells. */
const ABOUT_EITHER = array( 403, 406, 500 );

/** What this request has queued goes out at once, unless the server was away a moment ago. Nobody waits for it. */
function deliver_own(): void {
	if ( wrote() > 0 && time() >= (int) get_option( 'keybank_pause' ) ) {
		deliver( 10, 50 );
	}
}

/** What WP-Cron runs every minute. */
function run_delivery(): void {
	try {
		update_option( 'keybank_ran', time(), false );
		deliver( 45, 1000 );
	} catch ( \Throwable $fault ) {
		complain( $fault );
		mend_tables(); // Rows of an outbox that is gone are written anew by the sweep.
	}
}

/** @return bool Whether nobody waits for this process any more. */
function let_go(): bool {
	if ( PHP_SAPI === 'cli' || wp_doing_cron() ) {
		return true;
	}
	if ( session_status() === PHP_SESSION_ACTIVE ) {
		session_write_close(); // Or the buyer's next click would wait for the session's lock.
	}
	foreach ( array( 'fastcgi_finish_request', 'litespeed_finish_request' ) as $finish ) {
		if ( function_exists( $finish ) ) {
			ignore_user_abort( true );
			return $finish() !== false;
		}
	}
	return false;
}

/**
 * Sends what is due until nothing is left, $seconds have passed, or the server turns out to be away.
 *
 * @return array{sent: int, failed: int}
 */
function deliver( int $seconds, int $limit ): array {
	$done  = array( 'sent' => 0, 'failed' => 0 );
	$until = microtime( true ) + $seconds;
	if ( stopped() !== null ) {
		return $done;
	}
	for ( $slot = 1; $slot <= SLOTS; $slot++ ) {
		$ran = one_at_a_time(
			"deliver$slot",
			function () use ( &$done, $until, $limit ): bool {
				while ( $done['sent'] + $done['failed'] < $limit && microtime( true ) < $until ) {
					$row = claim();
					if ( $row === null ) {
						break;
					}
					$answer = post( "/webhooks/{$row['source']}", envelope_id( $row ), envelope( $row ) );
					settle( $row, $answer );
					++$done[ $answer['error'] === null ? 'sent' : 'failed' ];
					if ( is_away( (int) $row['id'], $answer ) ) {
						break;
					}
				}
				return true;
			},
			0
		);
		if ( $ran ) {
			break;
		}
	}
	return $done;
}

/** Takes one due row for itself: the oldest of its booking, since a booking's rows go out in order. */
function claim(): ?array {
	global $wpdb;
	$outbox = outbox();
	$free   = 'o.sent_at IS NULL AND o.next_at <= UTC_TIMESTAMP() AND (o.claimed_until IS NULL OR o.claimed_until < UTC_TIMESTAMP())';
	$ids    = must(
		$wpdb->get_col(
			"SELECT o.id FROM $outbox o
			LEFT JOIN $outbox earlier ON earlier.source = o.source AND earlier.kind = o.kind AND earlier.booking = o.booking AND earlier.rev < o.rev AND earlier.sent_at IS NULL
			WHERE $free AND earlier.id IS NULL ORDER BY o.next_at, o.id LIMIT 20"
		)
	);
	$token  = bin2hex( random_bytes( 16 ) );
	foreach ( $ids as $id ) {
		$mine = $wpdb->query( $wpdb->prepare( "UPDATE $outbox o SET o.claim = %s, o.claimed_until = UTC_TIMESTAMP() + INTERVAL %d SECOND WHERE o.id = %d AND $free", $token, CLAIM_S, $id ) );
		if ( $mine === 1 ) {
			return $wpdb->get_row( $wpdb->prepare( "SELECT * FROM $outbox WHERE id = %d", $id ), ARRAY_A );
		}
	}
	return null;
}

/** Writes down what came of it, unless the claim was lost meanwhile. */
function settle( array $row, array $answer ): void {
	global $wpdb;
	$outbox = outbox();
	$sent   = $answer['error'] === null;
	$wait   = max( BACKOFF_S[ min( (int) $row['attempts'], count( BACKOFF_S ) - 1 ) ], (int) $answer['retry_after'] );
	$common = $wpdb->prepare( 'attempts = attempts + 1, claim = NULL, claimed_until = NULL, code = %d', $answer['code'] );
	$result = $sent
		? $wpdb->prepare( 'sent_at = UTC_TIMESTAMP(), answer = %s, order_id = %s, last_error = NULL, failing_since = NULL', fitting( $outbox, 'answer', mb_substr( $answer['json']['status'], 0, 40 ) ), fitting( $outbox, 'order_id', mb_substr( (string) ( $answer['json']['orderId'] ?? '' ), 0, 120 ) ) )
		: $wpdb->prepare( 'next_at = UTC_TIMESTAMP() + INTERVAL %d SECOND, last_error = %s, failing_since = COALESCE(failing_since, UTC_TIMESTAMP())', $wait, fitting( $outbox, 'last_error', (string) $answer['error'] ) );
	$wpdb->query( "UPDATE $outbox SET $common, $result " . $wpdb->prepare( 'WHERE id = %d AND claim = %s', $row['id'], $row['claim'] ) );
	note_answer( $answer );
}

/** Whether the server, or the way to it, is not well; then requests leave it alone for a while. */
function is_away( int $row, array $answer ): bool {
	if ( $answer['error'] === null ) {
		delete_option( 'keybank_doubt' );
		if ( get_option( 'keybank_pause' ) ) {
			delete_option( 'keybank_pause' );
			retry_now(); // It is back: what failed while it was away need not wait out its backoff.
		}
		return false;
	}
	if ( in_array( $answer['code'], ABOUT_ONE_ROW, true ) ) {
		return false;
	}
	if ( in_array( $answer['code'], ABOUT_EITHER, true ) && in_array( (int) get_option( 'keybank_doubt' ), array( 0, $row ), true ) ) {
		update_option( 'keybank_doubt', $row, false );
		return false;
	}
	update_option( 'keybank_pause', time() + max( PAUSE_S, (int) $answer['retry_after'] ), false );
	return true;
}

/** For the Tools screen. In a flash sale the same good answer is not written again and again. */
function note_answer( array $answer ): void {
	$last = get_option( 'keybank_last' );
	$word = $answer['json']['status'] ?? null;
	$now  = array(
		'code'    => $answer['code'],
		'status'  => is_string( $word ) ? $word : null,
		'error'   => $answer['error'],
		// A server that did not answer has changed neither.
		'version' => $answer['version'] ?? $last['version'] ?? null,
		'signed'  => $answer['signed'] ?? $last['signed'] ?? null,
	);
	$same = is_array( $last ) && array_diff_key( $last, array( 'at' => 0 ) ) === $now;
	if ( ! $same || time() - $last['at'] > 60 ) {
		update_option( 'keybank_last', array( 'at' => time() ) + $now, false );
	}
}

/** @return int Rows that failed before and are due at once now. */
function retry_now(): int {
	global $wpdb;
	return (int) $wpdb->query( 'UPDATE ' . outbox() . ' SET next_at = UTC_TIMESTAMP() WHERE sent_at IS NULL AND next_at > UTC_TIMESTAMP()' );
}

/** `amelia:13:1795404307`, `amelia:package:7:…`. */
function envelope_id( array $row ): string {
	return "{$row['source']}:" . ( $row['kind'] === 'package' ? 'package:' : '' ) . "{$row['booking']}:{$row['rev']}";
}

function envelope( array $row ): string {
	$body = json_decode( $row['body'] );
	return (string) json_encode( head( $row['source'], envelope_id( $row ), $row['hook'] ) + array( 'rev' => (int) $row['rev'], 'booking' => $body->booking, 'args' => $body->args ), JSON );
}

/** The part of an envelope that says who speaks. */
function head( string $source, string $id, string $hook ): array {
	return array( 'v' => PROTOCOL, 'plugin' => VERSION, 'id' => $id, 'source' => $source, 'site' => site(), 'hook' => $hook, 'sentAt' => gmdate( 'Y-m-d\TH:i:s.000\Z' ) );
}

/** A delivery about no booking: it proves address, token, signature and clock. @return array As post() gives it. */
function send_test(): array {
	$id     = 'test:' . wp_generate_uuid4();
	$answer = post( '/webhooks/amelia', $id, (string) json_encode( head( 'amelia', $id, 'keybank_test' ), JSON ) );
	note_answer( $answer );
	return $answer;
}
