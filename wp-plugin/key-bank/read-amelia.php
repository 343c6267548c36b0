<?php
/**
 * Amelia's bookings and packages as the server is told of them: docs/payloads.md. SECURITY: no token is ever selected, for
 * whoever has it can cancel the booking.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/read-parts.php';
require_once __DIR__ . '/amelia-purchases.php';

const AMELIA_BOOKING_TABLES  = array(
	'b'  => 'amelia_customer_bookings b',
	'c'  => 'amelia_coupons c ON c.id = b.couponId',
	'u'  => 'amelia_users u ON u.id = b.customerId',
	'a'  => 'amelia_appointments a ON a.id = b.appointmentId',
	's'  => 'amelia_services s ON s.id = a.serviceId',
	'x'  => 'amelia_customer_bookings_to_events_periods x ON x.customerBookingId = b.id',
	'ep' => 'amelia_events_periods ep ON ep.id = x.eventPeriodId',
	'e'  => 'amelia_events e ON e.id = ep.eventId',
	't'  => 'amelia_customer_bookings_to_events_tickets t ON t.customerBookingId = b.id AND t.id >= {amelia_customer_bookings_to_events_tickets.customerBookingId}',
	'p'  => 'amelia_payments p ON p.customerBookingId = b.id AND p.id >= {amelia_payments.customerBookingId}',
	'k'  => 'amelia_packages_customers_to_services k ON k.id = b.packageCustomerServiceId',
);
const AMELIA_PACKAGE_TABLES  = array(
	'b' => 'amelia_packages_to_customers b',
	'k' => 'amelia_packages k ON k.id = b.packageId',
	'c' => 'amelia_coupons c ON c.id = b.couponId',
	'u' => 'amelia_users u ON u.id = b.customerId',
	'p' => 'amelia_payments p ON p.packageCustomerId = b.id AND p.id >= {amelia_payments.packageCustomerId}',
);
const AMELIA_SALE_COLUMNS    = array(
	'id'              => 'b.id',
	'status'          => 'b.status',
	'customerId'      => 'b.customerId',
	'price'           => 'b.price',
	'couponId'        => 'b.couponId',
	'couponCode'      => 'c.code',
	'personId'        => 'u.id',
	'email'           => 'u.email',
	'firstName'       => 'u.firstName',
	'lastName'        => 'u.lastName',
	'phone'           => 'u.phone',
	'paymentId'       => 'p.id',
	'parentId'        => 'p.parentId',
	'gateway'         => 'p.gateway',
	'paymentStatus'   => 'p.status',
	'transactionId'   => 'p.transactionId',
	'wcOrderId'       => 'p.wcOrderId',
);
const AMELIA_BOOKING_COLUMNS = AMELIA_SALE_COLUMNS + array(
	'appointmentId'     => 'b.appointmentId',
	'persons'           => 'b.persons',
	'created'           => 'b.created',
	'customFields'      => 'b.customFields',
	'info'              => 'b.info',
	'serviceId'         => 'a.serviceId',
	'serviceName'       => 's.name',
	'appointmentStatus' => 'a.status',
	'eventId'           => 'e.id',
	'eventName'         => 'e.name',
	'eventStatus'       => 'e.status',
	'ticketRow'         => 't.id',
	'eventTicketId'     => 't.eventTicketId',
	'ticketPersons'     => 't.persons',
	'packageCustomerId' => 'k.packageCustomerId',
);
const AMELIA_PACKAGE_COLUMNS = AMELIA_SALE_COLUMNS + array(
	'packageId'   => 'b.packageId',
	'packageName' => 'k.name',
);
/** @return array[] Those that exist, each { kind, id, ids, status, parent, group, booking: the snapshot }. */
function read_amelia( array $booking_ids, array $package_ids ): array {
	$bookings = fold_rows( joined_rows( AMELIA_BOOKING_TABLES, AMELIA_BOOKING_COLUMNS, $booking_ids ) );
	$bought   = amelia_purchases( $bookings );
	$subjects = array();
	foreach ( $bookings as $id => $row ) {
		$subjects[] = amelia_subject( 'booking', $row, amelia_booking( $row, $bought[ $id ] ?? null ) );
	}
	foreach ( fold_rows( joined_rows( AMELIA_PACKAGE_TABLES, AMELIA_PACKAGE_COLUMNS, $package_ids ) ) as $row ) {
		$subjects[] = amelia_subject( 'package', $row, amelia_package( $row ) );
	}
	return $subjects;
}

/** The baseline of tables.php calls a missing status `none` too. */
function amelia_subject( string $kind, array $row, array $snapshot ): array {
	$id     = (int) $row['id'];
	$parent = number_or_null( $row['appointmentId'] ?? null );
	return array( 'kind' => $kind, 'id' => $id, 'ids' => array( $id ), 'status' => $row['status'] ?? 'none', 'parent' => $parent, 'group' => null, 'booking' => $snapshot );
}

/** One row a booking: its payments, tickets and periods came multiplied with each other. Oldest first. */
function fold_rows( array $rows ): array {
	$folded = array();
	foreach ( $rows as $row ) {
		$one = $folded[ $row['id'] ] ?? $row + array( 'payments' => array(), 'tickets' => array() );
		if ( $row['paymentId'] !== null ) {
			$one['payments'][ $row['paymentId'] ] ??= amelia_payment( $row );
		}
		if ( ( $row['ticketRow'] ?? null ) !== null ) {
			$one['tickets'][ $row['ticketRow'] ] = array( 'eventTicketId' => (int) $row['eventTicketId'], 'persons' => (int) $row['ticketPersons'] );
		}
		$folded[ $row['id'] ] = $one;
	}
	foreach ( $folded as &$one ) {
		ksort( $one['payments'] );
		ksort( $one['tickets'] );
	}
	ksort( $folded );
	return $folded;
}

function amelia_booking( array $row, ?array $purchase ): array {
	return array(
		'id'                => (int) $row['id'],
		'appointmentId'     => number_or_null( $row['appointmentId'] ),
		'customerId'        => number_or_null( $row['customerId'] ),
		'status'            => $row['status'],
		'persons'           => number_or_null( $row['persons'] ),
		'price'             => $row['price'] === null ? null : (float) $row['price'],
		'created'           => $row['created'],
		'couponId'          => number_or_null( $row['couponId'] ),
		'couponCode'        => $row['couponCode'],
		'customFields'      => $row['customFields'],
		'info'              => amelia_info( (string) $row['info'] ),
		'customer'          => amelia_customer( $row ),
		'item'              => amelia_item( $row ),
		'tickets'           => array_values( $row['tickets'] ),
		'payments'          => array_values( $row['payments'] ),
		'packageCustomerId' => number_or_null( $row['packageCustomerId'] ),
		'purchase'          => $purchase,
	);
}

/** Rows older than Amelia's column for a status have none, and are sold. */
function amelia_package( array $row ): array {
	return array(
		'packageCustomerId' => (int) $row['id'],
		'customerId'        => number_or_null( $row['customerId'] ),
		'status'            => $row['status'] ?? 'purchased',
		'price'             => $row['price'] === null ? null : (float) $row['price'],
		'couponId'          => number_or_null( $row['couponId'] ),
		'couponCode'        => $row['couponCode'],
		'customer'          => amelia_customer( $row ),
		'item'              => array( 'type' => 'package', 'packageId' => number_or_null( $row['packageId'] ), 'name' => $row['packageName'] ),
		'payments'          => array_values( $row['payments'] ),
	);
}

function amelia_customer( array $row ): ?array {
	return $row['personId'] === null ? null : array( 'id' => (int) $row['personId'] ) + array_intersect_key( $row, array_flip( array( 'email', 'firstName', 'lastName', 'phone' ) ) );
}

function amelia_item( array $row ): ?array {
	if ( $row['serviceId'] !== null ) {
		return array( 'type' => 'appointment', 'serviceId' => (int) $row['serviceId'], 'name' => $row['serviceName'], 'status' => $row['appointmentStatus'] );
	}
	return $row['eventId'] === null ? null : array( 'type' => 'event', 'eventId' => (int) $row['eventId'], 'name' => $row['eventName'], 'status' => $row['eventStatus'] );
}

/** What was typed into the form: no more of it than the server reads. */
function amelia_info( string $json ): ?string {
	$info = json_decode( $json, true, 8, JSON_INVALID_UTF8_SUBSTITUTE );
	$kept = array();
	foreach ( array( 'firstName', 'lastName', 'locale' ) as $key ) {
		$kept[ $key ] = is_array( $info ) && is_string( $info[ $key ] ?? null ) ? $info[ $key ] : null;
	}
	return array_filter( $kept ) ? json_encode( $kept, JSON ) : null;
}

function amelia_payment( array $row ): array {
	return array(
		'id'            => (int) $row['paymentId'],
		'parentId'      => number_or_null( $row['parentId'] ),
		'gateway'       => $row['gateway'],
		'status'        => $row['paymentStatus'],
		'transactionId' => (string) $row['transactionId'] === '' && $row['gateway'] === 'wc' ? woocommerce_transaction( (int) $row['wcOrderId'] ) : $row['transactionId'],
	);
}

/** WooCommerce charged, not Amelia: a paid order is the proof. */
function woocommerce_transaction( int $order_id ): ?string {
	$order = $order_id > 0 && function_exists( 'wc_get_order' ) ? wc_get_order( $order_id ) : null;
	if ( ! is_object( $order ) || ! method_exists( $order, 'is_paid' ) || ! $order->is_paid() ) {
		return null;
	}
	return (string) $order->get_transaction_id() ?: "wc-order-$order_id"; // phpcs:ignore Universal.Operators.DisallowShortTernary
}

/** @param mixed $value */
function number_or_null( $value ): ?int {
	return $value === null ? null : (int) $value;
}
