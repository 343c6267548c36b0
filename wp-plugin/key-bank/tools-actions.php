<?php
/**
 * The buttons of the Tools screen. One admin-post action; which deed is meant is a field, and each has its own nonce.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/deliver.php';
require_once __DIR__ . '/status.php';
require_once __DIR__ . '/headline.php';

/** A button is pressed by a person who waits; the rest is left to the background. */
const FLUSH_SECONDS = 15;
const FLUSH_ROWS    = 200;

function tools_action(): void {
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'Only an administrator may do this.', 'key-bank' ), '', array( 'response' => 403 ) );
	}
	$deed = isset( $_POST['deed'] ) && is_string( $_POST['deed'] ) ? sanitize_key( $_POST['deed'] ) : '';
	check_admin_referer( 'keybank_' . $deed );
	$deeds = array(
		'test'  => __NAMESPACE__ . '\said_of_test',
		'flush' => __NAMESPACE__ . '\said_of_flush',
		'adopt' => __NAMESPACE__ . '\said_of_adopt',
	);
	if ( isset( $deeds[ $deed ] ) ) {
		set_transient( said_key(), $deeds[ $deed ](), 5 * MINUTE_IN_SECONDS );
	}
	wp_safe_redirect( admin_url( 'tools.php?page=key-bank' ) );
	exit;
}

/** What a button did is told to the person who pressed it. */
function said_key(): string {
	return 'keybank_said_' . get_current_user_id();
}

function said_of_test(): array {
	$stopped = stopped();
	if ( $stopped !== null ) {
		return said( false, $stopped );
	}
	$answer = send_test();
	return said( $answer['error'] === null, explain( $answer ) );
}

function said_of_flush(): array {
	$stopped = stopped();
	if ( $stopped !== null ) {
		return said( false, $stopped );
	}
	retry_now();
	$done = deliver( FLUSH_SECONDS, FLUSH_ROWS );
	$left = outbox_counts();
	if ( $left['waiting'] === 0 ) {
		/* translators: %s: a number */
		return said( true, sprintf( _n( '%s booking sent.', '%s bookings sent.', $done['sent'], 'key-bank' ), number_format_i18n( $done['sent'] ) ) );
	}
	/* translators: 1: how many were sent, 2: how many wait */
	$text = sprintf( __( '%1$s sent, %2$s still waiting.', 'key-bank' ), number_format_i18n( $done['sent'] ), counted( $left['waiting'] ) );
	return said( $done['failed'] === 0, $left['failing'] > 0 ? $text . ' ' . last_try_said( $left ) : $text );
}

function said_of_adopt(): array {
	adopt();
	$stopped = stopped();
	return $stopped === null
		/* translators: %s: address of the site */
		? said( true, sprintf( __( 'Bookings are sent from %s now.', 'key-bank' ), current_home() ) )
		: said( false, $stopped );
}

function said( bool $good, string $text ): array {
	return array( 'good' => $good, 'text' => $text );
}
