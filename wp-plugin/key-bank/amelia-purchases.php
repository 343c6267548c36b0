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
	$packages = amelia_bookings_out_of( array_values( array_unique( array_filter( array_column( $bookings, 'packageCustomerId' ) ) ) ) );
	foreach ( $bookings as $id => $row ) {
		$first = reset( $row['payments'] );
		if ( $row['packageCustomerId'] !== null ) {
			$together = array_values( array_unique( array_merge( $packages[ $row['packageCustomerId'] ] ?? array(), array( $id ) ) ) );
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
	$range    = 'id BETWEEN ' . (int) min( $leads ) . ' AND ' . (int) ( max( $leads ) + LONGEST_PURCHASE );
	$together = array();
	$rows     = fetch( fn(): string => "SELECT id, parentId, customerBookingId FROM $table WHERE $range AND (id IN (" . ids_sql( $leads ) . ') OR parentId IN (' . ids_sql( $leads ) . ')) ORDER BY id' );
	$leads    = array_flip( $leads );
	foreach ( $rows as $row ) {
		$id   = (int) $row['id'];
		$lead = isset( $leads[ $id ] ) ? $id : (int) $row['parentId'];
		if ( $lead === $id || ( isset( $together[ $lead ] ) && $id <= $lead + LONGEST_PURCHASE ) ) {
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
			return amelia_bookings_out_of( array( $id ) )[ $id ] ?? array();
	}
	return array();
}

/** @return int[][] Booking ids by the package that somebody bought, oldest first. */
function amelia_bookings_out_of( array $packages ): array {
	$package_of = array();
	foreach ( rows_by( array( 'g' => 'amelia_packages_customers_to_services g' ), array( 'id' => 'g.id' ), 'packageCustomerId', $packages ) as $package => $parts ) {
		$package_of += array_fill_keys( array_column( $parts, 'id' ), $package );
	}
	$bookings = array();
	foreach ( rows_by( array( 'b' => 'amelia_customer_bookings b' ), array( 'id' => 'b.id' ), 'packageCustomerServiceId', array_keys( $package_of ) ) as $part => $rows ) {
		foreach ( $rows as $row ) {
			$bookings[ $package_of[ $part ] ][] = (int) $row['id'];
		}
	}
	foreach ( $bookings as &$ids ) {
		sort( $ids );
	}
	return $bookings;
}

function package_has_bookings( int $package_customer_id ): bool {
	return amelia_bookings_of( 'package', $package_customer_id ) !== array();
}
