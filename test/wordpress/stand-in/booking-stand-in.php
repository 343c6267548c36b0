<?php
/**
 * Plugin Name: Booking Stand-in
 * Description: For tests only. Writes the rows that Amelia and Bookly write, and fires the hooks they fire, with arguments of the recorded shapes. Contains no code of either.
 * Version: 1.0.0
 */

namespace BookingStandIn;

require __DIR__ . '/quiet.php';
require __DIR__ . '/tables.php';
require __DIR__ . '/database.php';
require __DIR__ . '/seed.php';
require __DIR__ . '/amelia-shapes.php';
require __DIR__ . '/amelia-book.php';
require __DIR__ . '/amelia-package.php';
require __DIR__ . '/amelia-change.php';
require __DIR__ . '/amelia-forge.php';
require __DIR__ . '/bookly-book.php';
require __DIR__ . '/bookly-change.php';

function install( array $plugins ): void {
	create_tables( $plugins );
	seed( $plugins );
}

/** `do=amelia_cancel_link` runs `amelia_cancel_link( $input )` and answers its ids. */
function dispatch(): void {
	$name = sanitize_key( $_GET['do'] ?? '' ); // phpcs:ignore WordPress.Security
	$call = __NAMESPACE__ . '\\' . $name;
	if ( ! preg_match( '/^(amelia|bookly)_|^(fire|weird)/', $name ) || ! function_exists( $call ) ) {
		wp_send_json( array( 'error' => "no scenario $name" ), 404 );
	}
	$input = json_decode( (string) file_get_contents( 'php://input' ), true );
	$input = is_array( $input ) ? $input : array();
	try {
		$ids = $call( $input );
	} catch ( GatewayFault $fault ) {
		// As a gateway's library that nobody caught: the rows stay, and what hangs on shutdown still runs.
		wp_send_json( array( 'error' => $fault->getMessage() ) + $fault->ids, 500 );
	}
	finish( $input['end'] ?? 'json', $ids );
}

/** How the request ends; `json` is what both plugins do. */
function finish( string $end, array $ids ): void {
	if ( 'json' === $end ) {
		wp_send_json( $ids );
	}
	header( 'content-type: application/json' );
	echo wp_json_encode( $ids );
	while ( ob_get_level() > 0 ) {
		ob_end_flush();
	}
	flush();
	if ( 'fatal' === $end ) {
		a_function_that_nobody_wrote();
	}
	if ( 'kill' === $end ) {
		posix_kill( getmypid(), 9 );
	}
	if ( 'exhaust' === $end ) {
		str_repeat( 'x', 1024 * 1024 * 1024 );
	}
	exit;
}

add_action( 'wp_ajax_booking_stand_in', __NAMESPACE__ . '\\dispatch' );
add_action( 'wp_ajax_nopriv_booking_stand_in', __NAMESPACE__ . '\\dispatch' );
