<?php
/** Bookings through Amelia's public form and by its admin. */

namespace BookingStandIn;

/** A gateway's library threw; what was written stays. */
class GatewayFault extends \RuntimeException {
	public $ids = array();
}

/** What a visitor typed, with something for everything that the scenario leaves out. */
function typed( array $input ): array {
	static $visitors = 0;
	++$visitors;
	return $input + array(
		'email'        => 'ada' . $visitors . '.' . bin2hex( random_bytes( 3 ) ) . '@example.test',
		'firstName'    => 'Ada',
		'lastName'     => 'Lovelace',
		'phone'        => null,
		'service'      => 1,
		'event'        => 1,
		'persons'      => 1,
		'status'       => 'approved',
		'couponCode'   => '',
		'couponId'     => null,
		'gateway'      => 'onSite',
		'transactionId' => null,
		'wcOrderId'    => null,
		'price'        => 40,
		'customFields' => array( '1' => array( 'label' => 'Licence name', 'value' => 'Ada Labs', 'type' => 'text' ) ),
		'tickets'      => array(),
		'start'        => gmdate( 'Y-m-d 10:00:00', time() + wp_rand( 2, 300 ) * DAY_IN_SECONDS ),
	);
}

/** Amelia knows a customer again by e-mail or phone. */
function amelia_customer( array $typed ): int {
	global $wpdb;
	$phone = (string) $typed['phone'];
	$found = $wpdb->get_var( $wpdb->prepare( "SELECT id FROM {$wpdb->prefix}amelia_users WHERE type = 'customer' AND (email = %s OR (phone = %s AND %s <> '')) ORDER BY id LIMIT 1", $typed['email'], $phone, $phone ) ); // phpcs:ignore
	$row   = array( 'type' => 'customer', 'translations' => '{"defaultLanguage":"en_US"}', 'countryPhoneIso' => 'gb' );
	return (int) $found ?: insert( 'amelia_users', $row + array_intersect_key( $typed, array_flip( array( 'email', 'firstName', 'lastName', 'phone' ) ) ) );
}

/** The request as `amelia_before_booking_added` hands it over. */
function amelia_request( array $typed, string $kind ): array {
	$request                            = recorded( "{$kind}_booked_onsite.amelia_before_booking_added" )[0];
	$request['bookings'][0]['customer'] = array_merge( $request['bookings'][0]['customer'], array_intersect_key( $typed, array_flip( array( 'email', 'firstName', 'lastName', 'phone' ) ) ) );
	$request['bookings'][0]['persons']  = $typed['persons'];
	$request['bookings'][0]['customFields'] = $typed['customFields'];
	$request['couponCode']              = $typed['couponCode'];
	$request['payment']['gateway']      = $typed['gateway'];
	return $request;
}

function amelia_booking_row( array $typed, int $customer, ?int $appointment, ?int $sale = null ): int {
	return insert(
		'amelia_customer_bookings',
		array(
			'appointmentId' => $appointment,
			'customerId'    => $customer,
			'status'        => $typed['status'],
			'price'         => $typed['price'],
			'persons'       => $typed['persons'],
			'couponId'      => $typed['couponId'],
			'token'         => substr( bin2hex( random_bytes( 5 ) ), 0, 10 ),
			'customFields'  => $typed['customFields'],
			'info'          => array( 'firstName' => $typed['firstName'], 'lastName' => $typed['lastName'], 'phone' => $typed['phone'], 'locale' => 'en_US', 'timeZone' => 'Europe/London', 'urlParams' => null ),
			'created'       => gmdate( NOW ),
			'actionsCompleted' => 0,
			'packageCustomerServiceId' => $sale,
		)
	);
}

function amelia_appointment_row( array $typed, ?int $parent = null, int $day = 0 ): int {
	$start = strtotime( $typed['start'] . ' UTC' ) + $day * DAY_IN_SECONDS;
	$row   = array( 'status' => $typed['status'], 'bookingStart' => gmdate( NOW, $start ), 'bookingEnd' => gmdate( NOW, $start + 3600 ), 'serviceId' => $typed['service'], 'parentId' => $parent );
	return insert( 'amelia_appointments', $row );
}

function amelia_payment_row( array $typed, ?int $booking, string $entity, ?int $parent = null, ?int $sale = null ): int {
	$paid = $typed['gateway'] !== 'onSite';
	$row  = array( 'customerBookingId' => $booking, 'packageCustomerId' => $sale, 'parentId' => $parent, 'amount' => $paid ? $typed['price'] : 0, 'dateTime' => $typed['start'],
		'status' => $typed['paymentStatus'] ?? ( $paid ? 'paid' : 'pending' ), 'gateway' => $typed['gateway'], 'gatewayTitle' => '', 'data' => '', 'entity' => $entity, 'created' => gmdate( NOW ),
		'wcOrderId' => $typed['wcOrderId'], 'transactionId' => $typed['transactionId'], 'invoiceNumber' => 1 ); // phpcs:ignore WordPress.Arrays
	return insert( 'amelia_payments', $row );
}

/** The gateway, between `_saved` and the settled hook. `fails` is 'tidy' (Amelia removes the rows) or 'thrown' (it cannot). */
function amelia_pay( array $typed, array $payments, array $ids ): void {
	do_action( 'amelia_before_payment_processed', array( 'gateway' => $typed['gateway'] ), array() );
	$fails = $typed['fails'] ?? '';
	if ( 'tidy' === $fails ) {
		delete( 'amelia_payments', $payments );
		delete( 'amelia_customer_bookings', $ids['bookings'] );
		if ( ! empty( $ids['appointments'] ) ) {
			delete( 'amelia_appointments', $ids['appointments'] );
		}
	}
	if ( $fails ) {
		$fault      = new GatewayFault( 'the gateway is broken' );
		$fault->ids = $ids;
		throw $fault;
	}
}

function amelia_appointment( array $input ): array {
	return amelia_recurring( $input + array( 'count' => 1 ) );
}

/** One appointment, or several at once: the second and later payments name the first as their parent. */
function amelia_recurring( array $input ): array {
	$typed = typed( $input + array( 'count' => 2 ) );
	do_action( 'amelia_before_booking_added', amelia_request( $typed, 'appointment' ) );
	$customer = amelia_customer( $typed );
	$ids      = array( 'customer' => $customer, 'bookings' => array(), 'appointments' => array(), 'payments' => array() );
	for ( $index = 0; $index < $typed['count']; $index++ ) {
		do_action( 'amelia_before_appointment_booking_saved', array(), array() );
		$appointment           = ! empty( $typed['appointment'] ) ? (int) $typed['appointment'] : amelia_appointment_row( $typed, $ids['appointments'][0] ?? null, $index );
		$booking               = amelia_booking_row( $typed, $customer, $appointment );
		$payment               = amelia_payment_row( $typed, $booking, 'appointment', $ids['payments'][0] ?? null );
		$ids['bookings'][]     = $booking;
		$ids['appointments'][] = $appointment;
		$ids['payments'][]     = $payment;
		do_action( 'amelia_before_payment', payment_shape( row( 'amelia_payments', $payment ) ), $typed['price'] );
		do_action( 'amelia_after_appointment_booking_saved', booking_shape( $booking ), service_shape( (int) $typed['service'] ), appointment_shape( $appointment ) );
	}
	amelia_pay( $typed, $ids['payments'], $ids );
	do_action( 'amelia_after_booking_added', reservation_shape( $ids['bookings'], $typed ) );
	return $ids;
}

function amelia_event( array $input ): array {
	$typed = typed( $input );
	do_action( 'amelia_before_booking_added', amelia_request( $typed, 'event' ) );
	$customer = amelia_customer( $typed );
	do_action( 'amelia_before_event_booking_saved', array(), array() );
	$booking = amelia_booking_row( $typed, $customer, null );
	foreach ( rows( 'amelia_events_periods', 'eventId = ' . (int) $typed['event'] ) as $period ) {
		insert( 'amelia_customer_bookings_to_events_periods', array( 'customerBookingId' => $booking, 'eventPeriodId' => (int) $period['id'] ) );
	}
	foreach ( $typed['tickets'] as $ticket ) {
		insert( 'amelia_customer_bookings_to_events_tickets', array( 'customerBookingId' => $booking, 'eventTicketId' => (int) $ticket['eventTicketId'], 'persons' => (int) $ticket['persons'], 'price' => 25 ) );
	}
	$ids = array( 'customer' => $customer, 'bookings' => array( $booking ), 'event' => (int) $typed['event'], 'payments' => array( amelia_payment_row( $typed, $booking, 'event' ) ) );
	do_action( 'amelia_after_event_booking_saved', booking_shape( $booking ), event_shape( (int) $typed['event'] ) );
	amelia_pay( $typed, $ids['payments'], $ids );
	do_action( 'amelia_after_booking_added', reservation_shape( array( $booking ), $typed, (int) $typed['event'] ) );
	return $ids;
}

/** By Amelia's admin: `amelia_after_booking_added` does not fire. */
function amelia_admin_appointment( array $input ): array {
	$typed       = typed( $input );
	$customer    = amelia_customer( $typed );
	$appointment = amelia_appointment_row( $typed );
	$booking     = amelia_booking_row( $typed, $customer, $appointment );
	$payment     = amelia_payment_row( $typed, $booking, 'appointment' );
	$shape       = appointment_shape( $appointment );
	do_action( 'amelia_after_appointment_added', $shape, service_shape( (int) $typed['service'] ), array( 'gateway' => 'onSite' ) );
	do_action( 'AmeliaAppointmentAddedBeforeNotify', array( 'appointment' => $shape, 'recurring' => array() ), new \stdClass() );
	return array( 'customer' => $customer, 'bookings' => array( $booking ), 'appointments' => array( $appointment ), 'payments' => array( $payment ) );
}

/** The slot was taken meanwhile: the first hook fired, and nothing else happened. */
function amelia_slot_taken( array $input ): array {
	do_action( 'amelia_before_booking_added', amelia_request( typed( $input ), 'appointment' ) );
	return array( 'bookings' => array() );
}
