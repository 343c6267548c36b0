<?php
/** Bookings through Bookly's form, each write in the order that was recorded. No hook fires: Bookly Lite has none. */

namespace BookingStandIn;

function bookly_typed( array $input ): array {
	static $visitors = 0;
	++$visitors;
	return $input + array(
		'email'         => 'bo' . $visitors . '.' . bin2hex( random_bytes( 3 ) ) . '@example.test',
		'firstName'     => 'Bo',
		'lastName'      => 'Lovelace',
		'phone'         => '',
		'service'       => 1,
		'persons'       => 1,
		'status'        => 'approved',
		'notes'         => '',
		'customFields'  => array( array( 'id' => 1, 'value' => 'Ada Labs' ) ),
		'gateway'       => 'local',
		'paymentStatus' => 'pending',
		'couponId'      => null,
		'refId'         => null,
		'total'         => 40,
		'items'         => 1,
	);
}

function bookly_now(): array {
	return array( 'created_at' => current_time( 'mysql' ), 'updated_at' => current_time( 'mysql' ) );
}

function bookly_token(): string {
	return bin2hex( random_bytes( 16 ) );
}

function bookly_customer( array $typed ): int {
	global $wpdb;
	$found = '' === $typed['email'] ? 0 : (int) $wpdb->get_var( $wpdb->prepare( "SELECT id FROM {$wpdb->prefix}bookly_customers WHERE email = %s LIMIT 1", $typed['email'] ) ); // phpcs:ignore
	$row   = array( 'full_name' => trim( "{$typed['firstName']} {$typed['lastName']}" ), 'first_name' => $typed['firstName'], 'last_name' => $typed['lastName'], 'phone' => $typed['phone'], 'email' => $typed['email'], 'notes' => '', 'info_fields' => '[]' );
	if ( $found ) {
		update( 'bookly_customers', $row, $found );
		return $found;
	}
	return insert( 'bookly_customers', $row + array( 'created_at' => current_time( 'mysql' ) ) );
}

/** One row, or with `items` several of one order. */
function bookly_book( array $input ): array {
	return bookly_order( bookly_typed( $input ), array() );
}

/** Several rows that repeat. */
function bookly_series( array $input ): array {
	global $wpdb;
	$series = 1 + (int) $wpdb->get_var( "SELECT COALESCE(MAX(series_id), 0) FROM {$wpdb->prefix}bookly_customer_appointments" ); // phpcs:ignore
	return bookly_order( bookly_typed( $input + array( 'items' => 3 ) ), array( 'series_id' => $series ) );
}

/** One service made of several appointments, one after the other. */
function bookly_compound( array $input ): array {
	return bookly_order( bookly_typed( $input + array( 'items' => 2 ) ), array( 'compound_service_id' => 3, 'compound_token' => bookly_token() ) );
}

/** One service made of several appointments at once. */
function bookly_collaborative( array $input ): array {
	return bookly_order( bookly_typed( $input + array( 'items' => 2 ) ), array( 'collaborative_service_id' => 4, 'collaborative_token' => bookly_token() ) );
}

function bookly_order( array $typed, array $group ): array {
	$payment_row = array( 'coupon_id' => $typed['couponId'], 'type' => $typed['gateway'], 'total' => $typed['total'], 'paid' => 'completed' === $typed['paymentStatus'] ? $typed['total'] : 0, 'paid_type' => 'in_full', 'status' => $typed['paymentStatus'], 'token' => bookly_token(), 'details' => null, 'order_id' => null, 'customer_id' => null, 'ref_id' => $typed['refId'] );
	$payment     = insert( 'bookly_payments', $payment_row + bookly_now() );
	$customer    = bookly_customer( $typed );
	$order       = insert( 'bookly_orders', array( 'token' => bookly_token() ) );
	$ids         = array( 'customer' => $customer, 'order' => $order, 'payments' => array( $payment ), 'bookings' => array(), 'appointments' => array() );
	for ( $index = 0; $index < $typed['items']; $index++ ) {
		$start                 = time() + ( 10 + $index ) * DAY_IN_SECONDS;
		$appointment           = insert( 'bookly_appointments', array( 'staff_id' => 1, 'service_id' => $typed['service'], 'start_date' => gmdate( 'Y-m-d 10:00:00', $start ), 'end_date' => gmdate( 'Y-m-d 11:00:00', $start ), 'created_from' => 'bookly' ) + bookly_now() );
		$ids['appointments'][] = $appointment;
		$ids['bookings'][]     = insert(
			'bookly_customer_appointments',
			$group + array( 'customer_id' => $customer, 'appointment_id' => $appointment, 'payment_id' => $payment, 'order_id' => $order, 'number_of_persons' => $typed['persons'], 'notes' => $typed['notes'], 'extras' => '[]', 'custom_fields' => $typed['customFields'], 'status' => $typed['status'], 'token' => bookly_token(), 'time_zone' => 'Europe/London', 'time_zone_offset' => 0, 'created_from' => 'frontend' ) + bookly_now()
		);
	}
	update( 'bookly_payments', array( 'details' => bookly_details( $typed, $ids ), 'order_id' => $order, 'customer_id' => $customer ) + $payment_row, $payment );
	if ( $typed['email'] ) {
		wp_mail( $typed['email'], 'Your appointment information', 'Booked.' );
	}
	wp_mail( 'pat.trainer@example.test', 'New booking information', 'Booked.' );
	return $ids;
}

function bookly_details( array $typed, array $ids ): array {
	$items = array_map( static function ( int $id ): array { return array( 'type' => 'appointment', 'ca_id' => $id, 'duration' => 3600, 'extras' => array(), 'number_of_persons' => 1, 'service_name' => 'Key Workshop', 'service_price' => 40, 'units' => 1 ); }, $ids['bookings'] );
	return array( 'items' => $items, 'coupon' => null, 'coupon_id' => null, 'subtotal' => array( 'deposit' => 0, 'price' => $typed['total'] ), 'customer' => $typed['firstName'], 'customer_id' => $ids['customer'], 'extras_multiply_nop' => 1, 'gateway_ref_id' => $typed['refId'], 'adjustments' => array(), 'discounts' => null );
}

/** By Bookly's admin: no payment, no order. */
function bookly_admin_book( array $input ): array {
	$typed       = bookly_typed( $input );
	$customer    = bookly_customer( $typed );
	$appointment = insert( 'bookly_appointments', array( 'staff_id' => 1, 'service_id' => $typed['service'], 'start_date' => gmdate( 'Y-m-d 14:00:00', time() + 10 * DAY_IN_SECONDS ), 'end_date' => gmdate( 'Y-m-d 15:00:00', time() + 10 * DAY_IN_SECONDS ) ) + bookly_now() );
	$booking     = insert( 'bookly_customer_appointments', array( 'customer_id' => $customer, 'appointment_id' => $appointment, 'number_of_persons' => $typed['persons'], 'notes' => '', 'extras' => '[]', 'custom_fields' => 'null', 'status' => $typed['status'], 'token' => bookly_token(), 'created_from' => 'backend' ) + bookly_now() );
	return array( 'customer' => $customer, 'bookings' => array( $booking ), 'appointments' => array( $appointment ), 'payments' => array() );
}
