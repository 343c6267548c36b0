<?php
/**
 * WP-Cron: deliveries every minute, a sweep every hour.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

const DELIVER_EVENT = 'keybank_deliver';
const SWEEP_EVENT   = 'keybank_sweep';
const EVERY_MINUTE  = 'keybank_minute';

function cron_schedules( array $schedules ): array {
	$schedules[ EVERY_MINUTE ] = array( 'interval' => MINUTE_IN_SECONDS, 'display' => __( 'Every minute (Key Bank)', 'key-bank' ) );
	return $schedules;
}

/** The list of events is loaded with every request anyway. */
function keep_scheduled(): void {
	foreach ( array( DELIVER_EVENT => EVERY_MINUTE, SWEEP_EVENT => 'hourly' ) as $event => $every ) {
		if ( ! wp_next_scheduled( $event ) ) {
			wp_schedule_event( time() + ( $every === 'hourly' ? HOUR_IN_SECONDS : 0 ), $every, $event );
		}
	}
}
