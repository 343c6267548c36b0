<?php
/**
 * Which of Amelia's bookings belong together: a cart, a series, a package, a slot. Only the database knows.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

/** The payments of one purchase are written in one go: all ids lie within so many of the first. */
const LONGEST_PURCHASE = 1000;

/**
 * What was bought together: a cart, a series, or all bookings out of a package.
 *
 * @return array[] { paymentId, bookingIds: the first one first } by booking id; none for a booking bought alone, nor for one
 *                 whose first payment is gone: another booking must not pass for the first.
 */
function amelia_purchases( array $bookings ): array {
	$leads    = array();
	$bought   = array();
	$packages = array();
	foreach ( $bookings as $id => $row ) {
		$first = reset( $row['payments'] );
		if ( $row['packageCustomerId'] !== null ) {
			$package              = (int) $row['packageCustomerId'];
			$packages[ $package ] = $packages[ $package ] ?? amelia_bookings_of( 'package', $package );
			$together             = array_unique( array_merge( $packages[ $package ], array( $id ) ) );
			sort( $together );
			$bought[ $id ] = array( 'paymentId' => null, 'bookingIds' => $together );
		} elseif ( $first ) {
			$leads[ $id ] = $first['parentId'] ?? $first['id'];
		}
	}
	$together = amelia_paid_together( array_unique( $leads ) );
	foreach ( $leads as $id => $lead ) {
		if ( count( $together[ $lead ] ?? array() ) > 1 ) {
			$bought[ $id ] = array( 'paymentId' => $lead, 'bookingIds' => $together[ $lead ] );
		}
	}
	return $bought;
}

/** @return int[][] Booking ids by the first payment's id, for those of $leads that still exist. */
function amelia_paid_together( array $leads ): array {
	if ( ! $leads || ! has_column( 'amelia_payments.parentId' ) ) {
		return array();
	}
	$table    = $GLOBALS['wpdb']->prefix . 'amelia_payments';
	$ranges   = array_map( fn( int $lead ): string => "id BETWEEN $lead AND " . ( $lead + LONGEST_PURCHASE ) . " AND (id = $lead OR parentId = $lead)", $leads );
	$together = array();
	$rows     = fetch( fn(): string => "SELECT id, parentId, customerBookingId FROM $table WHERE (" . implode( ') OR (', $ranges ) . ') ORDER BY id' );
	foreach ( $rows as $row ) {
		$lead = in_array( (int) $row['id'], $leads, true ) ? (int) $row['id'] : (int) $row['parentId'];
		if ( $lead === (int) $row['id'] || isset( $together[ $lead ] ) ) {
			$together[ $lead ][ $row['customerBookingId'] ] = (int) $row['customerBookingId'];
		}
	}
	return array_map( fn( array $ids ): array => array_values( array_filter( $ids ) ), $together );
}

/** @return int[] The bookings in an `appointment`, an `event`, or out of a `package` that somebody bought, oldest first. */
function amelia_bookings_of( string $what, int $id ): array {
	switch ( $what ) {
		case 'appointment':
			return rows_with( 'amelia_customer_bookings.appointmentId', array( $id ) );
		case 'event':
			return rows_with( 'amelia_customer_bookings_to_events_periods.eventPeriodId', rows_with( 'amelia_events_periods.eventId', array( $id ) ), 'customerBookingId' );
		case 'package':
			return rows_with( 'amelia_customer_bookings.packageCustomerServiceId', rows_with( 'amelia_packages_customers_to_services.packageCustomerId', array( $id ) ) );
	}
	return array();
}

function package_has_bookings( int $package_customer_id ): bool {
	return amelia_bookings_of( 'package', $package_customer_id ) !== array();
}
