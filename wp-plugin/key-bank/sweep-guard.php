<?php
/**
 * What a sweep finds and does not believe at once: a table that was emptied or made anew looks as if all bookings had been
 * deleted, and bookings that nobody told of for long as if they had just been made.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

/** So many bookings, or so large a part of them, may vanish between two sweeps. */
const VANISH_MOST = 20;
const VANISH_PART = 0.05;
/** A booking that was missed for so long is history: nobody waits for its key. */
const OLD_S = 604800;

/**
 * Of these ids those that may be sent. What cannot be checked is not sent.
 *
 * @return int[]
 */
function sure_of( string $way, array $table, array $ids, bool $deleted, array &$place, ?string &$error ): array {
	try {
		if ( $way === 'unknown' ) {
			return $place['earlier'] ? $ids : array_values( array_diff( $ids, note_old( $table, $ids, $place ) ) );
		}
		return $deleted ? $ids : array_values( array_diff( $ids, held_back( $table, $ids, $place ) ) );
	} catch ( \Throwable $fault ) {
		complain( $fault );
		$error = "{$place['step']}: " . $fault->getMessage();
		return array();
	}
}

/** What else is to be said of the pass so far. */
function with_remarks( array $result, array $place ): array {
	$errors = array_values( $place['held'] );
	if ( $result['error'] !== null ) {
		$errors[] = $result['error'];
	}
	$noted = $place['noted'];
	/* translators: %s: a number */
	$remark = sprintf( _n( '%s older booking was noted and not sent; `wp keybank sweep --earlier` sends it.', '%s older bookings were noted and not sent; `wp keybank sweep --earlier` sends them.', $noted, 'key-bank' ), number_format_i18n( $noted ) );
	return array( 'noted' => $noted, 'remark' => $noted > 0 ? $remark : null, 'error' => $errors ? implode( ' ', $errors ) : null ) + $result;
}

/**
 * The vanished ones of these ids, unless they may well have been deleted.
 *
 * @return int[]
 */
function held_back( array $table, array $ids, array &$place ): array {
	global $wpdb;
	if ( ! $ids ) {
		return array();
	}
	$rows     = esc_sql( $table['table'] );
	$here     = must( $wpdb->get_col( "SELECT id FROM $rows WHERE id IN (" . implode( ',', array_map( 'intval', $ids ) ) . ')' ) );
	$vanished = array_diff( $ids, array_map( 'intval', $here ) );
	if ( $vanished && ! isset( $place['held'][ $table['name'] ] ) ) {
		$doubt = doubt_of( $table );
		if ( $doubt === null ) {
			return array();
		}
		$place['held'][ $table['name'] ] = $doubt;
	}
	return $vanished;
}

/** Why what is missing from this table was hardly deleted by a person, if so. */
function doubt_of( array $table ): ?string {
	global $wpdb;
	list( $rows, $source, $kind ) = esc_sql( array( $table['table'], $table['source'], $table['kind'] ) );
	// Those that were told of and those from before the install, each by themselves: the many do not hide the few.
	$counts  = must(
		$wpdb->get_results(
			'SELECT COUNT(*) AS known, SUM(r.id IS NULL) AS vanished, MAX(b.id) AS highest FROM ' . bookings() . " b LEFT JOIN $rows r ON r.id = b.id
			WHERE b.source = '$source' AND b.kind = '$kind' AND b.status NOT IN ('', 'deleted') GROUP BY b.rev > 0",
			ARRAY_A
		)
	);
	$next    = next_id( $table );
	$empty   = must( $wpdb->get_col( "SELECT id FROM $rows LIMIT 1" ) ) === array();
	$doubted = $empty;
	foreach ( $counts as $count ) {
		// A number is given once, unless the table was made anew: so the newest booking may be deleted like any other.
		$doubted = $doubted || ( $next !== null && $next <= (int) $count['highest'] );
		$doubted = $doubted || (int) $count['vanished'] > max( VANISH_MOST, VANISH_PART * $count['known'] );
	}
	$vanished = (int) array_sum( array_column( $counts, 'vanished' ) );
	if ( ! $doubted || $vanished === 0 ) {
		return null;
	}
	/* translators: 1: a number, 2: a table */
	$said = _n( '%1$s booking has vanished from the table %2$s, which looks emptied or made anew. Key Bank was not told, and no order was cancelled. If it was really deleted, run `wp keybank sweep --deleted`; if not, restore the table.', '%1$s bookings have vanished from the table %2$s, which looks emptied or made anew. Key Bank was not told, and no order was cancelled. If they were really deleted, run `wp keybank sweep --deleted`; if not, restore the table.', $vanished, 'key-bank' );
	return sprintf( $said, number_format_i18n( $vanished ), $table['table'] );
}

/** The number of the next row. MySQL's information_schema may be a day late, this is not. */
function next_id( array $table ): ?int {
	global $wpdb;
	$rows = esc_sql( $table['table'] );
	$made = must( $wpdb->get_row( "SHOW CREATE TABLE $rows", ARRAY_N ) );
	return preg_match( '/^\) .*\bAUTO_INCREMENT=(\d+)/m', (string) ( $made[1] ?? '' ), $found ) ? (int) $found[1] : null;
}

/**
 * Of these unknown ids those that were made long ago. They are known from now on, and as silent as those from before the
 * install.
 *
 * @return int[]
 */
function note_old( array $table, array $ids, array &$place ): array {
	global $wpdb;
	if ( ! $ids ) {
		return array();
	}
	list( $rows, $source, $kind, $parent ) = esc_sql( array( $table['table'], $table['source'], $table['kind'], $table['parent'] ) );
	$among = 'r.id IN (' . implode( ',', array_map( 'intval', $ids ) ) . ')';
	$old   = array_map( 'intval', must( $wpdb->get_col( "SELECT r.id FROM $rows r WHERE $among AND " . old_sql( $table, $place ) ) ) );
	if ( $old ) {
		$status = kept_status_sql( BOOKING_TABLES[ $table['name'] ][2] );
		$among  = 'r.id IN (' . implode( ',', array_map( 'intval', $old ) ) . ')';
		$insert = 'INSERT INTO ' . bookings() . " (source, kind, id, status, parent, seen_at)
			SELECT '$source', '$kind', r.id, $status, $parent, '2000-01-01' FROM $rows r WHERE $among ON DUPLICATE KEY UPDATE source = VALUES(source)";
		$place['noted'] += (int) must( $wpdb->query( $insert ) );
	}
	return $old;
}

/** A row that does not say when it was made is old when it came while there were no sweeps, for more than a week. */
function old_sql( array $table, array $place ): string {
	$ageless = 'r.id <= ' . (int) ( $place['gap'][ $table['name'] ] ?? 0 );
	if ( ! says_when_made( $table ) ) {
		return $ageless;
	}
	$made  = esc_sql( $table['made'] );
	$since = esc_sql( gmdate( 'Y-m-d H:i:s', time() - OLD_S ) );
	return "(r.$made < '$since' OR r.$made IS NULL AND $ageless)";
}
