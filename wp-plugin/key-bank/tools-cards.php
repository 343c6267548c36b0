<?php
/**
 * The cards and tables of the Tools screen. A fact is a label, a value (an int is a moment in unix seconds, null is "none")
 * and, where that can be judged, whether it is in order.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

function show_delivery( array $status ): void {
	$outbox = $status['outbox'];
	$answer = $status['answer'];
	$facts  = array(
		array( __( 'Sent in the last 30 days', 'key-bank' ), counted( $outbox['sent'] ) ),
		array( __( 'Sent in the last 24 hours', 'key-bank' ), counted( $outbox['sent_day'] ) ),
		array( __( 'Waiting', 'key-bank' ), counted( $outbox['waiting'] ) ),
		array( __( 'Tried in vain so far', 'key-bank' ), counted( $outbox['failing'] ), $outbox['failing'] === 0 ),
		array( __( 'Oldest waiting since', 'key-bank' ), $outbox['oldest'] ),
		array( __( 'Last answer', 'key-bank' ), $answer['time'] ?? null ),
		array( __( 'It said', 'key-bank' ), answer_words( $answer ) ),
	);
	if ( $status['paused_until'] !== null ) {
		$facts[] = array( __( 'The server was away; next try', 'key-bank' ), $status['paused_until'], false );
	}
	show_card( __( 'Delivery', 'key-bank' ), $facts );
}

function answer_words( ?array $answer ): ?string {
	if ( $answer === null ) {
		return null;
	}
	$code = $answer['code'] ? (string) $answer['code'] : __( 'no answer', 'key-bank' );
	return implode( ' · ', array_filter( array( $code, $answer['status'], $answer['error'] ) ) );
}

function show_setup( array $status ): void {
	$set   = $status['configuration'];
	$found = array( true => __( 'found', 'key-bank' ), false => __( 'not found', 'key-bank' ) );
	$facts = array(
		array( 'KEYBANK_URL', $set['url'] === '' ? set_or_not( false ) : $set['url'], $set['url'] !== '' ),
		array( 'KEYBANK_TOKEN', set_or_not( $set['token'] ), $set['token'] ),
		array( 'KEYBANK_SIGNING_SECRET', set_or_not( $set['signing_secret'] ), $set['signing_secret'] ),
		array( __( 'Environment', 'key-bank' ), $status['environment'] ),
		array( 'KEYBANK_ENVIRONMENT', $set['environment'] === '' ? set_or_not( false ) : $set['environment'] ),
		array( __( 'Set up for', 'key-bank' ), $status['home'], ! has_moved( $status ) ),
		array( 'Amelia', $found[ $status['plugins']['amelia'] ] ),
		array( 'Bookly', $found[ $status['plugins']['bookly'] ] ),
	);
	show_card( __( 'Set-up in wp-config.php', 'key-bank' ), $facts );
}

function set_or_not( bool $set ): string {
	return $set ? __( 'set', 'key-bank' ) : __( 'not set', 'key-bank' );
}

function show_background( array $cron ): void {
	$early = $cron['finish'] === true;
	$facts = array(
		array( __( 'Sends right after a booking', 'key-bank' ), $early ? __( 'yes', 'key-bank' ) : __( 'no, WP-Cron sends', 'key-bank' ), $early || ! $cron['idle'] ),
		array( __( 'Last run of WP-Cron', 'key-bank' ), $cron['ran'], $cron['ran'] === null && ! $cron['idle'] ? null : ! $cron['idle'] ),
		array( __( 'Next run', 'key-bank' ), $cron['next'] ),
		array( 'DISABLE_WP_CRON', $cron['disabled'] ? __( 'yes: a real cron must call', 'key-bank' ) : __( 'no', 'key-bank' ) ),
	);
	show_card( __( 'Background', 'key-bank' ), $facts, $cron['idle'] ? cron_lines() : array() );
}

function show_checks( array $status ): void {
	$versions = $status['versions'];
	$facts    = array(
		array( __( 'Version here', 'key-bank' ), $versions['plugin'] ),
		array( __( 'Version of the server', 'key-bank' ), $versions['server'] ?? __( 'not known yet', 'key-bank' ), $versions['server'] === null ? null : ! $versions['mismatch'] ),
		array( __( 'Last sweep', 'key-bank' ), $status['sweep']['time'] ?? null ),
	);
	$facts = array_merge( $facts, facts_of_comparison( $status['reconcile'] ) );
	if ( $status['fault'] !== null ) {
		$facts[] = array( __( 'Last fault of the plugin', 'key-bank' ), $status['fault']['time'], false );
		$facts[] = array( $status['fault']['where'], $status['fault']['what'] );
	}
	show_card( __( 'Checks', 'key-bank' ), $facts );
}

function facts_of_comparison( ?array $listed ): array {
	$facts = array( array( __( 'Last comparison with the server', 'key-bank' ), $listed['time'] ?? null ) );
	if ( $listed !== null ) {
		$facts[] = array( __( 'Bookings compared', 'key-bank' ), counted( (int) ( $listed['listed'] ?? 0 ) ) );
		$facts[] = array( __( 'Unknown there, sent again', 'key-bank' ), counted( (int) ( $listed['lacking'] ?? 0 ) ), empty( $listed['lacking'] ) );
		$facts[] = array( __( 'Orders there, unknown here', 'key-bank' ), counted( (int) ( $listed['unknown'] ?? 0 ) ), empty( $listed['unknown'] ) );
	}
	return $facts;
}

/** @param string[] $lines For a crontab, of which one is to be copied. */
function show_card( string $title, array $facts, array $lines = array() ): void {
	echo '<div class="postbox"><h2>' . esc_html( $title ) . '</h2><table><tbody>';
	foreach ( $facts as $fact ) {
		$mark = isset( $fact[2] ) ? ( $fact[2] ? 'keybank-yes' : 'keybank-no' ) : '';
		echo '<tr><th scope="row">' . esc_html( $fact[0] ) . '</th><td class="' . esc_attr( $mark ) . '">';
		show_value( $fact[1] );
		echo '</td></tr>';
	}
	echo '</tbody></table>';
	if ( $lines ) {
		echo '<p>' . esc_html__( 'Nothing calls WP-Cron. Put one of these lines into the crontab of this server:', 'key-bank' ) . '</p>';
		foreach ( $lines as $line ) {
			echo '<pre class="keybank-lines" tabindex="0">' . esc_html( $line ) . '</pre>';
		}
	}
	echo '</div>';
}

/** @param int|string|null $value */
function show_value( $value ): void {
	if ( ! is_int( $value ) ) {
		echo esc_html( $value ?? '–' );
		return;
	}
	printf( '<time datetime="%s" title="%s">%s</time>', esc_attr( gmdate( 'c', $value ) ), esc_attr( (string) wp_date( 'Y-m-d H:i:s T', $value ) ), esc_html( ago( $value ) ) );
}

function ago( int $moment ): string {
	$now = time();
	if ( abs( $moment - $now ) < 5 ) {
		return __( 'now', 'key-bank' );
	}
	/* translators: %s: a duration such as "5 minutes" */
	return sprintf( $moment < $now ? __( '%s ago', 'key-bank' ) : __( 'in %s', 'key-bank' ), human_time_diff( $moment, $now ) );
}

function show_open( array $outbox ): void {
	if ( ! $outbox['open'] ) {
		return;
	}
	$rows = array();
	foreach ( $outbox['open'] as $row ) {
		$rows[] = array( $row['booking'], $row['created'], number_format_i18n( $row['attempts'] ), $row['next'] <= time() ? __( 'now', 'key-bank' ) : $row['next'], $row['error'] );
	}
	$columns = array( __( 'Booking', 'key-bank' ), __( 'Changed', 'key-bank' ), __( 'Tries', 'key-bank' ), __( 'Next try', 'key-bank' ), __( 'Last try said', 'key-bank' ) );
	show_table( __( 'Waiting', 'key-bank' ), $columns, $rows, $outbox['waiting'] );
}

function show_latest( array $latest ): void {
	if ( ! $latest ) {
		return;
	}
	$rows = array();
	foreach ( $latest as $row ) {
		$rows[] = array( $row['booking'], $row['created'], $row['sent'], number_format_i18n( $row['attempts'] ), implode( ' · ', array_filter( array( (string) $row['code'], $row['answer'] ) ) ) );
	}
	$columns = array( __( 'Booking', 'key-bank' ), __( 'Changed', 'key-bank' ), __( 'Sent', 'key-bank' ), __( 'Tries', 'key-bank' ), __( 'Answer', 'key-bank' ) );
	show_table( __( 'Sent lately', 'key-bank' ), $columns, $rows, count( $rows ) );
}

/** On a phone the cells of a row stand below each other, with their names. */
function show_table( string $title, array $columns, array $rows, int $of ): void {
	echo '<h2>' . esc_html( $title ) . '</h2><table class="widefat striped keybank-rows"><thead><tr>';
	foreach ( $columns as $name ) {
		echo '<th scope="col">' . esc_html( $name ) . '</th>';
	}
	echo '</tr></thead><tbody>';
	foreach ( $rows as $row ) {
		echo '<tr>';
		foreach ( $row as $at => $cell ) {
			echo '<td data-colname="' . esc_attr( $columns[ $at ] ) . '">';
			show_value( $cell );
			echo '</td>';
		}
		echo '</tr>';
	}
	echo '</tbody></table>';
	if ( $of > count( $rows ) ) {
		/* translators: 1: how many are shown, 2: how many there are */
		echo '<p class="description">' . esc_html( sprintf( __( 'The newest %1$s of %2$s.', 'key-bank' ), number_format_i18n( count( $rows ) ), counted( $of ) ) ) . '</p>';
	}
}
