<?php
/**
 * On shutdown, what was noted is read from the database. A snapshot that differs from the last one gets the next `rev` and
 * goes to the outbox, in one transaction.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/remembered.php';
require_once __DIR__ . '/deliver.php';

/** Like the settled one, these come only with a booking that this very request has made. */
const MADE_NOW = array( 'amelia_after_appointment_added', 'bookly_insert' );
/** Bookings in one transaction. */
const CHUNK = 100;

/** @param array $notes By site and source. */
function collect( array $notes ): void {
	// What a checkout that died left open would be rolled back with the connection; START TRANSACTION would commit it.
	$GLOBALS['wpdb']->query( 'ROLLBACK' );
	foreach ( $notes as $blog => $sources ) {
		$away = get_current_blog_id() !== $blog && switch_to_blog( $blog );
		foreach ( $sources as $source => $noted ) {
			try {
				wrote( record_or_mend( $source, array_values( $noted ) ) );
			} catch ( \Throwable $fault ) {
				complain( $fault );
			}
		}
		$away && restore_current_blog();
	}
}

function record_or_mend( string $source, array $noted ): int {
	try {
		return record( $source, $noted, 'shutdown' );
	} catch ( \Throwable $fault ) {
		// Only a missing table is called by its name, whatever the database's language.
		if ( strpos( $fault->getMessage(), bookings() ) === false && strpos( $fault->getMessage(), outbox() ) === false ) {
			throw $fault;
		}
		if ( ! mend_tables() ) {
			return 0; // Another request is making them just now; the sweep finds this booking.
		}
		complain( $fault );
		// What this request touched is told in any case: the server knows which of it is no news.
		return record( $source, $noted, 'shutdown', array(), true );
	}
}

/** How many rows this request has put into the outbox. */
function wrote( int $more = 0 ): int {
	static $rows = 0;
	$rows       += $more;
	return $rows;
}

/**
 * Reads the bookings as they are now and queues those that changed.
 *
 * @param string $source amelia or bookly.
 * @param array  $ids    Each { kind, id } and optionally { hook, email, coupon }; a slot or a payment stands for its bookings.
 * @param string $hook   For ids without one of their own.
 * @param array  $extra  The same optional members, for all ids.
 * @param bool   $force  Send although nothing changed, and although the booking is older than the install.
 * @return int Rows written to the outbox.
 * @throws \Throwable When the database fails; nothing of that chunk is written then, and the others are.
 */
function record( string $source, array $ids, string $hook, array $extra = array(), bool $force = false ): int {
	global $wpdb;
	$silent = $wpdb->suppress_errors( true );
	$rows   = 0;
	$fault  = null;
	$done   = array();
	usort( $ids, fn( array $a, array $b ): int => weight( $b['hook'] ?? '' ) <=> weight( $a['hook'] ?? '' ) );
	foreach ( array_chunk( $ids, CHUNK ) as $some ) {
		try {
			$wanted = array_diff_key( resolve( $source, $some, $extra + array( 'hook' => $hook ) ), $done );
			$done  += $wanted;
			// Bookly's groups came whole out of resolve(), and must be read whole.
			foreach ( $source === 'bookly' ? array_filter( array( $wanted ) ) : array_chunk( $wanted, CHUNK, true ) as $chunk ) {
				$rows += in_transaction(
					function () use ( $source, $chunk, $force ): int {
						return record_chunk( $source, $chunk, $force );
					}
				);
			}
		} catch ( \Throwable $failed ) {
			$fault = $fault ?? $failed; // One chunk that cannot be read does not hold up the others.
		}
	}
	$wpdb->suppress_errors( $silent );
	if ( $fault !== null ) {
		throw $fault;
	}
	return $rows;
}

/** @param array<string, array> $wanted Notes by "kind:id". */
function record_chunk( string $source, array $wanted, bool $force ): int {
	// Locked first, read second: of two requests about one booking, the later `rev` has the later truth.
	$known   = lock_remembered( $source, $wanted );
	$found   = read_subjects( $source, $wanted );
	$written = 0;
	foreach ( array_merge( $found, gone( $source, $known, $found ) ) as $subject ) {
		$rows    = array_intersect_key( $known, array_flip( row_keys( $subject ) ) );
		$note    = current( array_intersect_key( $wanted, $rows ) );
		$old     = newest( $rows );
		$coupon  = $note['coupon'] ?? $old['coupon'];
		$settled = $note['hook'] === SETTLED_HOOK || $old['settled'];
		if ( $coupon !== null && isset( $subject['booking']['item'] ) && empty( $subject['booking']['couponId'] ) ) {
			$subject['booking']['couponCode'] = $coupon;
		}
		$hash = hash( 'sha256', json_encode( $subject['booking'], JSON ) . ( $settled ? '+settled' : '' ) );
		// Older than the install, and as it was then; not one that was made while the tables were.
		$silent = $old['hash'] === '' && $old['status'] !== '' && $old['status'] === $subject['status'] && ! $settled && weight( $note['hook'] ) === 0;
		if ( $force || ( ! $silent && $hash !== $old['hash'] ) ) {
			$rev = max( (int) $old['rev'] + 1, time() );
			queue_snapshot( $source, $subject, $rev, $note );
			remember( $source, $rows, $subject, compact( 'rev', 'hash', 'coupon', 'settled' ) );
			if ( $subject['kind'] === 'booking' && isset( $subject['booking']['packageCustomerId'] ) ) {
				is_sold_by_bookings( $subject['booking']['packageCustomerId'] );
			}
			++$written;
		}
	}
	forget_unknown( $source, $known, $found );
	return $written;
}

/** @param array $note { hook, email }. The address typed in the request is for search only: the server mails to the snapshot's. */
function queue_snapshot( string $source, array $subject, int $rev, array $note ): void {
	global $wpdb;
	$typed = $note['email'] ?? null;
	$args  = $typed === null ? array() : array( array( 'booking' => array( 'id' => $subject['id'], 'customer' => array( 'email' => $typed ) ) ) );
	// Plain ASCII in the table, whatever its character set: wpdb refuses a statement with text that it could not keep.
	$body  = json_encode( array( 'booking' => $subject['booking'], 'args' => $args ), JSON & ~JSON_UNESCAPED_UNICODE );
	$sql   = 'INSERT INTO ' . outbox() . ' (source, kind, booking, rev, hook, body, created_at, next_at) VALUES (%s, %s, %d, %d, %s, %s, UTC_TIMESTAMP(), UTC_TIMESTAMP())';
	must( $wpdb->query( $wpdb->prepare( $sql, $source, $subject['kind'], $subject['id'], $rev, mb_substr( $note['hook'], 0, 100 ), $body ) ) );
}
