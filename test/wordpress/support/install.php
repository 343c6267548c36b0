<?php
/** Run once in the command line: sets WordPress up, with the stand-in active. The one argument is JSON. */

$keybank_input = json_decode( $argv[1], true );
define( 'WP_INSTALLING', true );
$_SERVER['HTTP_HOST']       = $keybank_input['host'];
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
require $keybank_input['root'] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install( 'Booking Shop', $keybank_input['user'], 'admin@example.test', true, '', $keybank_input['password'] );
update_option( 'active_plugins', array( 'booking-stand-in/booking-stand-in.php' ) );
update_option( 'permalink_structure', '/%postname%/' );
require WP_PLUGIN_DIR . '/booking-stand-in/booking-stand-in.php';
\BookingStandIn\install( $keybank_input['plugins'] );

if ( $keybank_input['multisite'] ) {
	require ABSPATH . 'wp-admin/includes/network.php';
	foreach ( $wpdb->tables( 'ms_global' ) as $keybank_table => $keybank_name ) {
		$wpdb->$keybank_table = $keybank_name;
	}
	install_network();
	$keybank_fault = populate_network( 1, $keybank_input['host'], 'admin@example.test', 'Network', '/', false );
	if ( is_wp_error( $keybank_fault ) && $keybank_fault->get_error_code() !== 'no_wildcard_dns' ) {
		throw new RuntimeException( $keybank_fault->get_error_message() );
	}
}
