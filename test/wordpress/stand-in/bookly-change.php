<?php
/** What happens to Bookly's bookings after they were made, and writes that have nothing to do with them. */

namespace BookingStandIn;

function bookly_ids( array $input ): array {
	return array_map( 'intval', (array) ( $input['bookings'] ?? $input['booking'] ) );
}

/** Bookly saves the whole row, whatever changed. */
function bookly_save( int $id, array $changes ): void {
	$row = array_merge( row( 'bookly_customer_appointments', $id ), $changes, array( 'updated_at' => current_time( 'mysql' ) ) );
	unset( $row['id'] );
	update( 'bookly_customer_appointments', $row, $id );
}

function bookly_status( array $input ): array {
	foreach ( bookly_ids( $input ) as $id ) {
		bookly_save( $id, array( 'status' => $input['status'], 'status_changed_at' => current_time( 'mysql' ) ) );
	}
	return array( 'bookings' => bookly_ids( $input ) );
}

/** By the link in the mail: mails go first, then the row; with the option to delete, the row goes. */
function bookly_cancel( array $input ): array {
	wp_mail( 'pat.trainer@example.test', 'Booking cancellation', 'Cancelled.' );
	if ( get_option( 'bookly_appointment_cancel_action' ) === 'delete' ) {
		return bookly_delete( $input );
	}
	return bookly_status( array( 'status' => 'cancelled' ) + $input );
}

/** Each row by its own statement, or with `many` in one. */
function bookly_delete( array $input ): array {
	global $wpdb;
	$ids = bookly_ids( $input );
	foreach ( empty( $input['many'] ) ? $ids : array() as $id ) {
		run( "DELETE FROM `{$wpdb->prefix}bookly_customer_appointments` WHERE `id` = $id" );
	}
	if ( ! empty( $input['many'] ) ) {
		delete( 'bookly_customer_appointments', $ids );
	}
	return array( 'bookings' => $ids );
}

function bookly_payment( array $input ): array {
	$id     = (int) $input['payment'];
	$status = $input['status'] ?? 'completed';
	$row    = row( 'bookly_payments', $id );
	unset( $row['id'] );
	update( 'bookly_payments', array( 'status' => $status, 'paid' => 'completed' === $status ? $row['total'] : 0, 'ref_id' => $input['refId'] ?? $row['ref_id'], 'updated_at' => current_time( 'mysql' ) ) + $row, $id );
	return array( 'payments' => array( $id ), 'bookings' => array_map( 'intval', wp_list_pluck( rows( 'bookly_customer_appointments', "payment_id = $id" ), 'id' ) ) );
}

/** An online gateway's: the booking is written before anything is paid. */
function bookly_intent( array $input ): array {
	return bookly_book( $input + array( 'gateway' => 'stripe', 'paymentStatus' => 'pending' ) );
}

/** The payment failed: payment, rows and order go. */
function bookly_intent_failed( array $input ): array {
	$payment = (int) $input['payment'];
	$order   = (int) row( 'bookly_payments', $payment )['order_id'];
	$ids     = array_map( 'intval', wp_list_pluck( rows( 'bookly_customer_appointments', "payment_id = $payment" ), 'id' ) );
	delete( 'bookly_payments', array( $payment ) );
	if ( $ids ) {
		delete( 'bookly_customer_appointments', $ids );
	}
	delete( 'bookly_orders', array( $order ) );
	return array( 'bookings' => $ids, 'order' => $order );
}

/** The admin moves the appointment: another table is written. */
function bookly_reschedule( array $input ): array {
	$id          = (int) $input['booking'];
	$appointment = (int) row( 'bookly_customer_appointments', $id )['appointment_id'];
	update( 'bookly_appointments', array( 'start_date' => gmdate( 'Y-m-d 16:00:00', time() + 20 * DAY_IN_SECONDS ), 'updated_at' => current_time( 'mysql' ) ), $appointment );
	return array( 'bookings' => array( $id ), 'appointments' => array( $appointment ) );
}

/** Reads of Bookly's tables, and writes to others; also to ones whose names look alike. */
function bookly_unrelated( array $input ): array {
	global $wpdb;
	rows( 'bookly_customer_appointments', 'id > 0' );
	run( "INSERT INTO `{$wpdb->prefix}bookly_orders` SET `token` = 'unrelated'" );
	set_transient( 'stand_in', "UPDATE {$wpdb->prefix}bookly_customer_appointments SET status = 'done'", 60 );
	update_option( 'stand_in', microtime() );
	return array( 'bookings' => array() );
}

/** Statements as other writers put them: no backticks, a comment first, lower case, a join, a replace, a prefix of another schema. */
function bookly_statement( array $input ): array {
	run( str_replace( '{prefix}', $GLOBALS['wpdb']->prefix, (string) $input['sql'] ) );
	return array( 'bookings' => bookly_ids( $input + array( 'bookings' => array() ) ) );
}
