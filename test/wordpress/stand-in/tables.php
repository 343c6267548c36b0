<?php
/**
 * The tables that Amelia and Bookly keep, as far as Key Bank has to do with them. Column names are those seen in recorded
 * payloads and rows; types are plausible ones. Amelia's have no index but the ones named here: a reader that needs more
 * must find that out in the tests, and `amelia_indexes()` adds them for a comparison.
 */

namespace BookingStandIn;

function create_tables( array $plugins = array( 'amelia', 'bookly' ) ): void {
	global $wpdb;
	$tables = array();
	if ( in_array( 'amelia', $plugins, true ) ) {
		$tables += amelia_tables();
	}
	if ( in_array( 'bookly', $plugins, true ) ) {
		$tables += bookly_tables();
	}
	foreach ( $tables as $name => $columns ) {
		run( "CREATE TABLE IF NOT EXISTS `{$wpdb->prefix}$name` ( $columns ) ENGINE=InnoDB " . $wpdb->get_charset_collate() );
	}
}

/** Indexes that a site owner, or a later Amelia, may have added. */
function amelia_indexes(): void {
	global $wpdb;
	$p = $wpdb->prefix;
	run( "ALTER TABLE `{$p}amelia_payments` ADD KEY customerBookingId (customerBookingId), ADD KEY parentId (parentId), ADD KEY packageCustomerId (packageCustomerId)" );
	run( "ALTER TABLE `{$p}amelia_customer_bookings` ADD KEY appointmentId (appointmentId)" );
	run( "ALTER TABLE `{$p}amelia_customer_bookings_to_events_tickets` ADD KEY customerBookingId (customerBookingId)" );
	run( "ALTER TABLE `{$p}amelia_events_periods` ADD KEY eventId (eventId)" );
}

function amelia_tables(): array {
	$booking_status = "ENUM('approved','pending','canceled','rejected','no-show','waiting')";
	$sale_status    = "ENUM('approved','pending','canceled','rejected')";
	return array(
		'amelia_users'                               => "id INT NOT NULL AUTO_INCREMENT, status ENUM('hidden','visible','disabled','blocked') NULL,
			type ENUM('customer','provider','manager','admin') NOT NULL, externalId INT NULL, firstName VARCHAR(255) NOT NULL DEFAULT '',
			lastName VARCHAR(255) NOT NULL DEFAULT '', email VARCHAR(255) NULL, birthday DATE NULL, phone VARCHAR(63) NULL, gender ENUM('male','female') NULL,
			note TEXT NULL, translations TEXT NULL, customFields TEXT NULL, countryPhoneIso VARCHAR(2) NULL, password VARCHAR(128) NULL, PRIMARY KEY (id)",
		'amelia_services'                            => "id INT NOT NULL AUTO_INCREMENT, name VARCHAR(255) NOT NULL DEFAULT '', description TEXT NULL,
			color VARCHAR(255) NOT NULL DEFAULT '#1788FB', price DOUBLE NOT NULL DEFAULT 0, status ENUM('hidden','visible','disabled') NOT NULL DEFAULT 'visible',
			categoryId INT NOT NULL DEFAULT 1, minCapacity INT NOT NULL DEFAULT 1, maxCapacity INT NOT NULL DEFAULT 1, duration INT NOT NULL DEFAULT 3600,
			settings TEXT NULL, translations TEXT NULL, PRIMARY KEY (id)",
		'amelia_appointments'                        => "id INT NOT NULL AUTO_INCREMENT, status $booking_status NULL, bookingStart DATETIME NOT NULL,
			bookingEnd DATETIME NOT NULL, notifyParticipants TINYINT NOT NULL DEFAULT 1, serviceId INT NOT NULL, providerId INT NOT NULL DEFAULT 1,
			locationId INT NULL, internalNotes TEXT NULL, parentId INT NULL, PRIMARY KEY (id)",
		'amelia_customer_bookings'                   => "id INT NOT NULL AUTO_INCREMENT, appointmentId INT NULL, customerId INT NOT NULL, status $booking_status NULL,
			price DOUBLE NOT NULL DEFAULT 0, persons INT NOT NULL DEFAULT 1, couponId INT NULL, token VARCHAR(10) NULL, customFields TEXT NULL, info TEXT NULL,
			utcOffset INT NULL, aggregatedPrice TINYINT NULL DEFAULT 1, packageCustomerServiceId INT NULL, duration INT NULL, created DATETIME NULL,
			actionsCompleted TINYINT NULL, tax TEXT NULL, qrCodes TEXT NULL, PRIMARY KEY (id)",
		'amelia_payments'                            => "id INT NOT NULL AUTO_INCREMENT, customerBookingId INT NULL, amount DOUBLE NOT NULL DEFAULT 0, dateTime DATETIME NULL,
			status ENUM('paid','pending','partiallyPaid','refunded') NOT NULL DEFAULT 'pending',
			gateway ENUM('onSite','payPal','stripe','wc','mollie','razorpay','square','barion') NOT NULL DEFAULT 'onSite', gatewayTitle VARCHAR(255) NULL,
			data TEXT NULL, packageCustomerId INT NULL, parentId INT NULL, entity ENUM('appointment','event','package') NULL, created DATETIME NULL,
			actionsCompleted TINYINT NULL, triggeredActions TINYINT NULL, wcOrderId BIGINT NULL, wcOrderItemId BIGINT NULL, transactionId VARCHAR(255) NULL,
			transfers TEXT NULL, invoiceNumber INT NULL, PRIMARY KEY (id)",
		'amelia_coupons'                             => "id INT NOT NULL AUTO_INCREMENT, code VARCHAR(255) COLLATE utf8mb4_bin NOT NULL, discount DOUBLE NOT NULL DEFAULT 0,
			deduction DOUBLE NOT NULL DEFAULT 0, `limit` DOUBLE NOT NULL DEFAULT 100, customerLimit DOUBLE NOT NULL DEFAULT 0,
			status ENUM('hidden','visible') NOT NULL DEFAULT 'visible', PRIMARY KEY (id)",
		'amelia_events'                              => "id INT NOT NULL AUTO_INCREMENT, parentId INT NULL, name VARCHAR(255) NOT NULL DEFAULT '',
			status ENUM('approved','pending','canceled','rejected') NOT NULL DEFAULT 'approved', maxCapacity INT NOT NULL DEFAULT 20, price DOUBLE NOT NULL DEFAULT 0,
			description TEXT NULL, customPricing TINYINT NOT NULL DEFAULT 0, organizerId INT NULL, settings TEXT NULL, created DATETIME NULL, PRIMARY KEY (id)",
		'amelia_events_periods'                      => "id INT NOT NULL AUTO_INCREMENT, eventId INT NOT NULL, periodStart DATETIME NOT NULL, periodEnd DATETIME NOT NULL, PRIMARY KEY (id)",
		'amelia_customer_bookings_to_events_periods' => "id INT NOT NULL AUTO_INCREMENT, customerBookingId INT NOT NULL, eventPeriodId INT NOT NULL, PRIMARY KEY (id),
			UNIQUE KEY bookingEventPeriod (customerBookingId, eventPeriodId)",
		'amelia_customer_bookings_to_events_tickets' => "id INT NOT NULL AUTO_INCREMENT, customerBookingId INT NOT NULL, eventTicketId INT NOT NULL, price DOUBLE NULL DEFAULT 0,
			persons INT NOT NULL DEFAULT 1, PRIMARY KEY (id)",
		'amelia_packages'                            => "id INT NOT NULL AUTO_INCREMENT, name VARCHAR(255) NOT NULL DEFAULT '', description TEXT NULL, price DOUBLE NOT NULL DEFAULT 0,
			status ENUM('hidden','visible','disabled') NOT NULL DEFAULT 'visible', translations TEXT NULL, PRIMARY KEY (id)",
		'amelia_packages_to_customers'               => "id INT NOT NULL AUTO_INCREMENT, packageId INT NOT NULL, customerId INT NOT NULL, price DOUBLE NOT NULL DEFAULT 0, tax TEXT NULL,
			start DATETIME NULL, end DATETIME NULL, purchased DATETIME NULL, bookingsCount INT NULL, status $sale_status NULL DEFAULT 'approved', couponId INT NULL, token VARCHAR(255) NULL, PRIMARY KEY (id)",
		'amelia_packages_customers_to_services'      => "id INT NOT NULL AUTO_INCREMENT, packageCustomerId INT NOT NULL, serviceId INT NOT NULL, providerId INT NULL,
			locationId INT NULL, bookingsCount INT NULL, PRIMARY KEY (id)",
	);
}

function bookly_tables(): array {
	$id = 'id INT UNSIGNED NOT NULL AUTO_INCREMENT';
	return array(
		'bookly_services'              => "$id, type ENUM('simple','collaborative','compound','package') NOT NULL DEFAULT 'simple', title VARCHAR(255) NULL DEFAULT '',
			duration INT NOT NULL DEFAULT 3600, price DECIMAL(10,2) NOT NULL DEFAULT 0, PRIMARY KEY (id)",
		'bookly_customers'             => "$id, wp_user_id BIGINT UNSIGNED NULL, facebook_id BIGINT UNSIGNED NULL, group_id INT UNSIGNED NULL, full_name VARCHAR(128) NOT NULL DEFAULT '',
			first_name VARCHAR(128) NOT NULL DEFAULT '', last_name VARCHAR(128) NOT NULL DEFAULT '', phone VARCHAR(255) NOT NULL DEFAULT '', email VARCHAR(255) NOT NULL DEFAULT '',
			birthday DATE NULL, country VARCHAR(255) NULL, state VARCHAR(255) NULL, postcode VARCHAR(255) NULL, city VARCHAR(255) NULL, street VARCHAR(255) NULL,
			notes TEXT NULL, info_fields TEXT NULL, created_at DATETIME NOT NULL, PRIMARY KEY (id), KEY wp_user_id (wp_user_id)",
		'bookly_orders'                => "$id, token VARCHAR(255) NULL, PRIMARY KEY (id)",
		'bookly_coupons'               => "$id, code VARCHAR(255) NOT NULL DEFAULT '', discount DECIMAL(5,2) NOT NULL DEFAULT 0, deduction DECIMAL(10,2) NOT NULL DEFAULT 0,
			usage_limit INT UNSIGNED NULL, used INT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (id)",
		'bookly_payments'              => "$id, coupon_id INT UNSIGNED NULL, gift_card_id INT UNSIGNED NULL, type VARCHAR(64) NOT NULL DEFAULT 'local', total DECIMAL(10,2) NOT NULL DEFAULT 0,
			tax DECIMAL(10,2) NOT NULL DEFAULT 0, paid DECIMAL(10,2) NOT NULL DEFAULT 0, child_paid DECIMAL(10,2) NULL, paid_type ENUM('in_full','deposit') NOT NULL DEFAULT 'in_full',
			gateway_price_correction DECIMAL(10,2) NULL, status ENUM('pending','completed','rejected','refunded') NOT NULL DEFAULT 'completed', token VARCHAR(255) NULL,
			details TEXT NULL, order_id INT UNSIGNED NULL, customer_id INT UNSIGNED NULL, parent_id INT UNSIGNED NULL, ref_id VARCHAR(255) NULL, invoice_id VARCHAR(255) NULL,
			created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL, PRIMARY KEY (id), KEY coupon_id (coupon_id), KEY order_id (order_id)",
		'bookly_appointments'          => "$id, location_id INT UNSIGNED NULL, staff_id INT UNSIGNED NOT NULL DEFAULT 1, staff_any TINYINT NOT NULL DEFAULT 0, service_id INT UNSIGNED NULL,
			custom_service_name VARCHAR(255) NULL, custom_service_price DECIMAL(10,2) NULL, start_date DATETIME NULL, end_date DATETIME NULL, extras_duration INT NOT NULL DEFAULT 0,
			internal_note TEXT NULL, created_from ENUM('bookly','google','outlook','apple') NOT NULL DEFAULT 'bookly', created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL,
			PRIMARY KEY (id), KEY staff_id (staff_id), KEY service_id (service_id)",
		'bookly_customer_appointments' => "$id, series_id INT UNSIGNED NULL, package_id INT UNSIGNED NULL, customer_id INT UNSIGNED NOT NULL, appointment_id INT UNSIGNED NOT NULL,
			payment_id INT UNSIGNED NULL, order_id INT UNSIGNED NULL, number_of_persons INT UNSIGNED NOT NULL DEFAULT 1, units INT UNSIGNED NOT NULL DEFAULT 1, notes TEXT NULL,
			extras TEXT NULL, extras_multiply_nop TINYINT NOT NULL DEFAULT 1, custom_fields TEXT NULL, status VARCHAR(255) NOT NULL DEFAULT 'approved', status_changed_at DATETIME NULL,
			token VARCHAR(255) NULL, time_zone VARCHAR(255) NULL, time_zone_offset INT NULL, rating INT NULL, rating_comment TEXT NULL, locale VARCHAR(8) NULL,
			collaborative_service_id INT UNSIGNED NULL, collaborative_token VARCHAR(255) NULL, compound_service_id INT UNSIGNED NULL, compound_token VARCHAR(255) NULL,
			created_from ENUM('frontend','backend') NOT NULL DEFAULT 'frontend', created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL, PRIMARY KEY (id),
			KEY series_id (series_id), KEY package_id (package_id), KEY customer_id (customer_id), KEY appointment_id (appointment_id), KEY payment_id (payment_id), KEY order_id (order_id)",
	);
}
