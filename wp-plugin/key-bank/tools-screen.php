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
require_once __DIR__ . '/tools-style.php';

function tools_menu(): void {
	$screen = add_management_page( 'Key Bank', 'Key Bank', 'manage_options', 'key-bank', __NAMESPACE__ . '\tools_page' );
	add_action( "admin_print_styles-$screen", __NAMESPACE__ . '\tools_style' );
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
	show_setup( $status );
	show_delivery( $status );
	if ( ! $status['problems'] ) {
		show_background( $status['cron'] );
		show_checks( $status );
	}
	echo '</div>';
	show_latest( $status['outbox']['latest'] );
	echo '</div>';
}

/** What the last button did, shown once. */
function show_said(): void {
	$said = get_transient( said_key() );
	if ( is_array( $said ) ) {
		delete_transient( said_key() );
		printf( '<div class="notice notice-%s inline" role="status"><p>%s</p></div>', esc_attr( $said['good'] ? 'success' : 'error' ), esc_html( $said['text'] ) );
	}
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
	if ( ! $lines || ( $status['configuration']['url'] !== '' && $status['configuration']['token'] ) ) {
		foreach ( $status['problems'] as $problem ) {
			echo '<p>' . esc_html( $problem ) . '</p>';
		}
		return;
	}
	/* translators: %d: a number of lines */
	$put = _n( 'Put %d line into wp-config.php, above "That\'s all, stop editing!":', 'Put these %d lines into wp-config.php, above "That\'s all, stop editing!":', count( $lines ), 'key-bank' );
	echo '<p>' . esc_html( sprintf( $put, count( $lines ) ) ) . '</p>';
	echo '<pre class="keybank-lines" tabindex="0">' . esc_html( implode( "\n", $lines ) ) . '</pre>';
	// phpcs:ignore WordPress.WP.CapitalPDangit.Misspelled -- A command is typed in small letters.
	echo '<p>' . esc_html__( 'On the Key Bank server, run: npx keybank wordpress. It prints these lines with their values. Then reload this page and send a test event.', 'key-bank' ) . '</p>';
}

function show_buttons( array $status ): void {
	if ( $status['problems'] ) {
		return;
	}
	echo '<div class="keybank-buttons">';
	if ( $status['stopped'] === null ) {
		$waits = $status['outbox']['waiting'] > 0;
		if ( $waits ) {
			show_button( 'flush', __( 'Send waiting bookings now', 'key-bank' ), true );
		}
		show_button( 'test', __( 'Send a test event', 'key-bank' ), ! $waits );
	} elseif ( has_moved( $status ) ) {
		show_button( 'adopt', __( 'This is the live site now', 'key-bank' ), false );
		echo '<span>' . esc_html__( 'Only when the old address is out of use: two live sites would both order keys.', 'key-bank' ) . '</span>';
	}
	echo '</div>';
}

function has_moved( array $status ): bool {
	return bare_address( $status['home'] ) !== bare_address( $status['current_home'] );
}

function show_button( string $deed, string $label, bool $primary ): void {
	echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '">';
	echo '<input type="hidden" name="action" value="keybank"><input type="hidden" name="deed" value="' . esc_attr( $deed ) . '">';
	wp_nonce_field( 'keybank_' . $deed, '_wpnonce', false );
	echo '<button type="submit" class="button ' . esc_attr( $primary ? 'button-primary' : '' ) . '">' . esc_html( $label ) . '</button></form>';
}
