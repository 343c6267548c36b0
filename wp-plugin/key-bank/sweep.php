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
	$resumed          = $place['step'] !== '';
	if ( ! $resumed ) {
		find_parts_again();
		$place['highest'] = $place['newest'];
		$place['newest']  = array_map( __NAMESPACE__ . '\highest_id', booking_tables() );
	}
	foreach ( steps_from( $place ) as $step => list( $way, $table ) ) {
		if ( $step !== $place['step'] ) {
			list( $place['step'], $place['after'] ) = array( $step, 0 );
		}
		do {
			$ids = missed_or_fault( $way, $table, $place, (int) $options['hours'], $result['error'] );
			$result['written'] += record_each( $table, $ids, in_array( $way, array( 'lost', 'earlier' ), true ), $result['error'] );
			$result['checked'] += count( $ids );
			$place['after'] = $ids ? (int) end( $ids ) : PHP_INT_MAX;
			if ( microtime( true ) >= $until ) {
				update_option( 'keybank_sweep_at', $place, false );
				return $result;
			}
		} while ( $ids );
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
			if ( $way !== 'event' || $name === 'amelia-booking' ) {
				$steps[ "$name-$way" ] = array( $way, $table );
			}
		}
	}
	$done = array_search( $place['step'], array_keys( $steps ), true );
	return array_slice( $steps, (int) $done );
}

/**
 * The next ids after $place['after'] to look at again.
 *
 * @return int[]
 * @throws \RuntimeException When the database cannot tell.
 */
function missed_ids( string $way, array $table, array $place, int $hours ): array {
	global $wpdb;
	$highest = (int) ( $place['highest'][ $table['name'] ] ?? 0 );
	$from    = $way === 'unknown' ? unknown_sql( $table, $highest ) : remembered_sql( $way, $table, $hours );
	$id      = $way === 'unknown' ? 'r.id' : 'b.id';
	return array_map( 'intval', must( $wpdb->get_col( "SELECT $id FROM $from AND $id > " . (int) $place['after'] . " ORDER BY $id LIMIT " . SWEEP_CHUNK ) ) );
}

/** A table that cannot be read (an old version, a broken index) does not keep the others from being swept. */
function missed_or_fault( string $way, array $table, array $place, int $hours, ?string &$error ): array {
	try {
		return missed_ids( $way, $table, $place, $hours );
	} catch ( \Throwable $fault ) {
		complain( $fault );
		$error = "{$place['step']}: " . $fault->getMessage();
		return array();
	}
}

/** Rows `r` whose hooks never fired: all that was there before the install is known. */
function unknown_sql( array $table, int $highest ): string {
	global $wpdb;
	list( $rows, $source, $kind ) = esc_sql( array( $table['table'], $table['source'], $table['kind'] ) );
	$made  = says_when_made( $table ) ? not_in_checkout_sql( $table['made'], $highest ) : "r.id <= $highest";
	$from  = "$rows r LEFT JOIN " . bookings() . " b ON b.source = '$source' AND b.kind = '$kind' AND b.id = r.id WHERE b.id IS NULL AND $made";
	$dated = "SELECT s.packageCustomerId FROM {$wpdb->prefix}amelia_packages_customers_to_services s
		JOIN {$wpdb->prefix}amelia_customer_bookings c ON c.packageCustomerServiceId = s.id";
	// A package bought with dates is told of by its bookings, so it stays unknown itself.
	return $kind === 'package' ? "$from AND r.id NOT IN ($dated)" : $from;
}

/** Rows `b` of what is remembered; each way reads along the primary key. */
function remembered_sql( string $way, array $table, int $hours ): string {
	global $wpdb;
	list( $rows, $source, $kind ) = esc_sql( array( $table['table'], $table['source'], $table['kind'] ) );
	$kept   = bookings();
	$sent   = outbox();
	$mine   = "b.source = '$source' AND b.kind = '$kind'";
	$told   = "$mine AND b.rev > 0 AND b.status <> 'deleted'";
	$lately = "b.seen_at >= UTC_TIMESTAMP() - INTERVAL $hours HOUR";
	switch ( $way ) {
		case 'changed': // Its status is another one than was told last, or its row is gone. Collations may differ, and the readers call a missing status `none`.
			return "$kept b LEFT JOIN $rows r ON r.id = b.id WHERE $mine AND CASE WHEN r.id IS NULL THEN b.status <> 'deleted'
				ELSE CAST(CONVERT(LEFT(COALESCE(r.status, 'none'), 60) USING utf8mb4) AS BINARY) <> CAST(CONVERT(b.status USING utf8mb4) AS BINARY) END";
		case 'lost': // Remembered as told, but the outbox has lost it; what was pruned is older. A group's row may stand under any of its ids.
			$unpruned = 'b.seen_at >= UTC_TIMESTAMP() - INTERVAL ' . ( KEEP_SENT_DAYS - 2 ) . ' DAY';
			return "$kept b WHERE $mine AND b.rev > 0 AND $lately AND $unpruned
				AND NOT EXISTS (SELECT 1 FROM $sent o WHERE o.source = b.source AND o.kind = b.kind AND o.booking = b.id AND o.rev = b.rev)
				AND NOT EXISTS (SELECT 1 FROM $kept g JOIN $sent o ON o.source = g.source AND o.kind = g.kind AND o.booking = g.id AND o.rev = b.rev
					WHERE g.source = b.source AND g.grp = b.grp)";
		case 'seen': // Whatever else changed: a payment, an address, the persons.
			return "$kept b WHERE $told AND $lately";
		case 'event': // Called off, or held after all: that is written to the event alone.
			return "$kept b WHERE $told AND EXISTS (SELECT 1 FROM {$wpdb->prefix}amelia_customer_bookings_to_events_periods l
				JOIN {$wpdb->prefix}amelia_events_periods p ON p.id = l.eventPeriodId WHERE l.customerBookingId = b.id AND p.periodEnd >= UTC_TIMESTAMP() - INTERVAL 1 DAY)";
	}
	return "$kept b WHERE $mine AND b.rev = 0 AND b.status <> 'deleted'"; // Known since the install, and silent so far.
}

/**
 * Not made just now by either clock: Bookly writes the site's time, Amelia UTC. A row that does not say when it was made
 * must have been there when the pass before this one began.
 */
function not_in_checkout_sql( string $column, int $highest ): string {
	$made  = esc_sql( $column );
	$clear = "r.$made IS NOT NULL";
	foreach ( array( 0, (float) get_option( 'gmt_offset' ) * HOUR_IN_SECONDS ) as $offset ) {
		$from   = esc_sql( gmdate( 'Y-m-d H:i:s', (int) ( time() + $offset - CHECKOUT_S ) ) );
		$to     = esc_sql( gmdate( 'Y-m-d H:i:s', (int) ( time() + $offset + MINUTE_IN_SECONDS ) ) );
		$clear .= " AND r.$made NOT BETWEEN '$from' AND '$to'";
	}
	return "($clear OR r.$made IS NULL AND r.id <= $highest)";
}

/** Old versions do not. */
function says_when_made( array $table ): bool {
	global $wpdb;
	$rows = esc_sql( $table['table'] );
	return $wpdb->get_var( $wpdb->prepare( "SHOW COLUMNS FROM $rows LIKE %s", $table['made'] ) ) !== null;
}

function highest_id( array $table ): int {
	global $wpdb;
	$rows = esc_sql( $table['table'] );
	return (int) $wpdb->get_var( "SELECT MAX(id) FROM $rows" );
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
	} while ( $pruned === 1000 && microtime( true ) < $until );
}
