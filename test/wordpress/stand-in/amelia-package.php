<?php
/** Amelia's packages, of its paid version: bought without dates, or with some. */

namespace BookingStandIn;

function amelia_package( array $input ): array {
	$typed = typed( $input + array( 'package' => 1, 'dates' => 0, 'price' => 100 ) );
	do_action( 'amelia_before_booking_added', array( 'type' => 'package', 'packageId' => $typed['package'], 'package' => array() ) + amelia_request( $typed, 'appointment' ) );
	$customer = amelia_customer( $typed );
	$sale     = insert(
		'amelia_packages_to_customers',
		array( 'packageId' => $typed['package'], 'customerId' => $customer, 'price' => $typed['price'], 'purchased' => gmdate( NOW ), 'status' => $typed['status'], 'couponId' => $typed['couponId'], 'bookingsCount' => 5, 'token' => bin2hex( random_bytes( 5 ) ) )
	);
	$part     = insert( 'amelia_packages_customers_to_services', array( 'packageCustomerId' => $sale, 'serviceId' => $typed['service'], 'bookingsCount' => 5 ) );
	$payment  = amelia_payment_row( $typed, null, 'package', null, $sale );
	$ids      = array( 'customer' => $customer, 'packageCustomer' => $sale, 'payments' => array( $payment ), 'bookings' => array(), 'appointments' => array() );
	for ( $index = 0; $index < $typed['dates']; $index++ ) {
		$appointment           = amelia_appointment_row( $typed, null, $index );
		$ids['appointments'][] = $appointment;
		// The coupon is the package's.
		$ids['bookings'][] = amelia_booking_row( array( 'couponId' => null ) + $typed, $customer, $appointment, $part );
	}
	amelia_pay( $typed, $ids['payments'], $ids );
	$shape                      = $ids['bookings'] ? reservation_shape( $ids['bookings'], $typed ) : recorded( 'appointment_booked_onsite.amelia_after_booking_added' )[0];
	$shape['type']              = 'package';
	$shape['packageId']         = $typed['package'];
	$shape['packageCustomerId'] = $sale;
	$shape['payment']           = payment_shape( row( 'amelia_payments', $payment ) );
	$shape['paymentId']         = $payment;
	if ( ! $ids['bookings'] ) {
		$shape = array( 'bookingId' => 0, 'appointment' => null, 'booking' => null, 'utcTime' => array() ) + $shape;
		$shape['customer'] = customer_shape( $customer ) + array( 'locale' => 'en_US' );
		$shape['customer']['email'] = $typed['email'];
		$shape['bookable'] = array( 'id' => $typed['package'], 'name' => row( 'amelia_packages', (int) $typed['package'] )['name'] );
	} else {
		$shape['isPackageAppointment'] = true;
	}
	do_action( 'amelia_after_booking_added', $shape );
	return $ids;
}

/** One appointment out of a package that was bought before. */
function amelia_package_date( array $input ): array {
	$typed       = typed( $input );
	$sale        = (int) $input['packageCustomer'];
	$part        = (int) rows( 'amelia_packages_customers_to_services', "packageCustomerId = $sale" )[0]['id'];
	$customer    = (int) row( 'amelia_packages_to_customers', $sale )['customerId'];
	$appointment = amelia_appointment_row( $typed );
	$booking     = amelia_booking_row( $typed, $customer, $appointment, $part );
	do_action( 'amelia_after_appointment_booking_saved', booking_shape( $booking ), service_shape( (int) $typed['service'] ), appointment_shape( $appointment ) );
	do_action( 'amelia_after_booking_added', array( 'isPackageAppointment' => true, 'packageCustomerId' => $sale ) + reservation_shape( array( $booking ), array() ) );
	return array( 'customer' => $customer, 'packageCustomer' => $sale, 'bookings' => array( $booking ), 'appointments' => array( $appointment ) );
}

/** The admin takes the whole sale back; no hook is known to fire. */
function amelia_package_status( array $input ): array {
	update( 'amelia_packages_to_customers', array( 'status' => $input['status'] ), (int) $input['packageCustomer'] );
	return array( 'packageCustomer' => (int) $input['packageCustomer'] );
}

function amelia_package_booking_deleted( array $input ): array {
	$booking     = booking_shape( (int) $input['booking'] );
	$appointment = appointment_shape( (int) $booking['appointmentId'] );
	delete( 'amelia_customer_bookings', array( $booking['id'] ) );
	delete( 'amelia_appointments', array( $appointment['id'] ) );
	do_action( 'amelia_after_package_booking_deleted', $appointment, $booking );
	return array( 'bookings' => array( $booking['id'] ), 'appointments' => array( $appointment['id'] ) );
}
