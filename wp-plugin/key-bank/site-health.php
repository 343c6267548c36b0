<?php
/**
 * Tools → Site Health. The tests are cheap and ask nobody: they read the outbox and the options.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/status.php';
require_once __DIR__ . '/headline.php';
require_once __DIR__ . '/flat-status.php';

function site_health_tests( array $tests ): array {
	$labels = array(
		'configuration' => __( 'Key Bank: set-up', 'key-bank' ),
		'delivery'      => __( 'Key Bank: delivery', 'key-bank' ),
		'background'    => __( 'Key Bank: background delivery', 'key-bank' ),
		'address'       => __( 'Key Bank: address and environment', 'key-bank' ),
		'versions'      => __( 'Key Bank: versions', 'key-bank' ),
	);
	foreach ( $labels as $name => $label ) {
		$tests['direct'][ "keybank_$name" ] = array( 'label' => $label, 'test' => __NAMESPACE__ . "\\health_of_$name" );
	}
	return $tests;
}

function health_of_configuration(): array {
	$problems = problems();
	if ( $problems ) {
		return health( 'configuration', 'critical', __( 'Key Bank is not set up', 'key-bank' ), array_merge( array( __( 'Bookings are gathered, but no key is ordered until this is done.', 'key-bank' ) ), $problems ) );
	}
	if ( signing_secret() === '' ) {
		return health( 'configuration', 'recommended', __( 'Key Bank sends without a signature', 'key-bank' ), array( unsigned_sentence() ) );
	}
	return health( 'configuration', 'good', __( 'Key Bank is set up', 'key-bank' ), array( __( 'Address, token and signing secret are in wp-config.php.', 'key-bank' ) ) );
}

function health_of_delivery(): array {
	$outbox = outbox_counts();
	$since  = $outbox['failing'] > 0 ? $outbox['failing_since'] : null;
	$failed = $since === null ? 0 : time() - $since;
	if ( $failed < HOUR_IN_SECONDS ) {
		return health( 'delivery', 'good', __( 'Key Bank takes the bookings', 'key-bank' ), array( $outbox['waiting'] > 0 ? waiting_sentence( $outbox['waiting'] ) : __( 'No booking waits.', 'key-bank' ) ) );
	}
	/* translators: %s: a duration such as "2 hours" */
	$label = sprintf( __( 'Key Bank has not taken bookings for %s', 'key-bank' ), human_time_diff( $since ) );
	$text  = array( waiting_sentence( $outbox['waiting'] ) . ' ' . __( 'Their buyers have no key yet.', 'key-bank' ), last_try_said( $outbox ) );
	return health( 'delivery', $failed < DAY_IN_SECONDS ? 'recommended' : 'critical', $label, $text );
}

/** Where PHP cannot go on after the page was answered, bookings are as late as WP-Cron is. */
function health_of_background(): array {
	$cron = cron_figures();
	$late = is_late( outbox_counts(), time() );
	if ( ! $cron['idle'] || ( $cron['finish'] !== false && ! $late ) ) {
		$text = $cron['finish'] === true
			? __( 'They are sent right after the page was answered; WP-Cron repeats what failed.', 'key-bank' )
			: __( 'WP-Cron sends them, within a minute or two.', 'key-bank' );
		return health( 'background', 'good', __( 'Bookings reach Key Bank soon', 'key-bank' ), array( $text ) );
	}
	$why = $cron['disabled']
		? __( 'DISABLE_WP_CRON is set, and no real cron has called for 15 minutes.', 'key-bank' )
		: __( 'WP-Cron has not run for 15 minutes: it only runs when somebody visits the site.', 'key-bank' );
	$text = array( $why . ' ' . __( 'Keys come late. Put one of these lines into the crontab of this server:', 'key-bank' ) );
	return health( 'background', $late ? 'critical' : 'recommended', __( 'Bookings reach Key Bank late', 'key-bank' ), $text, cron_lines() );
}

/** A copy that must not send looks like a live site that has moved: a person has to say which it is. */
function health_of_address(): array {
	$stopped = problems() ? null : stopped();
	return $stopped === null
		? health( 'address', 'good', __( 'Key Bank knows this site as the live one', 'key-bank' ), array( current_home() ) )
		: health( 'address', wp_get_environment_type() === 'production' ? 'critical' : 'recommended', __( 'Key Bank is stopped on this site', 'key-bank' ), array( $stopped ) );
}

function health_of_versions(): array {
	$versions = versions();
	return $versions['mismatch']
		? health( 'versions', 'recommended', __( 'Key Bank: plugin and server are of different releases', 'key-bank' ), array( mismatch_sentence( $versions ) ) )
		: health( 'versions', 'good', __( 'Key Bank: plugin and server fit together', 'key-bank' ), array( $versions['plugin'] . ' / ' . ( $versions['server'] ?? __( 'not known yet', 'key-bank' ) ) ) );
}

/**
 * @param string[] $paragraphs
 * @param string[] $lines
 */
function health( string $name, string $status, string $label, array $paragraphs, array $lines = array() ): array {
	$html = '<p>' . implode( '</p><p>', array_map( 'esc_html', $paragraphs ) ) . '</p>';
	foreach ( $lines as $line ) {
		$html .= '<p><code>' . esc_html( $line ) . '</code></p>';
	}
	return array(
		'label'       => $label,
		'status'      => $status,
		'badge'       => array( 'label' => 'Key Bank', 'color' => 'blue' ),
		'description' => $html,
		'actions'     => '<p><a href="' . esc_url( admin_url( 'tools.php?page=key-bank' ) ) . '">' . esc_html__( 'Tools → Key Bank', 'key-bank' ) . '</a></p>',
		'test'        => "keybank_$name",
	);
}

/** Site Health → Info. People paste it into forums: nothing in it is secret, and no booking is named. */
function debug_information( array $information ): array {
	$fields = array();
	foreach ( flat_status( status() ) as $name => $value ) {
		$fields[ $name ] = array( 'label' => $name, 'value' => $value );
	}
	$information['key-bank'] = array( 'label' => 'Key Bank', 'fields' => $fields );
	return $information;
}
