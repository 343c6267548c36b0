<?php
/**
 * Bookings made before the install stay silent until their status changes: nobody is mailed a key for last month's course.
 *
 * They are read range by range without a lock, so that the shop goes on selling, into a table beside, which gets its name
 * when it is whole: to a sweep, the half that is missing would be new bookings. A process that is killed half way leaves the
 * highest ids of the start behind, so that what is booked until the next one goes on is not silenced.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/booking-tables.php';

/** Rows read at a time. */
const BASELINE_ROWS = 5000;
/** Rows of one INSERT: far below the smallest max_allowed_packet. */
const BASELINE_INSERT = 1000;
/** A start after which nobody tried for this long is not gone on with: the plugin was away, and the shop sold without it. */
const BASELINE_OLD_S = DAY_IN_SECONDS;
/** For so long the request that installs may run. */
const INSTALL_S = 300;

function make_bookings(): void {
	global $wpdb;
	$heeded = ignore_user_abort( true );
	$limit  = (int) ini_get( 'max_execution_time' );
	if ( $limit > 0 && $limit < INSTALL_S && function_exists( 'set_time_limit' ) ) {
		set_time_limit( INSTALL_S );
	}
	try {
		$highest = one_at_a_time( 'begin', __NAMESPACE__ . '\highest_at_start' );
		if ( $highest === null ) {
			throw new \RuntimeException( 'Another request does not come to an end.' );
		}
		$charset = $wpdb->get_charset_collate();
		$word    = WORD;
		must(
			$wpdb->query(
				"CREATE TABLE IF NOT EXISTS {$wpdb->prefix}keybank_baseline (
					source VARCHAR(10) $word, kind VARCHAR(10) $word, id BIGINT UNSIGNED NOT NULL,
					rev BIGINT UNSIGNED NOT NULL DEFAULT 0, status VARCHAR(60) NOT NULL DEFAULT '', hash VARCHAR(64) $word DEFAULT '',
					parent BIGINT UNSIGNED NULL, grp VARCHAR(120) NULL, coupon VARCHAR(100) NULL,
					settled TINYINT NOT NULL DEFAULT 0, resent TINYINT NOT NULL DEFAULT 0, seen_at DATETIME NOT NULL,
					PRIMARY KEY (source, kind, id), KEY parent (source, parent), KEY grp (grp), KEY seen_at (seen_at)
				) ENGINE=InnoDB $charset"
			)
		);
		take_baseline( $highest );
		find_parts_again();
		make_outbox();
		must( $wpdb->query( "ALTER TABLE {$wpdb->prefix}keybank_baseline RENAME TO " . bookings() ) );
	} finally {
		ignore_user_abort( (bool) $heeded );
	}
}

/**
 * What comes after these ids was booked since the install began, however often it had to begin.
 *
 * @return array<string, int> By the name of the table; those that this site has.
 */
function highest_at_start(): array {
	global $wpdb;
	$kept = get_option( 'keybank_baseline' );
	$at   = is_array( $kept ) ? $kept['at'] : 0;
	$ids  = $at > time() - BASELINE_OLD_S ? $kept['ids'] : array();
	if ( is_made() || $at > time() - HOUR_IN_SECONDS ) {
		return $ids;
	}
	if ( $at <= time() - BASELINE_OLD_S ) {
		find_parts_again( false );
		foreach ( BOOKING_TABLES as list( , , $name ) ) {
			if ( has_column( "$name.id" ) ) {
				$ids[ $name ] = (int) must( $wpdb->get_var( "SELECT MAX(id) FROM {$wpdb->prefix}$name" ) );
			}
		}
		must( $wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}keybank_baseline" ) );
	}
	update_option( 'keybank_baseline', array( 'at' => time(), 'ids' => $ids ), false );
	return $ids;
}

/** @param array<string, int> $highest As highest_at_start() says. */
function take_baseline( array $highest ): void {
	global $wpdb;
	$to = "{$wpdb->prefix}keybank_baseline";
	foreach ( BOOKING_TABLES as list( $source, $kind, $name, , $parent ) ) {
		if ( ! isset( $highest[ $name ] ) ) {
			continue;
		}
		$status = kept_status_sql( $name );
		$last   = (int) $highest[ $name ];
		// Where the process before this one was killed.
		$after = (int) must( $wpdb->get_var( "SELECT MAX(id) FROM $to WHERE source = '$source' AND kind = '$kind'" ) );
		do {
			$rows = must( $wpdb->get_results( "SELECT id, $status AS status, $parent AS parent FROM {$wpdb->prefix}$name WHERE id > $after AND id <= $last ORDER BY id LIMIT " . BASELINE_ROWS, ARRAY_A ) );
			foreach ( array_chunk( $rows, BASELINE_INSERT ) as $some ) {
				$values = array();
				foreach ( $some as $row ) {
					$values[] = $wpdb->prepare( '(%s, %s, %d, %s, NULLIF(%d, 0), %s)', $source, $kind, $row['id'], fitting( $to, 'status', $row['status'] ), $row['parent'], '2000-01-01' );
				}
				must( $wpdb->query( "INSERT INTO $to (source, kind, id, status, parent, seen_at) VALUES " . implode( ', ', $values ) . ' ON DUPLICATE KEY UPDATE source = VALUES(source)' ) );
			}
			$after = $rows ? (int) end( $rows )['id'] : $last;
		} while ( $after < $last );
	}
}
