<?php
/**
 * Is anything here that delivers in the background? Either PHP can go on after the page was answered, or WP-Cron runs.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

/** WP-Cron is due every minute; after this long without a run, nobody is calling it. */
const CRON_IDLE_SECONDS = 15 * MINUTE_IN_SECONDS;

function cron_figures(): array {
	$ran  = (int) get_option( 'keybank_ran', 0 );
	$next = wp_next_scheduled( 'keybank_deliver' );
	return array(
		'disabled' => defined( 'DISABLE_WP_CRON' ) && constant( 'DISABLE_WP_CRON' ),
		'ran'      => $ran > 0 ? $ran : null,
		'next'     => $next === false ? null : (int) $next,
		'idle'     => cron_is_idle( $ran, $next === false ? null : (int) $next, time() ),
		'finish'   => finishes_early(),
	);
}

/** A fresh install has not run yet, and is only idle when its first run is overdue. */
function cron_is_idle( int $ran, ?int $next, int $now ): bool {
	$since = max( $ran, $next ?? 0 );
	return $since === 0 || $now - $since > CRON_IDLE_SECONDS;
}

/** Whether pages are answered before the bookings are sent. Null on the command line, which knows nothing of the web server. */
function finishes_early(): ?bool {
	if ( PHP_SAPI === 'cli' ) {
		return null;
	}
	return function_exists( 'fastcgi_finish_request' ) || function_exists( 'litespeed_finish_request' );
}

/** The lines of a real cron: either of them is enough. */
function cron_lines(): array {
	return array(
		"* * * * * curl -s '" . site_url( 'wp-cron.php?doing_wp_cron' ) . "' > /dev/null",
		'* * * * * cd ' . untrailingslashit( ABSPATH ) . ' && wp cron event run --due-now --quiet',
	);
}
