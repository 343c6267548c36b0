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

require_once __DIR__ . '/booking-tables.php';
require_once __DIR__ . '/collect.php';
require_once __DIR__ . '/sweep-guard.php';
require_once __DIR__ . '/sweep-sql.php';

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
 *                       bookings made before the install (false), deleted: believe that all vanished rows were deleted
 *                       (false), anew: begin again although half a pass is done (false), seconds: how long it may take (20) }
 * @return array{checked: int, written: int, noted: int, done: bool, again: bool, error: ?string, remark: ?string} When
 *               time was up, `again` says that the next run goes on. Neither that nor `done`: another sweep is under way,
 *               or this one broke. `noted`, `remark` and what was held back are of the whole pass so far.
 */
function sweep( array $options = array() ): array {
	$options += array( 'hours' => 48, 'earlier' => false, 'deleted' => false, 'anew' => false, 'seconds' => 20 );
	$result   = array( 'checked' => 0, 'written' => 0, 'noted' => 0, 'done' => false, 'again' => false, 'error' => null, 'remark' => null );
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

/** A whole pass from its beginning, however long it takes. The result is that of sweep(). */
function sweep_whole( array $options ): array {
	$total = array( 'checked' => 0, 'written' => 0, 'error' => null );
	$anew  = true;
	do {
		$part  = sweep( array( 'anew' => $anew ) + $options );
		$total = array( 'checked' => $total['checked'] + $part['checked'], 'written' => $total['written'] + $part['written'], 'error' => $part['error'] ?? $total['error'] );
		$anew  = false;
	} while ( $part['again'] );
	return $total + $part;
}

/** Goes on from the kept place until the end of the pass, or until time is up. */
function sweep_on( array $options, array $result ): array {
	$until = microtime( true ) + $options['seconds'];
	$place = begun_pass( $options );
	foreach ( steps_from( $place ) as $step => list( $way, $table ) ) {
		if ( $step !== $place['step'] ) {
			list( $place['step'], $place['after'] ) = array( $step, 0 );
		}
		while ( $place['after'] < PHP_INT_MAX ) {
			$ids  = missed_or_fault( $way, $table, $place, (int) $options['hours'], $result['error'] );
			$sure = sure_of( $way, $table, $ids, $options['deleted'], $place, $result['error'] );
			$result['written'] += record_each( $table, $sure, in_array( $way, array( 'lost', 'earlier' ), true ), $result['error'] );
			$result['checked'] += count( $ids );
			$place['after'] = $ids ? (int) end( $ids ) : PHP_INT_MAX;
			if ( microtime( true ) >= $until ) {
				update_option( 'keybank_sweep_at', $place, false );
				return array( 'again' => true ) + with_remarks( $result, $place );
			}
		}
	}
	update_option( 'keybank_sweep_at', array_intersect_key( $place, array_flip( array( 'newest', 'begun', 'gap' ) ) ), false );
	prune_outbox( $until );
	return array( 'done' => true ) + with_remarks( $result, $place );
}

/** The pass that is under way, or a new one. */
function begun_pass( array $options ): array {
	$place = sweep_place();
	$begun = $place['step'] !== '';
	if ( $begun && ! $options['anew'] ) {
		return array( 'earlier' => $place['earlier'] || $options['earlier'] ) + $place;
	}
	find_parts_again();
	if ( ! $begun ) {
		$place['highest'] = $place['newest'];
		$place['newest']  = array_map( __NAMESPACE__ . '\highest_id', booking_tables() );
		$place['gap']     = $place['begun'] !== 0 && $place['begun'] < time() - OLD_S ? $place['newest'] : $place['gap'];
		$place['begun']   = time();
	}
	return array( 'step' => '', 'after' => 0, 'earlier' => (bool) $options['earlier'], 'held' => array(), 'noted' => 0 ) + $place;
}

/**
 * Of each table: `newest` was its highest id when this pass began (at `begun`), `highest` when the one before did, `gap`
 * when sweeps set in again after more than a week. `held`: what to say of vanished rows that were not believed.
 *
 * @return array{step: string, after: int, earlier: bool, newest: array<string, int>, highest: array<string, int>, gap: array<string, int>, begun: int, held: array<string, string>, noted: int}
 */
function sweep_place(): array {
	$kept = get_option( 'keybank_sweep_at' );
	return ( is_array( $kept ) ? $kept : array() ) + array( 'step' => '', 'after' => 0, 'earlier' => false, 'newest' => array(), 'highest' => array(), 'gap' => array(), 'begun' => 0, 'held' => array(), 'noted' => 0 );
}

/** The tables that are there, by "source-kind", with the columns that say when a row was made, and in which appointment. */
function booking_tables(): array {
	global $wpdb;
	$tables = array();
	foreach ( BOOKING_TABLES as $name => list( $source, $kind, $table, $made, $parent ) ) {
		$tables[ $name ] = array( 'name' => $name, 'source' => $source, 'kind' => $kind, 'table' => $wpdb->prefix . $table, 'made' => $made, 'parent' => $parent );
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
