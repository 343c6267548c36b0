<?php
/**
 * Plugin Name: Key Bank
 * Description: Forwards Amelia and Bookly bookings to the Key Bank server, which mails a license key for each. Lives in wp-content/mu-plugins, needs three lines in wp-config.php, and says how it does under Tools → Key Bank.
 * Version: 0.1.0
 * Requires at least: 6.2
 * Requires PHP: 7.4
 * License: MIT
 * Text Domain: key-bank
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

// Loaded twice (a plugin folder and mu-plugins), or on a PHP that cannot read the rest: do nothing rather than break the site.
if ( defined( __NAMESPACE__ . '\VERSION' ) || PHP_VERSION_ID < 70400 ) {
	return;
}

const VERSION = '0.1.0';
/** The envelope's `v`. */
const PROTOCOL = 1;
/** Every hook of Amelia's that may mean a change. A hook only wakes: what is sent is read from the database. */
const AMELIA_HOOKS = array(
	'amelia_after_booking_added',
	'AmeliaBookingAddedBeforeNotify', // SECURITY: anybody can fire it, so nothing but the booking's id is taken from it.
	'amelia_after_appointment_added',
	'amelia_after_appointment_updated',
	'amelia_after_appointment_status_updated',
	'amelia_after_appointment_deleted',
	'amelia_after_booking_approved',
	'amelia_after_booking_pending',
	'amelia_after_booking_canceled',
	'amelia_after_booking_rejected',
	'amelia_after_booking_no-show',
	'amelia_after_booking_waiting',
	'amelia_after_booking_approved_link',
	'amelia_after_booking_rejected_link',
	'amelia_before_booking_canceled', // The customer's cancel link fires no hook afterwards.
	'amelia_after_booking_rescheduled',
	'amelia_after_event_booking_updated',
	'amelia_after_event_booking_deleted',
	'amelia_after_event_status_updated',
	'amelia_after_package_booking_deleted',
	'amelia_after_payment_added',
	'amelia_after_payment_updated',
	'amelia_after_payment_deleted',
	'amelia_after_run_uncompleted_actions',
);

// A copy that broke off half way must not take the site with it. What only the dashboard needs is looked for in from().
foreach ( array( 'amelia-purchases', 'baseline', 'booking-tables', 'collect', 'deliver', 'read-amelia', 'read-bookly', 'read-parts', 'remembered', 'schedule', 'send', 'settings', 'tables', 'wake' ) as $keybank_file ) {
	if ( ! is_readable( __DIR__ . "/key-bank/$keybank_file.php" ) ) {
		add_action(
			'admin_notices',
			function (): void {
				echo '<div class="notice notice-error"><p><strong>Key Bank:</strong> ' . esc_html__( 'The folder key-bank beside wp-content/mu-plugins/key-bank.php is missing or not complete, so no booking is noted. Copy it again.', 'key-bank' ) . '</p></div>';
			}
		);
		return;
	}
}
unset( $keybank_file );

// What every request needs; the rest is read where it is used.
require_once __DIR__ . '/key-bank/tables.php';
require_once __DIR__ . '/key-bank/schedule.php';
require_once __DIR__ . '/key-bank/wake.php';

// Under a condition, since PHP declares other functions before it runs the guard above: a second copy would end the site.
if ( ! function_exists( __NAMESPACE__ . '\bootstrap' ) ) {
	/** Every hook there is. */
	function bootstrap(): void {
		foreach ( AMELIA_HOOKS as $hook ) {
			add_action( $hook, __NAMESPACE__ . '\on_amelia', 100, 5 );
		}
		add_action( 'amelia_before_booking_added', __NAMESPACE__ . '\request_coupon', 100, 1 );
		add_filter( 'query', __NAMESPACE__ . '\on_query', PHP_INT_MAX );
		add_action( 'shutdown', __NAMESPACE__ . '\on_shutdown', PHP_INT_MAX );

		add_action( 'init', __NAMESPACE__ . '\install' );
		add_action( 'init', __NAMESPACE__ . '\keep_scheduled' );
		add_filter( 'cron_schedules', __NAMESPACE__ . '\cron_schedules' );
		add_filter( 'wpmu_drop_tables', __NAMESPACE__ . '\drop_with_site', 10, 2 );
		add_action( DELIVER_EVENT, from( 'deliver', 'run_delivery' ) );
		add_action( SWEEP_EVENT, from( 'hourly', 'run_sweep' ) );

		add_action( 'admin_menu', from( 'tools-screen', 'tools_menu' ) );
		add_action( 'admin_post_keybank', from( 'tools-actions', 'tools_action' ) );
		add_action( 'admin_notices', from( 'notices', 'admin_notices' ) );
		add_filter( 'site_status_tests', from( 'site-health', 'site_health_tests' ) );
		add_filter( 'debug_information', from( 'site-health', 'debug_information' ) );
		add_action( 'cli_init', from( 'cli', 'register_cli' ) );
	}

	/** That function, in a file that is read when it is called for the first time. */
	function from( string $file, string $called ): callable {
		return function ( ...$args ) use ( $file, $called ) {
			$path = __DIR__ . "/key-bank/$file.php";
			if ( ! is_readable( $path ) ) {
				return $args[0] ?? null; // As a filter that changes nothing.
			}
			require_once $path;
			return ( __NAMESPACE__ . "\\$called" )( ...$args );
		};
	}
}

bootstrap();
