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

/** What a booking or package has one of; what it may have several of is read apart, so that they do not multiply. */
const AMELIA_BOOKING_TABLES  = array(
	'b' => 'amelia_customer_bookings b',
	'c' => 'amelia_coupons c ON c.id = b.couponId',
	'u' => 'amelia_users u ON u.id = b.customerId',
	'a' => 'amelia_appointments a ON a.id = b.appointmentId',
	's' => 'amelia_services s ON s.id = a.serviceId',
	'k' => 'amelia_packages_customers_to_services k ON k.id = b.packageCustomerServiceId',
);
const AMELIA_PACKAGE_TABLES  = array(
	'b' => 'amelia_packages_to_customers b',
	'k' => 'amelia_packages k ON k.id = b.packageId',
	'c' => 'amelia_coupons c ON c.id = b.couponId',
	'u' => 'amelia_users u ON u.id = b.customerId',
);
const AMELIA_PAYMENT_TABLES  = array( 'p' => 'amelia_payments p' );
const AMELIA_TICKET_TABLES   = array( 't' => 'amelia_customer_bookings_to_events_tickets t' );
const AMELIA_EVENT_TABLES    = array(
	'x'  => 'amelia_customer_bookings_to_events_periods x',
	'ep' => 'amelia_events_periods ep ON ep.id = x.eventPeriodId',
	'e'  => 'amelia_events e ON e.id = ep.eventId',
);
const AMELIA_SALE_COLUMNS    = array(
	'id'         => 'b.id',
	'status'     => 'b.status',
	'customerId' => 'b.customerId',
	'price'      => 'b.price',
	'couponId'   => 'b.couponId',
	'couponCode' => 'c.code',
	'personId'   => 'u.id',
	'email'      => 'u.email',
	'firstName'  => 'u.firstName',
	'lastName'   => 'u.lastName',
	'phone'      => 'u.phone',
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
	'packageCustomerId' => 'k.packageCustomerId',
);
const AMELIA_PACKAGE_COLUMNS = AMELIA_SALE_COLUMNS + array(
	'packageId'   => 'b.packageId',
	'packageName' => 'k.name',
);
const AMELIA_PAYMENT_COLUMNS = array(
	'id'            => 'p.id',
	'parentId'      => 'p.parentId',
	'gateway'       => 'p.gateway',
	'status'        => 'p.status',
	'transactionId' => 'p.transactionId',
	'wcOrderId'     => 'p.wcOrderId',
);
const AMELIA_TICKET_COLUMNS  = array(
	'id'            => 't.id',
	'eventTicketId' => 't.eventTicketId',
	'persons'       => 't.persons',
);
const AMELIA_EVENT_COLUMNS   = array(
	'id'     => 'e.id',
	'name'   => 'e.name',
	'status' => 'e.status',
);

/** @return array[] Those that exist, each { kind, id, ids, status, parent, group, booking: the snapshot }. */
function read_amelia( array $booking_ids, array $package_ids ): array {
	$bookings = with_payments( joined_rows( AMELIA_BOOKING_TABLES, AMELIA_BOOKING_COLUMNS, $booking_ids ), 'customerBookingId' );
	$packages = with_payments( joined_rows( AMELIA_PACKAGE_TABLES, AMELIA_PACKAGE_COLUMNS, $package_ids ), 'packageCustomerId' );
	$bought   = amelia_purchases( $bookings );
	$in_event = array_keys( array_filter( $bookings, fn( array $row ): bool => (int) $row['appointmentId'] === 0 ) );
	$tickets  = rows_by( AMELIA_TICKET_TABLES, AMELIA_TICKET_COLUMNS, 'customerBookingId', $in_event );
	$events   = rows_by( AMELIA_EVENT_TABLES, AMELIA_EVENT_COLUMNS, 'customerBookingId', $in_event );
	$subjects = array();
	foreach ( $bookings as $id => $row ) {
		$row       += array( 'tickets' => $tickets[ $id ] ?? array(), 'event' => $events[ $id ][0] ?? null );
		$subjects[] = amelia_subject( 'booking', $row, amelia_booking( $row, $bought[ $id ] ?? null ) );
	}
	foreach ( $packages as $row ) {
		$subjects[] = amelia_subject( 'package', $row, amelia_package( $row ) );
	}
	return $subjects;
}

/** @return array[] By id, oldest first, each with its payments, also oldest first. */
function with_payments( array $rows, string $by ): array {
	$rows = array_column( $rows, null, 'id' );
	ksort( $rows );
	$payments = rows_by( AMELIA_PAYMENT_TABLES, AMELIA_PAYMENT_COLUMNS, $by, array_keys( $rows ) );
	foreach ( array_keys( $rows ) as $id ) {
		$rows[ $id ]['payments'] = array_map( __NAMESPACE__ . '\amelia_payment', $payments[ $id ] ?? array() );
	}
	return $rows;
}

/** The baseline of tables.php calls a missing status `none` too. */
function amelia_subject( string $kind, array $row, array $snapshot ): array {
	$id     = (int) $row['id'];
	$parent = number_or_null( $row['appointmentId'] ?? null );
	return array( 'kind' => $kind, 'id' => $id, 'ids' => array( $id ), 'status' => $row['status'] ?? 'none', 'parent' => $parent, 'group' => null, 'booking' => $snapshot );
}

/** The price is told in the database's words: PHP writes one number in several ways, and the same booking would look changed. */
function amelia_booking( array $row, ?array $purchase ): array {
	return array(
		'id'                => (int) $row['id'],
		'appointmentId'     => number_or_null( $row['appointmentId'] ),
		'customerId'        => number_or_null( $row['customerId'] ),
		'status'            => $row['status'],
		'persons'           => number_or_null( $row['persons'] ),
		'price'             => $row['price'],
		'created'           => $row['created'],
		'couponId'          => number_or_null( $row['couponId'] ),
		'couponCode'        => $row['couponCode'],
		'customFields'      => $row['customFields'],
		'info'              => amelia_info( (string) $row['info'] ),
		'customer'          => amelia_customer( $row ),
		'item'              => amelia_item( $row ),
		'tickets'           => array_map( __NAMESPACE__ . '\amelia_ticket', $row['tickets'] ),
		'payments'          => $row['payments'],
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
		'price'             => $row['price'],
		'couponId'          => number_or_null( $row['couponId'] ),
		'couponCode'        => $row['couponCode'],
		'customer'          => amelia_customer( $row ),
		'item'              => array( 'type' => 'package', 'packageId' => number_or_null( $row['packageId'] ), 'name' => $row['packageName'] ),
		'payments'          => $row['payments'],
	);
}

function amelia_customer( array $row ): ?array {
	return $row['personId'] === null ? null : array( 'id' => (int) $row['personId'] ) + array_intersect_key( $row, array_flip( array( 'email', 'firstName', 'lastName', 'phone' ) ) );
}

function amelia_item( array $row ): ?array {
	if ( $row['serviceId'] !== null ) {
		return array( 'type' => 'appointment', 'serviceId' => (int) $row['serviceId'], 'name' => $row['serviceName'], 'status' => $row['appointmentStatus'] );
	}
	$event = $row['event'];
	return $event === null ? null : array( 'type' => 'event', 'eventId' => (int) $event['id'], 'name' => $event['name'], 'status' => $event['status'] );
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

function amelia_ticket( array $row ): array {
	return array( 'eventTicketId' => (int) $row['eventTicketId'], 'persons' => (int) $row['persons'] );
}

/** The order is named also while WooCommerce is away and cannot say whether it was paid. */
function amelia_payment( array $row ): array {
	return array(
		'id'            => (int) $row['id'],
		'parentId'      => number_or_null( $row['parentId'] ),
		'gateway'       => $row['gateway'],
		'status'        => $row['status'],
		'transactionId' => (string) $row['transactionId'] === '' && $row['gateway'] === 'wc' ? woocommerce_transaction( (int) $row['wcOrderId'] ) : $row['transactionId'],
		'wcOrderId'     => number_or_null( $row['wcOrderId'] ),
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
