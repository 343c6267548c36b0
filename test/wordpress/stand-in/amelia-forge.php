<?php
/** What anybody may send to Amelia, and hooks with arguments that no one expects. */

namespace BookingStandIn;

/** Every hook that a listener may hang on. */
function hooks(): array {
	$all = array( 'amelia_before_booking_added', 'amelia_before_payment_processed', 'amelia_after_appointment_booking_saved', 'amelia_after_event_booking_saved',
		'amelia_after_booking_added', 'amelia_before_post_booking_actions', 'AmeliaBookingAddedBeforeNotify', 'amelia_after_appointment_added', 'AmeliaAppointmentAddedBeforeNotify',
		'amelia_after_appointment_updated', 'amelia_after_appointment_status_updated', 'amelia_before_booking_canceled', 'amelia_after_booking_approved_link', 'amelia_after_booking_rejected_link',
		'amelia_after_booking_rescheduled', 'amelia_after_event_booking_updated', 'amelia_after_event_booking_deleted', 'amelia_after_event_status_updated', 'amelia_after_appointment_deleted',
		'amelia_after_package_booking_deleted', 'amelia_after_payment_added', 'amelia_after_payment_updated', 'amelia_after_payment_deleted', 'amelia_after_run_uncompleted_actions',
		'AmeliaBookingAdded', 'AmeliaBookingCanceled', 'AmeliaBookingStatusUpdated', 'AmeliaBookingTimeUpdated', 'AmeliaPackagePurchased' ); // phpcs:ignore WordPress.Arrays
	foreach ( array( 'approved', 'pending', 'canceled', 'rejected', 'no-show', 'waiting' ) as $status ) {
		$all[] = "amelia_before_booking_$status";
		$all[] = "amelia_after_booking_$status";
	}
	return array_values( array_unique( $all ) );
}

/** The browser's second call, `/bookings/success/{id}`: public, and its customer is whoever the caller says. */
function amelia_success( array $input ): array {
	$id       = (int) ( $input['booking'] ?? 0 );
	$customer = $input['customer'] ?? array( 'id' => 999, 'firstName' => 'Mallory', 'lastName' => 'X', 'email' => 'mallory@evil.test' );
	$payment  = $input['payment'] ?? null;
	do_action( 'amelia_before_post_booking_actions', array( 'bookingId' => $id, 'type' => 'appointment', 'recurring' => array(), 'customer' => $customer, 'paymentId' => $payment ) );
	$shape               = recorded( 'spoof_success_call_no_payment_id.AmeliaBookingAddedBeforeNotify' )[0];
	$shape['customer']   = $customer;
	$shape['paymentId']  = $payment;
	$shape['packageId']  = $input['package'] ?? null;
	$shape['appointment'] = null;
	$shape['booking']    = null;
	$ids                 = array( 'bookings' => array() );
	if ( $id > 0 ) {
		$ids                          = amelia_ids( $id );
		$shape['booking']             = booking_shape( $id );
		$shape['booking']['customer'] = null;
		if ( $ids['appointments'] ) {
			$shape['appointment'] = appointment_shape( $ids['appointments'][0] );
		}
	}
	do_action( 'AmeliaBookingAddedBeforeNotify', $shape, new \stdClass() );
	if ( 0 === $id ) {
		throw new GatewayFault( 'no booking 0' );
	}
	return $ids;
}

/** Any hook with any arguments that JSON can say. */
function fire( array $input ): array {
	do_action( (string) $input['action'], ...array_values( $input['args'] ?? array() ) );
	return array( 'bookings' => array() );
}

/** One hook, or with no `action` all of them, with arguments of a kind; `booking` makes them name a real one. */
function weird( array $input ): array {
	foreach ( isset( $input['action'] ) ? array( $input['action'] ) : hooks() as $hook ) {
		do_action( $hook, ...weird_arguments( (string) $input['kind'], (int) ( $input['booking'] ?? 0 ) ) );
	}
	return array( 'bookings' => array() );
}

function weird_arguments( string $kind, int $booking ): array {
	$circle            = array( 'booking' => array( 'id' => $booking ) );
	$circle['again']   = &$circle;
	$object            = new \stdClass();
	$object->booking   = (object) array( 'id' => $booking );
	$object->self      = $object;
	$kinds             = array(
		'none'      => array(),
		'null'      => array( null, null, null ),
		'string'    => array( "\xff\xfe' OR 1=1 --", 'approved' ),
		'number'    => array( PHP_INT_MAX, -1, NAN ),
		'object'    => array( $object, $object ),
		'closure'   => array( static function () { throw new \RuntimeException( 'never call me' ); } ),
		'resource'  => array( a_resource() ),
		'recursion' => array( $circle, $circle ),
		'ids'       => array( array( 'id' => array( 'nested' ), 'booking' => array( 'id' => '12abc' ), 'appointment' => array( 'id' => -5, 'bookings' => 'none' ), 'bookings' => array( null, 7, array( 'id' => 1.5 ) ) ) ),
		'deep'      => array( array_reduce( range( 1, 500 ), static function ( $inner ) { return array( 'booking' => $inner ); }, array() ) ),
		'huge'      => array( array( 'booking' => array( 'id' => $booking ), 'customFields' => str_repeat( 'x', 5 * 1024 * 1024 ), 'bookings' => array_fill( 0, 20000, array( 'id' => $booking ) ) ) ),
	);
	if ( ! isset( $kinds[ $kind ] ) ) {
		throw new \RuntimeException( "no kind $kind; known are " . implode( ', ', array_keys( $kinds ) ) );
	}
	return $kinds[ $kind ];
}

function a_resource() {
	return fopen( 'php://temp', 'r' );
}
