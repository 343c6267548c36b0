<?php
/**
 * Bookly's bookings as the server is told of them: docs/payloads.md. SECURITY: `token` is never selected, for whoever has it
 * can cancel the booking; the tokens that name a group are told by a digest.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/read-parts.php';

const BOOKLY_TABLES = array(
	'b'  => 'bookly_customer_appointments b',
	'a'  => 'bookly_appointments a ON a.id = b.appointment_id',
	's'  => 'bookly_services s ON s.id = a.service_id',
	'sc' => 'bookly_services sc ON sc.id = b.compound_service_id',
	'sl' => 'bookly_services sl ON sl.id = b.collaborative_service_id',
	'u'  => 'bookly_customers u ON u.id = b.customer_id',
	'p'  => 'bookly_payments p ON p.id = b.payment_id',
	'c'  => 'bookly_coupons c ON c.id = p.coupon_id',
);
/** Times, staff and whatever else changes without the sale changing are left out. */
const BOOKLY_COLUMNS = array(
	'id'                          => 'b.id',
	'series_id'                   => 'b.series_id',
	'package_id'                  => 'b.package_id',
	'customer_id'                 => 'b.customer_id',
	'appointment_id'              => 'b.appointment_id',
	'payment_id'                  => 'b.payment_id',
	'order_id'                    => 'b.order_id',
	'number_of_persons'           => 'b.number_of_persons',
	'units'                       => 'b.units',
	'notes'                       => 'b.notes',
	'extras'                      => 'b.extras',
	'custom_fields'               => 'b.custom_fields',
	'status'                      => 'b.status',
	'locale'                      => 'b.locale',
	'collaborative_service_id'    => 'b.collaborative_service_id',
	'collaborative_service_title' => 'sl.title',
	'collaborative_token'         => 'b.collaborative_token',
	'compound_service_id'         => 'b.compound_service_id',
	'compound_service_title'      => 'sc.title',
	'compound_token'              => 'b.compound_token',
	'created_from'                => 'b.created_from',
	'created_at'                  => 'b.created_at',
	'service_id'                  => 'a.service_id',
	'service_title'               => 's.title',
	'service_type'                => 's.type',
	'custom_service_name'         => 'a.custom_service_name',
	'customer_email'              => 'u.email',
	'customer_full_name'          => 'u.full_name',
	'first_name'                  => 'u.first_name',
	'last_name'                   => 'u.last_name',
	'customer_phone'              => 'u.phone',
	'payment_type'                => 'p.type',
	'payment_status'              => 'p.status',
	'payment_total'               => 'p.total',
	'payment_paid'                => 'p.paid',
	'payment_ref_id'              => 'p.ref_id',
	'payment_details'             => 'p.details',
	'coupon_id'                   => 'p.coupon_id',
	'coupon_code'                 => 'c.code',
);
const BOOKLY_NUMBERS = array( 'id', 'series_id', 'package_id', 'customer_id', 'appointment_id', 'payment_id', 'order_id', 'number_of_persons', 'units', 'collaborative_service_id', 'compound_service_id', 'service_id', 'coupon_id' );
/** What the server reads of a payment's details; the rest repeats names and start times. */
const BOOKLY_DETAILS = array( 'coupon', 'coupon_id', 'coupon_code', 'gateway_ref_id', 'subtotal' );
/** Two services that are sold as one and booked in several rows. */
const BOOKLY_GROUPS = array( 'compound', 'collaborative' );

/**
 * Give it whole groups: bookly_family().
 *
 * @return array[] Those that exist, each { kind, id, ids, status, parent, group, booking: the snapshot }.
 */
function read_bookly( array $ids ): array {
	$rows   = joined_rows( BOOKLY_TABLES, BOOKLY_COLUMNS, $ids );
	$bought = bookly_purchases( array_column( $rows, 'id' ) );
	$groups = array();
	foreach ( $rows as $row ) {
		$groups[ bookly_group( $row ) ?? "row:{$row['id']}" ][ (int) $row['id'] ] = bookly_row( $row, $bought[ $row['id'] ] ?? array() );
	}
	$subjects = array();
	foreach ( $groups as $group => $members ) {
		ksort( $members );
		$first      = reset( $members );
		$alone      = strpos( $group, 'row:' ) === 0;
		$subjects[] = array( 'kind' => 'booking', 'id' => $first['id'], 'ids' => array_keys( $members ), 'status' => liveliest( array_column( $members, 'status' ) ), 'parent' => $first['appointment_id'], 'group' => $alone ? null : $group, 'booking' => $alone ? $first : array( 'rows' => array_values( $members ) ) );
	}
	usort( $subjects, fn( array $a, array $b ): int => $a['id'] <=> $b['id'] );
	return $subjects;
}

/** A group is booked while one of its rows is. */
function liveliest( array $statuses ): string {
	return (string) ( array_values( array_diff( $statuses, array( 'cancelled', 'rejected' ) ) )[0] ?? $statuses[0] ?? 'none' );
}

/** `compound:2:<24 hex>`: the kind, the service that was sold, and which sale of it; null for a row of its own. */
function bookly_group( array $row ): ?string {
	foreach ( BOOKLY_GROUPS as $kind ) {
		if ( (int) $row[ "{$kind}_service_id" ] > 0 ) {
			$order = (int) $row['order_id'] > 0 ? 'order-' . (int) $row['order_id'] : null;
			$name  = token_digest( $row[ "{$kind}_token" ] ) ?? $order;
			return $name === null ? null : "$kind:" . (int) $row[ "{$kind}_service_id" ] . ":$name";
		}
	}
	return null;
}

/** The server's name of a group's order, out of bookly_group(). */
function group_order_id( string $group ): string {
	list( , $service, $name ) = explode( ':', $group, 3 );
	return strpos( $name, 'order-' ) === 0 ? "compound:$name-service-$service" : "compound:$name";
}

/** A token by a name that nobody can cancel with. */
function token_digest( ?string $token ): ?string {
	return trim( (string) $token ) === '' ? null : substr( hash( 'sha256', 'keybank:' . trim( $token ) ), 0, 24 );
}

/** @param int[] $together The ids of what was bought with it. */
function bookly_row( array $row, array $together ): array {
	foreach ( BOOKLY_NUMBERS as $name ) {
		$row[ $name ] = number_or_null( $row[ $name ] );
	}
	foreach ( BOOKLY_GROUPS as $kind ) {
		$digest                = token_digest( $row[ "{$kind}_token" ] );
		$row[ "{$kind}_token" ] = $digest === null ? null : "sha256:$digest";
	}
	$details                = json_decode( (string) $row['payment_details'], true, 64, JSON_INVALID_UTF8_SUBSTITUTE );
	$details                = is_array( $details ) ? $details : array();
	$items                  = is_array( $details['items'] ?? null ) ? $details['items'] : array();
	$row['payment_details'] = $details ? array_intersect_key( $details, array_flip( BOOKLY_DETAILS ) ) : null;
	// The payment also remembers rows that are gone: the second row must not pass for the first.
	$together = array_merge( array( $row['id'] ), $together, $row['package_id'] === null ? array_map( 'intval', array_column( $items, 'ca_id' ) ) : array() );
	sort( $together );
	$row['custom_field_labels'] = bookly_labels( (string) $row['custom_fields'] );
	$row['purchase_ids']        = array_values( array_unique( array_filter( $together ) ) );
	return $row;
}

/** The labels of the fields that were filled in. They are kept by an add-on, the values by Bookly. */
function bookly_labels( string $filled ): ?array {
	$filled = json_decode( $filled, true, 16, JSON_INVALID_UTF8_SUBSTITUTE );
	$fields = $filled && is_array( $filled ) ? json_decode( (string) get_option( 'bookly_custom_fields_data', '' ), true ) : null;
	$labels = is_array( $fields ) ? array_intersect_key( array_column( $fields, 'label', 'id' ), array_column( $filled, 'value', 'id' ) ) : array();
	ksort( $labels );
	return $labels ? array_map( fn( $id, $label ): array => array( 'id' => $id, 'label' => $label ), array_keys( $labels ), $labels ) : null;
}

/** @return int[][] By row, the rows of the same package, else of the same order or series. */
function bookly_purchases( array $ids ): array {
	$single = has_column( 'bookly_customer_appointments.package_id' ) ? array( 'package_id' => 'IS NULL' ) : array();
	$pairs  = $ids ? bookly_pairs(
		array(
			array( 'order_id' => '= g.order_id' ) + $single,
			array( 'series_id' => '= g.series_id' ) + $single,
			array( 'customer_id' => '= g.customer_id', 'package_id' => '= g.package_id' ),
		),
		$ids
	) : array();
	$bought = array();
	foreach ( $pairs as $pair ) {
		$bought[ $pair['of'] ][] = (int) $pair['id'];
	}
	return $bought;
}

/**
 * These ids and those of all rows sold with them as one, also of rows that are gone. No index is by token, but a group has
 * one customer, and without a token one order.
 *
 * @return int[]
 */
function bookly_family( array $ids ): array {
	if ( ! $ids ) {
		return array();
	}
	$ways = array();
	foreach ( BOOKLY_GROUPS as $kind ) {
		$same   = array( "{$kind}_service_id" => "= g.{$kind}_service_id", "{$kind}_token" => "<=> g.{$kind}_token" );
		$ways[] = array( 'order_id' => '= g.order_id' ) + $same;
		$ways[] = array( 'customer_id' => "= g.customer_id AND r.{$kind}_token <> ''" ) + $same;
	}
	$table = bookings();
	// Few rows have a grp, which makes the optimizer think little of its index.
	$kept   = fetch( fn(): string => "SELECT g.id FROM $table r JOIN $table g FORCE INDEX (grp) ON g.grp = r.grp AND g.source = r.source WHERE r.source = 'bookly' AND r.kind = 'booking' AND r.id IN (" . ids_sql( $ids ) . ')' );
	$family = array_map( 'intval', array_merge( $ids, array_column( array_merge( $kept, bookly_pairs( $ways, $ids ) ), 'id' ) ) );
	sort( $family );
	return array_values( array_unique( $family ) );
}

/**
 * Rows that hang together with $ids in one of $ways, each { column => what it is like in the other row, g }. Ways by columns
 * that this Bookly does not have lead nowhere.
 */
function bookly_pairs( array $ways, array $ids ): array {
	$table   = $GLOBALS['wpdb']->prefix . 'bookly_customer_appointments';
	$selects = array();
	foreach ( $ways as $way ) {
		$on = array();
		foreach ( $way as $column => $like ) {
			$on[] = has_column( "bookly_customer_appointments.$column" ) ? "r.$column $like" : null;
		}
		if ( ! in_array( null, $on, true ) ) {
			$selects[] = "SELECT r.id AS `of`, g.id FROM $table r JOIN $table g ON " . implode( ' AND ', $on ) . ' WHERE r.id IN (' . ids_sql( $ids ) . ')';
		}
	}
	// phpcs:ignore KeyBank.DB.PreparedSql.NotPrepared -- All names in it are written above.
	return $selects ? fetch( fn(): string => implode( ' UNION ', $selects ) . ' LIMIT ' . MOST_ROWS ) : array();
}

/** @return int[] The rows of an `appointment`, or paid by a `payment` or by the one that it is a part of. */
function bookly_rows_of( string $what, int $id ): array {
	if ( $what === 'appointment' ) {
		return rows_with( 'bookly_customer_appointments.appointment_id', array( $id ) );
	}
	return $what === 'payment' ? rows_with( 'bookly_customer_appointments.payment_id', array_merge( array( $id ), rows_with( 'bookly_payments.id', array( $id ), 'parent_id' ) ) ) : array();
}
