<?php
/**
 * What was told of each booking: its row in keybank_bookings.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/read-amelia.php';
require_once __DIR__ . '/read-bookly.php';

/**
 * The bookings that the noted things stand for.
 *
 * @return array<string, array> Notes by "kind:id", in the order in which they are locked.
 */
function resolve( string $source, array $ids, array $extra ): array {
	$wanted = array();
	foreach ( $ids as $item ) {
		$note = $item + $extra;
		if ( (int) $item['id'] === 0 ) {
			wp_schedule_single_event( time(), SWEEP_EVENT );
			continue;
		}
		foreach ( bookings_meant( $source, $item['kind'], (int) $item['id'] ) as $id ) {
			$key = ( $item['kind'] === 'package' ? 'package:' : 'booking:' ) . $id;
			if ( ! isset( $wanted[ $key ] ) || weight( $note['hook'] ) > weight( $wanted[ $key ]['hook'] ) ) {
				$wanted[ $key ] = $note;
			}
		}
	}
	ksort( $wanted );
	return $wanted;
}

/** Of several hooks about one booking, the one that proves most is told. */
function weight( string $hook ): int {
	return $hook === SETTLED_HOOK ? 2 : (int) in_array( $hook, MADE_NOW, true );
}

/** @return int[] */
function bookings_meant( string $source, string $kind, int $id ): array {
	if ( $kind === 'package' ) {
		return ! is_told( $source, $kind, $id ) && is_sold_by_bookings( $id ) ? array() : array( $id );
	}
	if ( $kind === 'booking' ) {
		$ids = array( $id );
	} else {
		$ids = $source === 'bookly' ? bookly_rows_of( $kind, $id ) : amelia_bookings_of( $kind, $id );
	}
	if ( $kind === 'appointment' ) {
		$ids = array_merge( $ids, remembered_in( $source, $id ) );
	}
	return array_unique( $source === 'bookly' ? bookly_family( $ids ) : $ids );
}

function is_told( string $source, string $kind, int $id ): bool {
	global $wpdb;
	$sql = 'SELECT 1 FROM ' . bookings() . ' WHERE source = %s AND kind = %s AND id = %d AND rev > 0';
	return must( $wpdb->get_col( $wpdb->prepare( $sql, $source, $kind, $id ) ) ) !== array();
}

/** A package bought with dates is told of by its bookings, for good: when they are all deleted one day, it is no new sale. */
function is_sold_by_bookings( int $package_customer_id ): bool {
	global $wpdb;
	if ( ! package_has_bookings( $package_customer_id ) ) {
		return false;
	}
	$package = read_amelia( array(), array( $package_customer_id ) )[0]['status'] ?? 'none';
	$sql     = 'INSERT INTO ' . bookings() . ' (source, kind, id, status, seen_at) VALUES (%s, %s, %d, %s, UTC_TIMESTAMP()) ON DUPLICATE KEY UPDATE seen_at = UTC_TIMESTAMP()';
	must( $wpdb->query( $wpdb->prepare( $sql, 'amelia', 'package', $package_customer_id, fitting( bookings(), 'status', mb_substr( $package, 0, 60 ) ) ) ) );
	return true;
}

/** @return int[] Bookings that were in this appointment when they were last told of; it may be gone by now, and they with it. */
function remembered_in( string $source, int $appointment ): array {
	global $wpdb;
	$sql = 'SELECT id FROM ' . bookings() . ' WHERE source = %s AND kind = %s AND parent = %d';
	return array_map( 'intval', must( $wpdb->get_col( $wpdb->prepare( $sql, $source, 'booking', $appointment ) ) ) );
}

/**
 * Makes the rows that are missing and locks all.
 *
 * @return array<string, array> Rows by "kind:id".
 */
function lock_remembered( string $source, array $wanted ): array {
	global $wpdb;
	$values = array();
	$keys   = array();
	foreach ( array_keys( $wanted ) as $key ) {
		list( $kind, $id ) = explode( ':', $key );
		$values[]          = $wpdb->prepare( '(%s, %s, %d, UTC_TIMESTAMP())', $source, $kind, $id );
		$keys[]            = $wpdb->prepare( '(%s, %d)', $kind, $id );
	}
	must( $wpdb->query( 'INSERT INTO ' . bookings() . ' (source, kind, id, seen_at) VALUES ' . implode( ', ', $values ) . ' ON DUPLICATE KEY UPDATE source = VALUES(source)' ) );
	// In a small table MySQL would take another index, and lock every booking of that plugin.
	$in   = $wpdb->prepare( 'source = %s', $source ) . ' AND (kind, id) IN (' . implode( ', ', $keys ) . ')';
	$rows = must( $wpdb->get_results( 'SELECT kind, id, rev, status, hash, parent, grp, coupon, settled FROM ' . bookings() . " FORCE INDEX (PRIMARY) WHERE $in FOR UPDATE", ARRAY_A ) );
	$by   = array();
	foreach ( $rows as $row ) {
		$by[ "{$row['kind']}:{$row['id']}" ] = array( 'settled' => (bool) $row['settled'] ) + $row;
	}
	return $by;
}

/** @return array[] As the readers give them. */
function read_subjects( string $source, array $wanted ): array {
	$ids = array( 'booking' => array(), 'package' => array() );
	foreach ( array_keys( $wanted ) as $key ) {
		list( $kind, $id ) = explode( ':', $key );
		$ids[ $kind ][]    = (int) $id;
	}
	return $source === 'bookly' ? read_bookly( $ids['booking'] ) : read_amelia( $ids['booking'], $ids['package'] );
}

/** Bookings that were told of, or stood there before the install, and are no more. Rows of one group go together. */
function gone( string $source, array $known, array $found ): array {
	$here   = array_flip( array_merge( array(), ...array_map( __NAMESPACE__ . '\row_keys', $found ) ) );
	$groups = array_column( $found, null, 'group' );
	$gone   = array();
	foreach ( array_diff_key( $known, $here ) as $key => $row ) {
		if ( $row['status'] === '' || $row['status'] === 'deleted' ) {
			continue;
		}
		$group = (string) $row['grp'];
		if ( $group !== '' && isset( $groups[ $group ] ) ) {
			remember_deleted( $source, $row ); // The rest of its group tells of it.
			continue;
		}
		$at                    = $group === '' ? $key : $group;
		$gone[ $at ]         ??= array( 'kind' => $row['kind'], 'id' => (int) $row['id'], 'ids' => array(), 'status' => 'deleted', 'parent' => $row['parent'], 'group' => $row['grp'], 'booking' => array() );
		$gone[ $at ]['ids'][]  = (int) $row['id'];
		$gone[ $at ]['booking'] = $group === '' ? deleted_snapshot( $row ) : array( 'rows' => array_map( fn( int $id ): array => deleted_row( $id, $group ), $gone[ $at ]['ids'] ) );
	}
	return array_values( $gone );
}

function deleted_snapshot( array $row ): array {
	return $row['kind'] === 'package'
		? array( 'packageCustomerId' => (int) $row['id'], 'deleted' => true )
		: array( 'id' => (int) $row['id'], 'deleted' => true );
}

/** A row of a group that is gone still says which group: `compound:2:<24 hex>` or `compound:2:order-6`. */
function deleted_row( int $id, string $group ): array {
	list( $kind, $service, $name ) = explode( ':', $group, 3 );
	$order = strpos( $name, 'order-' ) === 0;
	return array( 'id' => $id, 'deleted' => true, "{$kind}_service_id" => (int) $service )
		+ ( $order ? array( 'order_id' => (int) substr( $name, 6 ) ) : array( "{$kind}_token" => "sha256:$name" ) );
}

/** @return string[] */
function row_keys( array $subject ): array {
	return array_map( fn( int $id ): string => "{$subject['kind']}:$id", $subject['ids'] );
}

/** The row with the highest `rev`: the rows of a group share one. */
function newest( array $rows ): array {
	usort( $rows, fn( array $a, array $b ): int => $b['rev'] <=> $a['rev'] );
	return $rows[0];
}

/** @param array $told { rev, hash, coupon, settled }. */
function remember( string $source, array $rows, array $subject, array $told ): void {
	global $wpdb;
	$sql = 'UPDATE ' . bookings() . ' SET rev = %d, hash = %s, coupon = NULLIF(%s, \'\'), settled = %d, status = %s, parent = NULLIF(%d, 0), grp = NULLIF(%s, \'\'), resent = 0, seen_at = UTC_TIMESTAMP() WHERE source = %s AND kind = %s AND id = %d';
	foreach ( $rows as $row ) {
		must( $wpdb->query( $wpdb->prepare( $sql, $told['rev'], $told['hash'], fitting( bookings(), 'coupon', (string) $told['coupon'] ), (int) $told['settled'], fitting( bookings(), 'status', mb_substr( $subject['status'], 0, 60 ) ), (int) $subject['parent'], (string) $subject['group'], $source, $row['kind'], $row['id'] ) ) );
	}
}

function remember_deleted( string $source, array $row ): void {
	global $wpdb;
	must( $wpdb->query( $wpdb->prepare( 'UPDATE ' . bookings() . " SET status = 'deleted', seen_at = UTC_TIMESTAMP() WHERE source = %s AND kind = %s AND id = %d", $source, $row['kind'], $row['id'] ) ) );
}

/** An id that was never seen and is in no table (a payment failed and the booking was taken back) leaves no row. */
function forget_unknown( string $source, array $known, array $found ): void {
	global $wpdb;
	$here = array_flip( array_merge( array(), ...array_map( __NAMESPACE__ . '\row_keys', $found ) ) );
	foreach ( array_diff_key( $known, $here ) as $row ) {
		if ( $row['status'] === '' ) {
			must( $wpdb->query( $wpdb->prepare( 'DELETE FROM ' . bookings() . ' WHERE source = %s AND kind = %s AND id = %d AND rev = 0', $source, $row['kind'], $row['id'] ) ) );
		}
	}
}

/**
 * Two requests that lock in opposite order are told apart by the database; the loser starts again.
 *
 * @return mixed What $work returns.
 */
function in_transaction( callable $work ) {
	global $wpdb;
	for ( $try = 1; ; $try++ ) {
		must( $wpdb->query( 'START TRANSACTION' ) );
		try {
			$result = $work();
			must( $wpdb->query( 'COMMIT' ) );
			return $result;
		} catch ( \Throwable $fault ) {
			$wpdb->query( 'ROLLBACK' );
			if ( $try >= 3 || ! preg_match( '/deadlock|try restarting|record has changed/i', $fault->getMessage() ) ) {
				throw $fault;
			}
		}
	}
}
