<?php
/**
 * `wp keybank …`. The comments of the functions are the help texts of WP-CLI.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/deliver.php';
require_once __DIR__ . '/sweep.php';
require_once __DIR__ . '/tools-actions.php';
require_once __DIR__ . '/flat-status.php';

function register_cli(): void {
	foreach ( array( 'status', 'test', 'flush', 'retry', 'sweep', 'adopt', 'uninstall' ) as $name ) {
		\WP_CLI::add_command( "keybank $name", __NAMESPACE__ . "\\cli_$name" );
	}
}

/**
 * Shows whether bookings reach Key Bank: set-up, outbox, versions, background.
 *
 * Ends with an error when Key Bank is not set up, is stopped, or bookings fail, so that a monitor can call it.
 *
 * ## OPTIONS
 *
 * [--format=<format>]
 * : How to show the figures.
 * ---
 * default: table
 * options:
 *   - table
 *   - json
 * ---
 *
 * ## EXAMPLES
 *
 *     wp keybank status
 *     wp keybank status --format=json
 */
function cli_status( array $args, array $options ): void {
	$status = status();
	$head   = headline( $status, time() );
	if ( ( $options['format'] ?? 'table' ) === 'json' ) {
		\WP_CLI::line( (string) wp_json_encode( array( 'state' => $head['state'] ) + $status, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES ) );
	} else {
		cli_table( $status );
	}
	$said = trim( $head['sentence'] . ' ' . $head['detail'] );
	if ( in_array( $head['state'], array( 'delivered', 'ready', 'waiting' ), true ) ) {
		( $options['format'] ?? 'table' ) === 'json' || \WP_CLI::success( $said );
		return;
	}
	\WP_CLI::error( $said );
}

function cli_table( array $status ): void {
	$rows = array();
	foreach ( flat_status( $status ) as $name => $value ) {
		$rows[] = array( 'figure' => $name, 'value' => $value );
	}
	\WP_CLI\Utils\format_items( 'table', $rows, array( 'figure', 'value' ) );
	foreach ( $status['outbox']['open'] as $row ) {
		\WP_CLI::line( sprintf( '%s (rev %d): tried %d times, next %s. %s', $row['booking'], $row['rev'], $row['attempts'], gmdate( 'c', (int) $row['next'] ), (string) $row['error'] ) );
	}
	foreach ( warnings( $status ) as $warning ) {
		\WP_CLI::warning( $warning );
	}
}

/**
 * Sends a test event to Key Bank. It orders no key.
 *
 * ## EXAMPLES
 *
 *     wp keybank test
 */
function cli_test(): void {
	cli_tell( said_of_test() );
}

/**
 * Sends every booking that is due, until none is left or the server fails.
 *
 * ## EXAMPLES
 *
 *     wp keybank flush
 */
function cli_flush(): void {
	$stopped = stopped();
	if ( $stopped !== null ) {
		\WP_CLI::error( $stopped );
	}
	$sent = 0;
	do {
		$done  = deliver( FLUSH_SECONDS, FLUSH_ROWS );
		$sent += $done['sent'];
	} while ( $done['sent'] > 0 && $done['failed'] === 0 );
	$left = outbox_counts();
	/* translators: 1: how many were sent, 2: how many wait */
	$text = sprintf( __( '%1$s sent, %2$s waiting.', 'key-bank' ), number_format_i18n( $sent ), counted( $left['waiting'] ) );
	$bad  = $done['failed'] > 0 || $left['failing'] > 0;
	cli_tell( said( ! $bad, $bad ? $text . ' ' . last_try_said( $left ) . ' ' . __( '`wp keybank retry` tries all of them at once.', 'key-bank' ) : $text ) );
}

/**
 * Makes every waiting booking due now, whatever its next try would be, and sends them.
 *
 * ## EXAMPLES
 *
 *     wp keybank retry
 */
function cli_retry(): void {
	/* translators: %s: a number */
	\WP_CLI::log( sprintf( __( '%s due now.', 'key-bank' ), number_format_i18n( retry_now() ) ) );
	cli_flush();
}

/**
 * Compares bookings with what was sent, and sends what was missed.
 *
 * ## OPTIONS
 *
 * [--hours=<hours>]
 * : How far to look back.
 * ---
 * default: 48
 * ---
 *
 * [--earlier]
 * : Also the bookings that were there before Key Bank was installed. They get keys!
 *
 * [--deleted]
 * : Bookings that have vanished were really deleted, however many: their orders are cancelled.
 *
 * ## EXAMPLES
 *
 *     wp keybank sweep
 *     wp keybank sweep --hours=720
 */
function cli_sweep( array $args, array $options ): void {
	$hours = $options['hours'] ?? '48';
	if ( ! ctype_digit( (string) $hours ) || (int) $hours < 1 ) {
		/* translators: %s: what was typed */
		\WP_CLI::error( sprintf( __( '--hours is "%s": give a whole number of hours, 1 or more.', 'key-bank' ), (string) $hours ) );
	}
	$done = sweep_whole( array( 'hours' => (int) $hours, 'earlier' => ! empty( $options['earlier'] ), 'deleted' => ! empty( $options['deleted'] ) ) );
	/* translators: %s: a number */
	$found = sprintf( _n( '%s change found that was missed. `wp keybank flush` sends it now.', '%s changes found that were missed. `wp keybank flush` sends them now.', $done['written'], 'key-bank' ), number_format_i18n( $done['written'] ) );
	if ( $done['remark'] !== null ) {
		\WP_CLI::log( $done['remark'] );
	}
	if ( $done['error'] !== null ) {
		\WP_CLI::log( $found );
		\WP_CLI::error( without_secrets( $done['error'] ) );
	}
	if ( ! $done['done'] ) {
		\WP_CLI::error( __( 'Another sweep is under way. Try again in a minute.', 'key-bank' ) );
	}
	\WP_CLI::success( $found );
}

/**
 * Says that this address is the live site now, after it has moved. Until then a copy sends nothing.
 *
 * ## EXAMPLES
 *
 *     wp keybank adopt
 */
function cli_adopt(): void {
	cli_tell( said_of_adopt() );
}

/**
 * Removes the tables, options and cron events of Key Bank from this site. Bookings that wait are lost.
 *
 * On a network it works on one site at a time: name it with --url.
 *
 * ## OPTIONS
 *
 * [--yes]
 * : Do not ask.
 *
 * ## EXAMPLES
 *
 *     wp keybank uninstall
 */
function cli_uninstall( array $args, array $options ): void {
	$waiting = outbox_counts()['waiting'];
	/* translators: %s: a number */
	\WP_CLI::confirm( sprintf( __( '%s changes of bookings wait to be sent and would be lost. Remove all that Key Bank keeps on this site?', 'key-bank' ), counted( $waiting ) ), $options );
	uninstall();
	\WP_CLI::success( __( 'Tables, options and cron events are removed. Now delete wp-content/mu-plugins/key-bank.php and the folder wp-content/mu-plugins/key-bank, or the next page view sets them up again; and the KEYBANK_ lines in wp-config.php.', 'key-bank' ) );
}

function cli_tell( array $said ): void {
	$said['good'] ? \WP_CLI::success( $said['text'] ) : \WP_CLI::error( $said['text'] );
}
