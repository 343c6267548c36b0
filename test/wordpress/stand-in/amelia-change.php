<?php
/** What happens to Amelia's bookings after they were made. */

namespace BookingStandIn;

function amelia_ids( int $booking ): array {
	$appointment = row( 'amelia_customer_bookings', $booking )['appointmentId'];
	return array( 'bookings' => array( $booking ), 'appointments' => null === $appointment ? array() : array( (int) $appointment ) );
}

function booking_event( int $booking ): int {
	global $wpdb;
	$p = $wpdb->prefix;
	return (int) $wpdb->get_var( "SELECT e.eventId FROM {$p}amelia_customer_bookings_to_events_periods x JOIN {$p}amelia_events_periods e ON e.id = x.eventPeriodId WHERE x.customerBookingId = $booking LIMIT 1" ); // phpcs:ignore
}

/** The whole appointment, and with it each of its bookings. */
function amelia_appointment_status( array $input ): array {
	$id = (int) $input['appointment'];
	update( 'amelia_appointments', array( 'status' => $input['status'] ), $id );
	$bookings = array();
	foreach ( rows( 'amelia_customer_bookings', "appointmentId = $id" ) as $row ) {
		$bookings[] = (int) $row['id'];
		update( 'amelia_customer_bookings', array( 'status' => $input['status'] ), (int) $row['id'] );
	}
	do_action( 'amelia_after_appointment_status_updated', appointment_shape( $id ), $input['status'] );
	return array( 'appointments' => array( $id ), 'bookings' => $bookings );
}

function amelia_booking_status( array $input ): array {
	$id     = (int) $input['booking'];
	$status = $input['status'];
	do_action( "amelia_before_booking_$status", booking_shape( $id ) );
	$ids = amelia_ids( $id );
	update( 'amelia_customer_bookings', array( 'status' => $status ), $id );
	if ( $ids['appointments'] && count( rows( 'amelia_customer_bookings', 'appointmentId = ' . $ids['appointments'][0] ) ) === 1 ) {
		update( 'amelia_appointments', array( 'status' => $status ), $ids['appointments'][0] );
	}
	$what = $ids['appointments'] ? array( 'appointment' => appointment_shape( $ids['appointments'][0] ) ) : array( 'event' => event_shape( booking_event( $id ) ) );
	do_action( "amelia_after_booking_$status", $what + array( 'appointmentStatusChanged' => true, 'oldAppointmentStatus' => 'approved', 'booking' => booking_shape( $id ) ) );
	return $ids;
}

/** In the customer's panel. */
function amelia_cancel_panel( array $input ): array {
	return amelia_booking_status( array( 'status' => 'canceled' ) + $input );
}

/** By the link in the mail: only the hook before it fires, with the old status; `redirect` is Amelia's cancelSuccessUrl. */
function amelia_cancel_link( array $input ): array {
	$id = (int) $input['booking'];
	do_action( 'amelia_before_booking_canceled', booking_shape( $id ) );
	update( 'amelia_customer_bookings', array( 'status' => 'canceled' ), $id );
	$ids = amelia_ids( $id );
	if ( $ids['appointments'] ) {
		update( 'amelia_appointments', array( 'status' => 'canceled' ), $ids['appointments'][0] );
	}
	if ( ! empty( $input['redirect'] ) ) {
		do_action( 'amelia_after_booking_canceled', booking_shape( $id ) );
	}
	return $ids;
}

/** By the links in the mail to the staff. */
function amelia_status_link( array $input ): array {
	$id = (int) $input['booking'];
	update( 'amelia_customer_bookings', array( 'status' => $input['status'] ), $id );
	do_action( "amelia_after_booking_{$input['status']}_link", booking_shape( $id ) );
	return amelia_ids( $id );
}

/** With 1, 2 or 3 arguments, as its three callers do; bookingStart in the first is the old one where there are more. */
function amelia_reschedule( array $input ): array {
	$id    = (int) $input['appointment'];
	$old   = appointment_shape( $id );
	$start = $input['start'] ?? gmdate( 'Y-m-d 09:00:00', time() + 400 * DAY_IN_SECONDS );
	update( 'amelia_appointments', array( 'bookingStart' => $start, 'bookingEnd' => gmdate( NOW, strtotime( "$start UTC" ) + 3600 ) ), $id );
	$count = (int) ( $input['args'] ?? 3 );
	if ( 1 === $count ) {
		do_action( 'amelia_after_booking_rescheduled', appointment_shape( $id ) );
	} elseif ( 2 === $count ) {
		do_action( 'amelia_after_booking_rescheduled', $old, $old['bookings'][0] ?? null );
	} else {
		do_action( 'amelia_after_booking_rescheduled', $old, null, $start );
	}
	return array( 'appointments' => array( $id ), 'bookings' => wp_list_pluck( $old['bookings'], 'id' ) );
}

/** The admin edits an appointment; `remove` are bookings that go, `status` and `persons` are set for those that stay. */
function amelia_appointment_updated( array $input ): array {
	$id      = (int) $input['appointment'];
	$old     = appointment_shape( $id );
	$remove  = array_map( 'intval', $input['remove'] ?? array() );
	$removed = array_values( array_filter( $old['bookings'], static function ( array $booking ) use ( $remove ): bool { return in_array( $booking['id'], $remove, true ); } ) );
	if ( $remove ) {
		delete( 'amelia_customer_bookings', $remove );
	}
	$set = array_intersect_key( $input, array_flip( array( 'status', 'persons' ) ) );
	foreach ( $set ? rows( 'amelia_customer_bookings', "appointmentId = $id" ) : array() as $row ) {
		update( 'amelia_customer_bookings', $set, (int) $row['id'] );
	}
	$now = appointment_shape( $id );
	do_action( 'amelia_after_appointment_updated', $now, $old, $removed, service_shape( (int) $now['serviceId'] ), null );
	return array( 'appointments' => array( $id ), 'bookings' => wp_list_pluck( $now['bookings'], 'id' ) );
}

function amelia_appointment_deleted( array $input ): array {
	$shape = appointment_shape( (int) $input['appointment'] );
	$ids   = wp_list_pluck( $shape['bookings'], 'id' );
	foreach ( array_keys( $shape['bookings'] ) as $index ) {
		$shape['bookings'][ $index ]['status'] = 'rejected';
	}
	if ( $ids ) {
		$within = implode( ', ', $ids );
		delete( 'amelia_payments', wp_list_pluck( rows( 'amelia_payments', "customerBookingId IN ($within)" ), 'id' ) );
		delete( 'amelia_customer_bookings', $ids );
	}
	delete( 'amelia_appointments', array( $shape['id'] ) );
	do_action( 'amelia_after_appointment_deleted', $shape );
	return array( 'appointments' => array( $shape['id'] ), 'bookings' => $ids );
}

function amelia_event_booking_updated( array $input ): array {
	$id = (int) $input['booking'];
	update( 'amelia_customer_bookings', array_intersect_key( $input, array_flip( array( 'status', 'persons' ) ) ), $id );
	do_action( 'amelia_after_event_booking_updated', booking_shape( $id ), array( 'id' => $id ) + $input );
	return array( 'bookings' => array( $id ), 'event' => booking_event( $id ) );
}

function amelia_event_booking_deleted( array $input ): array {
	$id    = (int) $input['booking'];
	$event = booking_event( $id );
	$shape = booking_shape( $id );
	foreach ( array( 'amelia_customer_bookings_to_events_periods', 'amelia_customer_bookings_to_events_tickets', 'amelia_payments' ) as $table ) {
		$ids = wp_list_pluck( rows( $table, "customerBookingId = $id" ), 'id' );
		if ( $ids ) {
			delete( $table, $ids );
		}
	}
	delete( 'amelia_customer_bookings', array( $id ) );
	do_action( 'amelia_after_event_booking_deleted', $shape, event_shape( $event ) );
	return array( 'bookings' => array( $id ), 'event' => $event );
}

/** The event is called off (`rejected`) or held after all; its bookings keep their status. */
function amelia_event_status( array $input ): array {
	$id = (int) $input['event'];
	update( 'amelia_events', array( 'status' => $input['status'] ), $id );
	do_action( 'amelia_after_event_status_updated', event_shape( $id ), $input['status'], false );
	return array( 'event' => $id );
}

/** `how` is added, updated or deleted. */
function amelia_payment( array $input ): array {
	$how = $input['how'] ?? 'updated';
	if ( 'added' === $how ) {
		$id = amelia_payment_row( typed( $input ), (int) $input['booking'], 'appointment' );
	} else {
		$id = (int) $input['payment'];
	}
	if ( 'updated' === $how ) {
		update( 'amelia_payments', array_intersect_key( $input, array_flip( array( 'status', 'amount', 'transactionId', 'gateway' ) ) ), $id );
	}
	$shape = payment_shape( row( 'amelia_payments', $id ) );
	if ( 'deleted' === $how ) {
		delete( 'amelia_payments', array( $id ) );
	}
	do_action( "amelia_after_payment_$how", $shape );
	return array( 'payments' => array( $id ), 'bookings' => array( (int) $shape['customerBookingId'] ) );
}

/** Amelia's own cron, over bookings whose notifications never ran. */
function amelia_uncompleted( array $input ): array {
	$bookings = array_map( __NAMESPACE__ . '\\booking_shape', $input['bookings'] ?? array() );
	do_action( 'amelia_before_run_uncompleted_actions', array(), $bookings );
	do_action( 'amelia_after_run_uncompleted_actions', array(), $bookings );
	return array( 'bookings' => wp_list_pluck( $bookings, 'id' ) );
}

/** Rows are written and no hook fires at all: a redirecting gateway, another plugin, a hand in the database. */
function amelia_silent( array $input ): array {
	update( 'amelia_customer_bookings', array( 'status' => $input['status'] ), (int) $input['booking'] );
	return amelia_ids( (int) $input['booking'] );
}
