<?php
/** The arguments of Amelia's hooks: a recorded one, with the values of our own rows put in. */

namespace BookingStandIn;

/** The recorded arguments of a hook. */
function recorded( string $name ): array {
	static $files = array();
	if ( ! isset( $files[ $name ] ) ) {
		$file           = getenv( 'KEYBANK_WP_PAYLOADS' ) . "/amelia-lite-2.4.3.$name.json";
		$files[ $name ] = json_decode( (string) file_get_contents( $file ), true )['args'];
	}
	return $files[ $name ];
}

/** The values of the row for the keys that the recorded shape has, in the types it has. */
function overlay( array $shape, array $row ): array {
	foreach ( $shape as $key => $was ) {
		if ( ! array_key_exists( $key, $row ) ) {
			continue;
		}
		$value         = $row[ $key ];
		$shape[ $key ] = is_numeric( $value ) && ! in_array( $key, array( 'phone', 'token', 'transactionId' ), true ) ? 0 + $value : $value;
	}
	return $shape;
}

function customer_shape( int $id ): array {
	return overlay( recorded( 'appointment_booked_onsite.amelia_after_booking_added' )[0]['booking']['customer'], row( 'amelia_users', $id ) );
}

function payment_shape( array $row ): array {
	return overlay( recorded( 'appointment_booked_onsite.amelia_after_booking_added' )[0]['payment'], $row );
}

function coupon_shape( ?string $id ): ?array {
	if ( null === $id ) {
		return null;
	}
	$row = row( 'amelia_coupons', (int) $id );
	return array( 'id' => (int) $id, 'code' => $row['code'], 'discount' => 0 + $row['discount'], 'deduction' => 0 + $row['deduction'], 'limit' => 0 + $row['limit'],
		'customerLimit' => 0 + $row['customerLimit'], 'used' => 0, 'notificationInterval' => 0, 'notificationRecurring' => false, 'status' => $row['status'], 'serviceList' => array(), 'eventList' => array(), 'packageList' => array(), 'expirationDate' => null ); // phpcs:ignore WordPress.Arrays
}

/** A CustomerBooking. */
function booking_shape( int $id ): array {
	$row               = row( 'amelia_customer_bookings', $id );
	$shape             = overlay( recorded( 'appointment_booked_onsite.amelia_after_booking_added' )[0]['booking'], $row );
	$shape['customer'] = customer_shape( (int) $row['customerId'] );
	$shape['coupon']   = coupon_shape( $row['couponId'] );
	$shape['payments'] = array_map( __NAMESPACE__ . '\\payment_shape', rows( 'amelia_payments', "customerBookingId = $id" ) );
	$shape['ticketsData'] = array_map(
		static function ( array $ticket ): array {
			return array( 'id' => (int) $ticket['id'], 'eventTicketId' => (int) $ticket['eventTicketId'], 'customerBookingId' => (int) $ticket['customerBookingId'], 'persons' => (int) $ticket['persons'], 'price' => 0 + $ticket['price'] );
		},
		rows( 'amelia_customer_bookings_to_events_tickets', "customerBookingId = $id" )
	);
	$sale = (int) $row['packageCustomerServiceId'];
	if ( $sale > 0 ) {
		$part                            = row( 'amelia_packages_customers_to_services', $sale );
		$shape['packageCustomerService'] = array( 'id' => $sale, 'serviceId' => (int) $part['serviceId'], 'packageCustomer' => array( 'id' => (int) $part['packageCustomerId'], 'customerId' => (int) $row['customerId'] ) );
	}
	return $shape;
}

function appointment_shape( int $id ): array {
	$shape             = overlay( recorded( 'appointment_booked_onsite.amelia_after_booking_added' )[0]['appointment'], row( 'amelia_appointments', $id ) );
	$shape['bookings'] = array_map( static function ( array $row ): array { return booking_shape( (int) $row['id'] ); }, rows( 'amelia_customer_bookings', "appointmentId = $id" ) );
	return $shape;
}

function event_shape( int $id ): array {
	global $wpdb;
	$p                 = $wpdb->prefix;
	$shape             = overlay( recorded( 'event_booked_onsite.amelia_after_booking_added' )[0]['event'], row( 'amelia_events', $id ) );
	$within            = "id IN (SELECT x.customerBookingId FROM {$p}amelia_customer_bookings_to_events_periods x JOIN {$p}amelia_events_periods e ON e.id = x.eventPeriodId WHERE e.eventId = $id)";
	$shape['bookings'] = array_map( static function ( array $row ): array { return booking_shape( (int) $row['id'] ); }, rows( 'amelia_customer_bookings', $within ) );
	$shape['periods']  = array_map(
		static function ( array $period ): array {
			return overlay( recorded( 'event_booked_onsite.amelia_after_booking_added' )[0]['event']['periods'][0], $period );
		},
		rows( 'amelia_events_periods', "eventId = $id" )
	);
	return $shape;
}

function service_shape( int $id ): array {
	return overlay( recorded( 'appointment_booked_onsite.amelia_after_booking_added' )[0]['bookable'], row( 'amelia_services', $id ) );
}

/** What `amelia_after_booking_added` carries for these bookings, the first of which leads. */
function reservation_shape( array $bookings, array $typed, ?int $event = null ): array {
	$kind  = $event ? 'event' : 'appointment';
	$shape = recorded( "{$kind}_booked_onsite.amelia_after_booking_added" )[0];
	$items = array_map(
		static function ( int $id ) use ( $kind, $event ): array {
			$appointment = (int) row( 'amelia_customer_bookings', $id )['appointmentId'];
			return array( 'type' => $kind, $kind => $event ? event_shape( $event ) : appointment_shape( $appointment ), 'booking' => typed_booking( $id ), 'utcTime' => array(), 'appointmentStatusChanged' => false );
		},
		$bookings
	);
	$lead  = array_shift( $items );
	$lead['booking'] = typed_booking( $bookings[0], $typed );
	$shape = $lead + $shape;
	$shape['recurring'] = $items;
	$shape['customer']  = $lead['booking']['customer'] + array( 'locale' => 'en_US', 'timeZone' => 'Europe/London' );
	$shape['bookable']  = $event ? event_shape( $event ) : service_shape( (int) $lead['appointment']['serviceId'] );
	$shape['payment']   = $lead['booking']['payments'][0] ?? null;
	$shape['paymentId'] = $shape['payment']['id'] ?? null;
	return $shape;
}

/** The booking as the request's own objects have it: the address just typed, not the one of the customer's row. */
function typed_booking( int $id, array $typed = array() ): array {
	$shape             = booking_shape( $id );
	$shape['customer'] = array_merge( $shape['customer'], array_intersect_key( $typed, array_flip( array( 'email', 'firstName', 'lastName', 'phone' ) ) ) );
	return $shape;
}
