<?php
/**
 * Reading the booking plugins' tables, whichever of them and of their columns this site has. What there is, is looked up
 * once and kept, so that a booking request does not pay for it.
 *
 * Amelia's tables have hardly any index: to find one booking's payment among 100,000, the database reads them all. But rows
 * are numbered as they come, so a payment comes after its booking. For each stretch of bookings the lowest id of a payment
 * is kept, and a search starts there. A row that came below that id since (payments numbered anew after their table was
 * emptied, an old booking moved to a newer appointment) is skipped until the tables are looked at again, each hour.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

/** The form of what is kept. */
const PARTS_FORM = 1;
/** After a failed query the tables are looked at again, but not by every request of a site whose tables are broken. */
const PARTS_AGAIN_S = 60;
/** A longer text is read as null: nothing in it is worth the memory of the booking request. */
const LONGEST_TEXT = 65536;
/** More ids than these are never read for one slot. */
const MOST_ROWS = 5000;
/** Columns that name a row of another table and have no index. */
const UNINDEXED = array(
	'amelia_payments.customerBookingId',
	'amelia_payments.packageCustomerId',
	'amelia_customer_bookings.appointmentId',
	'amelia_customer_bookings.packageCustomerServiceId',
	'amelia_customer_bookings_to_events_periods.eventPeriodId',
	'amelia_customer_bookings_to_events_tickets.customerBookingId',
	'amelia_packages_customers_to_services.packageCustomerId',
);
/** Stretches kept for each of them. */
const STRETCHES = 100;
/** Rows that were just being written when the lowest ids were looked up may have lower ones. */
const IN_FLIGHT = 100;

/**
 * The rows with these ids in the first of $tables (alias => "table alias ON …"), joined with the others. A table that this
 * site lacks, or whose ON names a column that it lacks, is left out; columns (name => "alias.column") of it are null.
 *
 * @throws \RuntimeException When the first table is missing or cannot be read. SECURITY: to say "no rows" instead would
 *                           cancel every order made of them.
 */
function joined_rows( array $tables, array $columns, array $ids ): array {
	return $ids === array() ? array() : fetch(
		function () use ( $tables, $columns, $ids ): string {
			return select_sql( 'SELECT', $tables, $columns ) . ' WHERE b.id IN (' . ids_sql( $ids ) . ')';
		}
	);
}

/**
 * Different rows of the first of $tables, joined with the others, that hang on $ids by its column $by. One query for all
 * $ids, since it may have to walk through the table.
 *
 * @param array $columns As for joined_rows(); those whose `id` is null are left out.
 * @return array[][] By the id that they hang on, lowest `id` first; none when there is no such table or column.
 */
function rows_by( array $tables, array $columns, string $by, array $ids ): array {
	if ( $ids === array() ) {
		return array();
	}
	$alias = (string) key( $tables );
	$table = strtok( $tables[ $alias ], ' ' );
	// phpcs:ignore KeyBank.DB.PreparedSql.NotPrepared -- All names in it come out of the readers' constants.
	$found = fetch(
		function () use ( $tables, $columns, $by, $ids, $alias, $table ): string {
			if ( ! has_column( "$table.$by" ) || ! has_column( "$table.id" ) ) {
				return 'SELECT 1 FROM DUAL WHERE FALSE';
			}
			$start = lowest( "$table.$by", $ids );
			return select_sql( 'SELECT DISTINCT', $tables, array( 'of' => "$alias.$by" ) + $columns )
				. " WHERE $alias.`$by` IN (" . ids_sql( $ids ) . ')' . ( $start > 0 ? " AND $alias.id >= $start" : '' );
		}
	);
	usort( $found, fn( array $a, array $b ): int => (int) $a['id'] <=> (int) $b['id'] );
	$rows = array();
	foreach ( $found as $row ) {
		if ( $row['id'] !== null ) {
			$rows[ $row['of'] ][] = $row;
		}
	}
	return $rows;
}

/** Up to its WHERE. */
function select_sql( string $select, array $tables, array $columns ): string {
	$here = array();
	$from = array();
	foreach ( $tables as $alias => $join ) {
		$with = $here + array( $alias => strtok( $join, ' ' ) );
		preg_match_all( '/\b[a-z]{1,2}\.\w+/', "$alias.id $join", $used );
		if ( ! in_array( null, array_map( fn( string $name ): ?bool => is_long( $name, $with ), $used[0] ), true ) ) {
			$here   = $with;
			$from[] = $GLOBALS['wpdb']->prefix . $join;
		}
	}
	if ( ! isset( $here[ key( $tables ) ] ) ) {
		throw new \RuntimeException( 'There is no table ' . $GLOBALS['wpdb']->prefix . strtok( reset( $tables ), ' ' ) . '.' );
	}
	foreach ( $columns as $name => $column ) {
		$long             = is_long( $column, $here );
		$value            = $long ? "IF(LENGTH($column) > " . LONGEST_TEXT . ", NULL, $column)" : $column;
		$columns[ $name ] = ( $long === null ? 'NULL' : $value ) . " AS `$name`";
	}
	// phpcs:ignore KeyBank.DB.PreparedSql.NotPrepared -- All names in it come out of the readers' constants.
	return "$select " . implode( ', ', $columns ) . ' FROM ' . implode( ' LEFT JOIN ', $from );
}

/** Whether "alias.column" is a text without a small limit; null when this site does not have it. */
function is_long( string $name, array $tables ): ?bool {
	list( $alias, $column ) = explode( '.', $name );
	return parts()['columns'][ ( $tables[ $alias ] ?? '' ) . ".$column" ] ?? null;
}

function has_column( string $column ): bool {
	return isset( parts()['columns'][ $column ] );
}

function ids_sql( array $ids ): string {
	return implode( ',', array_map( 'intval', $ids ) );
}

/** No row below this id has one of $ids in $column ("table.column"). */
function lowest( string $column, array $ids ): int {
	$kept = parts()['lowest'][ $column ] ?? array( 'width' => 1, 'ids' => array( 0 ) );
	return $kept['ids'][ min( intdiv( (int) min( $ids ), $kept['width'] ), count( $kept['ids'] ) - 1 ) ];
}

/**
 * Which rows have one of $ids in $column ("table.column").
 *
 * @return int[] Their ids, or what else $of them is asked for; none when there is no such table or column.
 */
function rows_with( string $column, array $ids, string $of = 'id' ): array {
	list( $table, $name ) = explode( '.', $column );
	if ( $ids === array() || ! has_column( $column ) || ! has_column( "$table.$of" ) ) {
		return array();
	}
	$sql = "SELECT `$of` AS found FROM {$GLOBALS['wpdb']->prefix}$table WHERE `$name` IN (" . ids_sql( $ids ) . ') AND id >= ' . (int) lowest( $column, $ids ) . " AND `$of` IS NOT NULL ORDER BY id LIMIT " . MOST_ROWS;
	// phpcs:ignore KeyBank.DB.PreparedSql.NotPrepared -- Only columns that this site has come here.
	$rows = fetch( fn(): string => $sql );
	return array_values( array_unique( array_map( 'intval', array_column( $rows, 'found' ) ) ) );
}

/**
 * @param callable $sql Gives the statement, anew after the tables were looked at again.
 * @throws \RuntimeException With the database's words, which name tables, columns and ids, but nothing in the rows.
 */
function fetch( callable $sql ): array {
	try {
		return rows_of_query( $sql() );
	} catch ( \RuntimeException $fault ) {
		if ( parts()['at'] > time() - PARTS_AGAIN_S ) {
			throw $fault;
		}
		find_parts_again( false );
		return rows_of_query( $sql() );
	}
}

function rows_of_query( string $sql ): array {
	global $wpdb;
	$silent = $wpdb->suppress_errors( true );
	$done   = $wpdb->query( $sql );
	$rows   = array_map( 'get_object_vars', (array) $wpdb->last_result );
	$wpdb->suppress_errors( $silent );
	if ( $done === false ) {
		throw new \RuntimeException( 'database: ' . substr( $wpdb->last_error, 0, 300 ) );
	}
	return $rows;
}

/**
 * What there is on this site, unpacked once a request: `columns` by "table.column" without the site's prefix, true for long
 * texts.
 *
 * @param array|null $looked What was found just now.
 * @return array{form: int, at: int, columns: array<string, bool>, lowest: array<string, array{width: int, ids: int[]}>}
 */
function parts( ?array $looked = null ): array {
	static $parts = array();
	$site         = $GLOBALS['wpdb']->prefix;
	if ( $looked ) {
		$parts[ $site ] = $looked;
	} elseif ( ! isset( $parts[ $site ] ) ) {
		$kept           = get_option( 'keybank_parts' );
		$parts[ $site ] = is_array( $kept ) && ( $kept['form'] ?? 0 ) === PARTS_FORM ? $kept : find_parts_again( false );
	}
	return $parts[ $site ];
}

/**
 * Looks at the tables, for the next hour.
 *
 * @param bool $rows Also at where their rows lie, which takes 0.3 s at 100,000 bookings: not in a request.
 */
function find_parts_again( bool $rows = true ): array {
	$kept    = get_option( 'keybank_parts' );
	$parts   = array( 'form' => PARTS_FORM, 'at' => time(), 'columns' => array(), 'lowest' => array() );
	$indexed = array();
	foreach ( rows_of_query( columns_sql() ) as $row ) {
		$name                      = substr( $row['tab'], strlen( $GLOBALS['wpdb']->prefix ) ) . ".{$row['col']}";
		$parts['columns'][ $name ] = (bool) preg_match( '/text|blob|json/i', $row['type'] );
		$indexed[ $name ]          = (string) $row['ind'] !== '';
	}
	if ( $rows ) {
		$follow          = array_filter( UNINDEXED, fn( string $column ): bool => ( $indexed[ $column ] ?? true ) === false );
		$parts['lowest'] = array_map( __NAMESPACE__ . '\lowest_ids', array_combine( $follow, $follow ) );
	} elseif ( is_array( $kept ) && ( $kept['form'] ?? 0 ) === PARTS_FORM ) {
		$parts['lowest'] = $kept['lowest'];
	}
	update_option( 'keybank_parts', $parts, false );
	return parts( $parts );
}

function columns_sql(): string {
	global $wpdb;
	require_once __DIR__ . '/read-amelia.php';
	require_once __DIR__ . '/read-bookly.php';
	$joins = array_merge( ...array_map( 'array_values', array( AMELIA_BOOKING_TABLES, AMELIA_PACKAGE_TABLES, AMELIA_PAYMENT_TABLES, AMELIA_TICKET_TABLES, AMELIA_EVENT_TABLES, BOOKLY_TABLES ) ) );
	$names = array_map( fn( string $join ): string => $wpdb->prepare( '%s', $wpdb->prefix . strtok( $join, ' ' ) ), array_unique( $joins ) );
	return 'SELECT TABLE_NAME AS tab, COLUMN_NAME AS col, DATA_TYPE AS type, COLUMN_KEY AS ind FROM information_schema.COLUMNS
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (' . implode( ', ', $names ) . ')';
}

/** @return array{width: int, ids: int[]} For each stretch of $column's values the lowest id of a row with such a value or a later one. */
function lowest_ids( string $column ): array {
	list( $table, $name ) = explode( '.', $column );
	$table                = $GLOBALS['wpdb']->prefix . $table;
	// phpcs:disable KeyBank.DB.PreparedSql.NotPrepared -- Only those of UNINDEXED come here.
	$most                 = rows_of_query( "SELECT MAX(`$name`) AS last, MAX(id) AS id FROM $table" )[0];
	$last                 = (int) $most['last'];
	$width                = max( 1, (int) ceil( $last / STRETCHES ) );
	$found                = rows_of_query( "SELECT `$name` DIV $width AS stretch, MIN(id) AS id FROM $table WHERE `$name` > 0 GROUP BY stretch" );
	// phpcs:enable
	$found                = array_column( $found, 'id', 'stretch' );
	$ids                  = array();
	$lowest               = (int) $most['id'];
	for ( $stretch = intdiv( $last, $width ); $stretch >= 0; $stretch-- ) {
		$lowest          = min( $lowest, (int) ( $found[ $stretch ] ?? $lowest ) );
		$ids[ $stretch ] = max( 0, $lowest - IN_FLIGHT );
	}
	return array( 'width' => $width, 'ids' => $ids );
}
