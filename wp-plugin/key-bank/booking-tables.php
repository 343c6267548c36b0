<?php
/**
 * The tables of the booking plugins whose rows are orders.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/read-parts.php';

/** By "source-kind": source, kind, table, the column that says when a row was made, and the one that names its appointment. */
const BOOKING_TABLES = array(
	'amelia-booking' => array( 'amelia', 'booking', 'amelia_customer_bookings', 'created', 'appointmentId' ),
	'amelia-package' => array( 'amelia', 'package', 'amelia_packages_to_customers', 'purchased', 'NULL' ),
	'bookly-booking' => array( 'bookly', 'booking', 'bookly_customer_appointments', 'created_at', 'appointment_id' ),
);

/** The status of a row of $table (without prefix), as a silent row of keybank_bookings keeps it. Amelia's packages had none once. */
function kept_status_sql( string $table ): string {
	return has_column( "$table.status" ) ? "COALESCE(LEFT(status, 60), 'none')" : "'none'";
}
