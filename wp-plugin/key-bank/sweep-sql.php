<?php
/**
 * Where a sweep looks for what was missed, as SQL.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

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
