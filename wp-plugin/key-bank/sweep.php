<?php
/**
 * Finds what no hook told: cancel links, redirect gateways, a browser or a PHP process that died. Only ids are found
 * here; record() reads the bookings and decides by the snapshot whether there is anything to send.
 *
 * SECURITY: a sweep has seen no payment being accepted, so it never says so: its hook is `sweep`, and an online payment
 * without a transaction id is then for a person.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/collect.php';

/** Bookings handed to record() at a time. */
const SWEEP_CHUNK = 100;
/** A booking this young may still be in its checkout: Amelia writes the row before it charges. */
const CHECKOUT_S = 600;
/** Sent rows of the outbox are kept for this long. */
const KEEP_SENT_DAYS = 30;
/** What each booking is looked at for, in this order; the last one only when asked. */
const MISSED = array( 'unknown', 'changed', 'lost', 'seen', 'event', 'earlier' );

/**
 * One pass over all bookings, `seconds` at a time; the next run goes on where this one stopped.
 *
 * @param array $options { hours: how far back changes are looked for that no status tells (48), earlier: also send
 *                       bookings made before the install (false), seconds: how long it may take (20) }
 * @return array{checked: int, written: int, done: bool, error: ?string} `done` is false when time was up, or when
 *               another sweep is under way.
 */
function sweep( array $options = array() ): array {
	$options += array( 'hours' => 48, 'earlier' => false, 'seconds' => 20 );
	$result   = array( 'checked' => 0, 'written' => 0, 'done' => false, 'error' => null );
	$swept    = one_at_a_time(
		'sweep',
		function () use ( $options, $result ): array {
			global $wpdb;
			$silent = $wpdb->suppress_errors( true );
			try {
				$result = sweep_on( $options, $result );
			} catch ( \Throwable $fault ) {
				complain( $fault );
				$result['error'] = $fault->getMessage();
			}
			$wpdb->suppress_errors( $silent );
			update_option( 'keybank_swept', array( 'time' => time() ) + $result, false );
			return $result;
		},
		0
	);
	return $swept ?? $result;
}

/** Goes on from the kept place until the end of the pass, or until time is up. */
function sweep_on( array $options, array $result ): array {
	$until            = microtime( true ) + $options['seconds'];
	$place            = sweep_place();
	$place['earlier'] = $place['earlier'] || $options['earlier'];
	$resumed          = '' !== $place['step'];
	if ( ! $resumed ) {
		find_parts_again();
		$place['highest'] = $place['newest'];
		$place['newest']  = array_map( __NAMESPACE__ . '\highest_id', booking_tables() );
	}
	foreach ( steps_from( $place ) as $step => list( $way, $table ) ) {
		if ( $step !== $place['step'] ) {
			list( $place['step'], $place['after'] ) = array( $step, 0 );
		}
		try {
			for ( $ids = array( 0 ); $ids; ) {
				$ids = missed_ids( $way, $table, $place, (int) $options['hours'] );
				$result['written'] += record_each( $table, $ids, in_array( $way, array( 'lost', 'earlier' ), true ), $result['error'] );
				$result['checked'] += count( $ids );
				$place['after']     = (int) end( $ids );
				if ( microtime( true ) >= $until ) {
					update_option( 'keybank_sweep_at', $place, false );
					return $result;
				}
			}
		} catch ( \Throwable $fault ) {
			// One table that cannot be read (an old version, a broken index) does not keep the others from being swept.
			complain( $fault );
			$result['error'] = "$step: " . $fault->getMessage();
		}
	}
	update_option( 'keybank_sweep_at', array( 'newest' => $place['newest'] ), false );
	prune_outbox( $until );
	$left = $until - microtime( true );
	// Half a pass is not what somebody asked for who has time.
	return $resumed && $left > 0 ? sweep_on( array( 'seconds' => $left ) + $options, $result ) : array( 'done' => true ) + $result;
}

/** @return array{step: string, after: int, earlier: bool, newest: array<string, int>, highest: array<string, int>} */
function sweep_place(): array {
	$kept = get_option( 'keybank_sweep_at' );
	return ( is_array( $kept ) ? $kept : array() ) + array( 'step' => '', 'after' => 0, 'earlier' => false, 'newest' => array(), 'highest' => array() );
}

/** The tables that are there, by "source-kind", with the column that says when a row was made. */
function booking_tables(): array {
	global $wpdb;
	$tables = array(
		'amelia-booking' => array( 'amelia', 'booking', 'amelia_customer_bookings', 'created' ),
		'amelia-package' => array( 'amelia', 'package', 'amelia_packages_to_customers', 'purchased' ),
		'bookly-booking' => array( 'bookly', 'booking', 'bookly_customer_appointments', 'created_at' ),
	);
	foreach ( $tables as $name => list( $source, $kind, $table, $made ) ) {
		$tables[ $name ] = array( 'name' => $name, 'source' => $source, 'kind' => $kind, 'table' => $wpdb->prefix . $table, 'made' => $made );
	}
	return array_filter( $tables, function ( array $table ): bool {
		return table_exists( $table['table'] );
	} );
}

/** The rest of the pass: [ way, table ] by the step's name. */
function steps_from( array $place ): array {
	$steps = array();
	foreach ( $place['earlier'] ? MISSED : array_diff( MISSED, array( 'earlier' ) ) as $way ) {
		foreach ( booking_tables() as $name => $table ) {
			if ( 'event' !== $way || 'amelia-booking' === $name ) {
				$steps[ "$name-$way" ] = array( $way, $table );
			}
		}
	}
	$done = array_search( $place['step'], array_keys( $steps ), true );
	return array_slice( $steps, (int) $done );
}

/**
 * The next ids after $place['after'] to look at again. Every way reads along a primary key.
 *
 * @return int[]
 * @throws \RuntimeException When the database cannot tell.
 */
function missed_ids( string $way, array $table, array $place, int $hours ): array {
	global $wpdb;
	$kept = bookings();
	$sent = outbox();
	$mine = "b.source = '{$table['source']}' AND b.kind = '{$table['kind']}'";
	$told = "$mine AND b.rev > 0";
	switch ( $way ) {
		case 'unknown': // Its hooks never fired. All that was there before the install is known.
			$young = not_in_checkout( $table, (int) ( $place['highest'][ $table['name'] ] ?? 0 ) );
			$from  = "{$table['table']} r LEFT JOIN $kept b ON $mine AND b.id = r.id WHERE b.id IS NULL AND $young";
			// A package bought with dates is told of by its bookings, so it stays unknown itself.
			$from .= 'package' === $table['kind'] ? " AND r.id NOT IN (SELECT s.packageCustomerId FROM {$wpdb->prefix}amelia_packages_customers_to_services s
				JOIN {$wpdb->prefix}amelia_customer_bookings c ON c.packageCustomerServiceId = s.id)" : '';
			break;
		case 'changed': // Its status is another one than was told last, or its row is gone.
			$words = status_word( 'r.status' ) . ' <> ' . status_word( 'b.status' );
			$from  = "$kept b LEFT JOIN {$table['table']} r ON r.id = b.id WHERE $mine AND CASE WHEN r.id IS NULL THEN b.status <> 'deleted' ELSE $words END";
			break;
		case 'lost': // Remembered as told, but the outbox has lost it. Pruned rows are older than the window.
			$hours = min( $hours, ( KEEP_SENT_DAYS - 2 ) * 24 );
			$from  = "$kept b WHERE $told AND b.seen_at >= UTC_TIMESTAMP() - INTERVAL $hours HOUR
				AND NOT EXISTS (SELECT 1 FROM $sent o WHERE o.source = b.source AND o.kind = b.kind AND o.booking = b.id AND o.rev = b.rev)
				AND NOT EXISTS (SELECT 1 FROM $kept g JOIN $sent o ON o.source = g.source AND o.kind = g.kind AND o.booking = g.id AND o.rev = b.rev
					WHERE g.source = b.source AND g.grp = b.grp)";
			break;
		case 'seen': // Whatever else changed: a payment, an address, a date.
			$from = "$kept b WHERE $told AND b.status <> 'deleted' AND b.seen_at >= UTC_TIMESTAMP() - INTERVAL $hours HOUR";
			break;
		case 'event': // Called off or held after all: that is written to the event alone.
			$ahead = "SELECT 1 FROM {$wpdb->prefix}amelia_customer_bookings_to_events_periods l
				JOIN {$wpdb->prefix}amelia_events_periods p ON p.id = l.eventPeriodId
				WHERE l.customerBookingId = b.id AND p.periodEnd >= UTC_TIMESTAMP() - INTERVAL 1 DAY";
			$from  = "$kept b WHERE $told AND b.status <> 'deleted' AND EXISTS ($ahead)";
			break;
		default: // Known since the install and silent so far.
			$from = "$kept b WHERE $mine AND b.rev = 0 AND b.status <> 'deleted'";
	}
	$id = 'unknown' === $way ? 'r.id' : 'b.id';
	return array_map( 'intval', must( $wpdb->get_col( "SELECT $id FROM $from AND $id > {$place['after']} ORDER BY $id LIMIT " . SWEEP_CHUNK ) ) );
}

/** Status words of two tables, whose character sets and collations may differ, byte by byte. Readers call a missing one `none`. */
function status_word( string $column ): string {
	return "CAST(CONVERT(LEFT(COALESCE($column, 'none'), 60) USING utf8mb4) AS BINARY)";
}

/**
 * Not made just now by either clock: Bookly writes the site's time, Amelia UTC. Where a row does not say when it was
 * made, it must have been there when the pass before this one began.
 */
function not_in_checkout( array $table, int $highest ): string {
	if ( ! says_when_made( $table ) ) {
		return "r.id <= $highest";
	}
	$column = $table['made'];
	$clear  = "r.$column IS NOT NULL";
	foreach ( array( time(), time() + (int) round( (float) get_option( 'gmt_offset' ) * HOUR_IN_SECONDS ) ) as $now ) {
		$clear .= sprintf( " AND r.%s NOT BETWEEN '%s' AND '%s'", $column, gmdate( 'Y-m-d H:i:s', $now - CHECKOUT_S ), gmdate( 'Y-m-d H:i:s', $now + 60 ) );
	}
	return "($clear OR r.$column IS NULL AND r.id <= $highest)";
}

function says_when_made( array $table ): bool {
	global $wpdb;
	return null !== $wpdb->get_var( $wpdb->prepare( "SHOW COLUMNS FROM {$table['table']} LIKE %s", $table['made'] ) );
}

function highest_id( array $table ): int {
	global $wpdb;
	return (int) $wpdb->get_var( "SELECT MAX(id) FROM {$table['table']}" );
}

/** One booking that cannot be read keeps no other from being sent: a failing chunk is halved. */
function record_each( array $table, array $ids, bool $force, ?string &$error ): int {
	$wanted = array_map( function ( int $id ) use ( $table ): array {
		return array( 'kind' => $table['kind'], 'id' => $id );
	}, $ids );
	try {
		return record( $table['source'], $wanted, 'sweep', array(), $force );
	} catch ( \Throwable $fault ) {
		if ( count( $ids ) > 1 ) {
			list( $left, $right ) = array_chunk( $ids, (int) ceil( count( $ids ) / 2 ) );
			return record_each( $table, $left, $force, $error ) + record_each( $table, $right, $force, $error );
		}
		complain( $fault );
		$error = "{$table['source']} {$table['kind']} {$ids[0]}: " . $fault->getMessage();
		return 0;
	}
}

/** What was sent long ago. Nothing unsent is ever pruned. */
function prune_outbox( float $until ): void {
	global $wpdb;
	$old = 'sent_at < UTC_TIMESTAMP() - INTERVAL ' . KEEP_SENT_DAYS . ' DAY';
	do {
		$pruned = (int) must( $wpdb->query( 'DELETE FROM ' . outbox() . " WHERE $old LIMIT 1000" ) );
	} while ( 1000 === $pruned && microtime( true ) < $until );
}
