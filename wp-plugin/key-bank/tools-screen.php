<?php
/**
 * Tools → Key Bank: how the delivery of bookings does, and three buttons. Nothing can be filled in here.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/tools-actions.php';
require_once __DIR__ . '/tools-cards.php';

function tools_menu(): void {
	$screen = add_management_page( 'Key Bank', 'Key Bank', 'manage_options', 'key-bank', __NAMESPACE__ . '\tools_page' );
	add_action( "admin_print_styles-$screen", __NAMESPACE__ . '\tools_style' );
}

function tools_style(): void {
	echo "<style>\n" . file_get_contents( __DIR__ . '/tools-screen.css' ) . "</style>\n"; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Our own file.
}

function tools_page(): void {
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'Only an administrator may look at Key Bank.', 'key-bank' ), '', array( 'response' => 403 ) );
	}
	$status = status();
	echo '<div class="wrap keybank"><h1>Key Bank</h1>';
	show_said();
	show_headline( $status );
	foreach ( warnings( $status ) as $warning ) {
		echo '<div class="notice notice-warning inline"><p>' . esc_html( $warning ) . '</p></div>';
	}
	show_buttons( $status );
	if ( ! $status['problems'] ) {
		show_open( $status['outbox'] );
	}
	echo '<div class="keybank-cards">';
	show_delivery( $status );
	show_setup( $status );
	show_background( $status['cron'] );
	show_checks( $status );
	echo '</div>';
	show_latest( $status['outbox']['latest'] );
	echo '</div>';
}

/** What the last button did, shown once. */
function show_said(): void {
	$said = get_transient( said_key() );
	if ( ! is_array( $said ) ) {
		return;
	}
	delete_transient( said_key() );
	printf(
		'<div class="notice notice-%s inline" role="status"><p>%s</p></div>',
		$said['good'] ? 'success' : 'error',
		esc_html( $said['text'] )
	);
}

function show_headline( array $status ): void {
	$head = headline( $status, time() );
	printf(
		'<div class="keybank-head keybank-%s" data-state="%s"><span class="dashicons %s" aria-hidden="true"></span><div><p class="keybank-sentence">%s</p>',
		esc_attr( $head['level'] ),
		esc_attr( $head['state'] ),
		esc_attr( array( 'good' => 'dashicons-yes-alt', 'warn' => 'dashicons-warning', 'bad' => 'dashicons-dismiss' )[ $head['level'] ] ),
		esc_html( $head['sentence'] )
	);
	if ( $head['state'] === 'not_set_up' ) {
		show_steps( $status );
	} elseif ( $head['detail'] !== '' ) {
		echo '<p>' . esc_html( $head['detail'] ) . '</p>';
	}
	echo '</div></div>';
}

/** The way from nothing to the first delivery. With all lines there, only what is wrong with them is said. */
function show_steps( array $status ): void {
	$lines = missing_lines( $status['configuration'] );
	if ( ! $lines || $status['configuration']['url'] !== '' && $status['configuration']['token'] ) {
		echo '<ul><li>' . implode( '</li><li>', array_map( 'esc_html', $status['problems'] ) ) . '</li></ul>'; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped by array_map.
		return;
	}
	/* translators: %d: a number of lines */
	echo '<p>' . esc_html( sprintf( _n( 'Put this line into wp-config.php, above "That\'s all, stop editing!":', 'Put these %d lines into wp-config.php, above "That\'s all, stop editing!":', count( $lines ), 'key-bank' ), count( $lines ) ) ) . '</p>';
	echo '<pre class="keybank-lines" tabindex="0">' . esc_html( implode( "\n", $lines ) ) . '</pre>';
	echo '<p>' . esc_html__( 'The address is where your Key Bank server runs. The webhook token is in the file webhook-token of its data folder, or in its setting KEYBANK_WEBHOOK_TOKEN. The signing secret is its setting KEYBANK_SIGNING_SECRET. Then reload this page and send a test event.', 'key-bank' ) . '</p>';
}

function show_buttons( array $status ): void {
	if ( $status['problems'] ) {
		return;
	}
	echo '<div class="keybank-buttons">';
	if ( $status['stopped'] === null ) {
		$waits = $status['outbox']['waiting'] > 0;
		show_button( 'flush', __( 'Send waiting bookings now', 'key-bank' ), $waits, ! $waits );
		show_button( 'test', __( 'Send a test event', 'key-bank' ), ! $waits );
	} elseif ( has_moved( $status ) ) {
		show_button( 'adopt', __( 'This is the live site now', 'key-bank' ), true );
	}
	echo '</div>';
}

function has_moved( array $status ): bool {
	return bare_address( $status['home'] ) !== bare_address( $status['current_home'] );
}

function show_button( string $deed, string $label, bool $primary, bool $off = false ): void {
	echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '">';
	echo '<input type="hidden" name="action" value="keybank"><input type="hidden" name="deed" value="' . esc_attr( $deed ) . '">';
	wp_nonce_field( 'keybank_' . $deed, '_wpnonce', false );
	printf( '<button type="submit" class="button%s"%s>%s</button></form>', $primary ? ' button-primary' : '', $off ? ' disabled' : '', esc_html( $label ) );
}
