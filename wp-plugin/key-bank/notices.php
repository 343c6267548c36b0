<?php
/**
 * What an administrator is told without asking: bookings that fail for a day anywhere, the rest where set-up is done.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/status.php';
require_once __DIR__ . '/headline.php';

function admin_notices(): void {
	$screen = get_current_screen();
	if ( ! current_user_can( 'manage_options' ) || $screen === null || $screen->id === 'tools_page_key-bank' ) {
		return;
	}
	$notice = notice_of_failing() ?? ( in_array( $screen->id, array( 'dashboard', 'plugins', 'tools' ), true ) ? notice_of_setup() : null );
	if ( $notice !== null ) {
		printf(
			'<div class="notice notice-%s"><p><strong>Key Bank:</strong> %s <a href="%s">%s</a></p></div>',
			esc_attr( $notice[0] ),
			esc_html( $notice[1] ),
			esc_url( admin_url( 'tools.php?page=key-bank' ) ),
			esc_html__( 'Tools → Key Bank', 'key-bank' )
		);
	}
}

/** @return string[]|null Kind of notice and sentence. */
function notice_of_failing(): ?array {
	if ( problems() || stopped() !== null ) {
		return null;
	}
	$outbox = outbox_counts();
	if ( $outbox['failing'] === 0 || $outbox['failing_since'] === null || time() - $outbox['failing_since'] < DAY_IN_SECONDS ) {
		return null;
	}
	return array( 'error', waiting_sentence( $outbox['waiting'] ) . ' ' . __( 'They have failed for a day or longer, and their buyers have no key yet.', 'key-bank' ) . ' ' . last_try_said( $outbox ) );
}

/** @return string[]|null */
function notice_of_setup(): ?array {
	$problems = problems();
	if ( $problems ) {
		return array( 'warning', implode( ' ', $problems ) );
	}
	$stopped = stopped();
	return $stopped === null ? null : array( 'warning', $stopped );
}
