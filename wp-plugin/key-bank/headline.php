<?php
/**
 * The one sentence that says how things are, and what stands beside it. Pure: figures in, words out.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/background.php';
require_once __DIR__ . '/explain.php';

/**
 * The first case that fits decides. Level: 'good', 'warn' or 'bad'.
 *
 * @return array{level: string, state: string, sentence: string, detail: string}
 */
function headline( array $status, int $now ): array {
	if ( $status['problems'] ) {
		return headline_of_setup( $status );
	}
	if ( $status['stopped'] !== null ) {
		$waiting = $status['outbox']['waiting'];
		$nothing = __( 'This site sends nothing.', 'key-bank' );
		return told( 'warn', 'stopped', $waiting > 0 ? $nothing . ' ' . waiting_sentence( $waiting ) : $nothing, $status['stopped'] );
	}
	if ( ! $status['tables'] ) {
		return told(
			'bad',
			'no_tables',
			__( 'The tables of Key Bank are missing.', 'key-bank' ),
			__( 'They are made by the first page view. If they stay away, the database user of WordPress may not create tables: grant CREATE, ALTER and INDEX.', 'key-bank' )
		);
	}
	return headline_of_delivery( $status['outbox'], $status['answer'], $now );
}

function headline_of_setup( array $status ): array {
	$missing  = missing_lines( $status['configuration'] );
	$sentence = $missing
		? __( 'Key Bank is not set up yet.', 'key-bank' )
		: __( 'A setting of Key Bank is not right yet.', 'key-bank' );
	return told( 'warn', 'not_set_up', $sentence, implode( ' ', $status['problems'] ) );
}

function headline_of_delivery( array $outbox, ?array $answer, int $now ): array {
	if ( $outbox['failing'] > 0 ) {
		$long = $outbox['failing_since'] !== null && $now - $outbox['failing_since'] >= DAY_IN_SECONDS;
		return told( $long ? 'bad' : 'warn', 'failing', waiting_sentence( $outbox['waiting'] ), last_try_said( $outbox ) );
	}
	if ( $outbox['waiting'] > 0 ) {
		return is_late( $outbox, $now )
			? told( 'warn', 'late', waiting_sentence( $outbox['waiting'] ), __( 'They come late: nothing calls WP-Cron. Tools → Site Health names the cure.', 'key-bank' ) )
			: told( 'good', 'waiting', waiting_sentence( $outbox['waiting'] ), __( 'They are sent within a minute or two.', 'key-bank' ) );
	}
	if ( $outbox['sent'] > 0 ) {
		return told( 'good', 'delivered', __( 'All bookings have been delivered.', 'key-bank' ), '' );
	}
	$next = $answer === null ? __( 'Send a test event to see that the server answers.', 'key-bank' ) : __( 'The next booking goes to the server by itself.', 'key-bank' );
	return told( 'good', 'ready', __( 'Key Bank is ready. No booking waits.', 'key-bank' ), $next );
}

/** Not tried at all although they wait for long. */
function is_late( array $outbox, int $now ): bool {
	return $outbox['waiting'] > 0 && $outbox['failing'] === 0 && $outbox['oldest'] !== null && $now - $outbox['oldest'] > CRON_IDLE_SECONDS;
}

function waiting_sentence( int $waiting ): string {
	/* translators: %s: a number */
	return sprintf( _n( '%s booking waits.', '%s bookings wait.', $waiting, 'key-bank' ), counted( $waiting ) );
}

function last_try_said( array $outbox ): string {
	$error = $outbox['last_error'] ?? '';
	if ( $error === '' ) {
		return __( 'The last try failed. Nothing is lost: it is tried again.', 'key-bank' );
	}
	/* translators: 1: error message, 2: way out */
	$said = sprintf( __( 'The last try said: %1$s %2$s', 'key-bank' ), as_sentence( $error ), way_out( $outbox['last_code'], $error ) );
	return trim( $said ) . ' ' . __( 'Nothing is lost: it is tried again.', 'key-bank' );
}

/** What else a person should know, worst first. */
function warnings( array $status ): array {
	$listed    = $status['reconcile'];
	$warnings  = array();
	$unknown   = (int) ( $listed['unknown'] ?? 0 );
	$lacking   = (int) ( $listed['lacking'] ?? 0 );
	$no_plugin = ! $status['plugins']['amelia'] && ! $status['plugins']['bookly'];
	if ( $unknown > 0 ) {
		/* translators: %s: a number */
		$warnings[] = sprintf( _n( 'Key Bank holds %s order that this site does not know. Look at it in Key Bank: a booking may have been forged.', 'Key Bank holds %s orders that this site does not know. Look at them in Key Bank: bookings may have been forged.', $unknown, 'key-bank' ), counted( $unknown ) );
	}
	if ( $lacking > 0 ) {
		/* translators: %s: a number */
		$warnings[] = sprintf( _n( 'Key Bank lacked %s booking of this site. It is sent again.', 'Key Bank lacked %s bookings of this site. They are sent again.', $lacking, 'key-bank' ), counted( $lacking ) );
	}
	if ( $status['versions']['mismatch'] ) {
		$warnings[] = mismatch_sentence( $status['versions'] );
	}
	if ( ! $status['problems'] && ! $status['configuration']['signing_secret'] ) {
		$warnings[] = unsigned_sentence();
	} elseif ( ( $status['answer']['signed'] ?? null ) === false ) {
		$warnings[] = __( 'The Key Bank server has no KEYBANK_SIGNING_SECRET, so it takes bookings without a signature too. Whoever learns the token could order keys.', 'key-bank' );
	}
	$attention = array_column( wp_list_filter( $status['outbox']['latest'], array( 'answer' => 'attention' ) ), 'booking' );
	if ( $attention ) {
		/* translators: %s: bookings such as amelia:13 */
		$warnings[] = sprintf( __( 'A person must look at %s in Key Bank before a key goes out. Most often the course has no product there yet.', 'key-bank' ), implode( ', ', array_unique( $attention ) ) );
	}
	foreach ( array( $status['sweep'], $listed ) as $run ) {
		if ( ! empty( $run['error'] ) ) {
			/* translators: %s: an error message */
			$warnings[] = sprintf( __( 'The last hourly check failed: %s', 'key-bank' ), as_sentence( $run['error'] ) );
		}
	}
	if ( $no_plugin ) {
		$warnings[] = __( 'Neither Amelia nor Bookly has its tables here. Until one of them is installed, there is nothing to send.', 'key-bank' );
	}
	return $warnings;
}

function mismatch_sentence( array $versions ): string {
	/* translators: 1: version of the plugin, 2: version of the server */
	return sprintf( __( 'The plugin is version %1$s, the server is version %2$s. Bring both to the same release.', 'key-bank' ), $versions['plugin'], $versions['server'] );
}

function unsigned_sentence(): string {
	return __( 'KEYBANK_SIGNING_SECRET is not set, so bookings are sent without a signature. Whoever learns the token could order keys.', 'key-bank' );
}

/** The lines for wp-config.php that are still missing. The values are placeholders. */
function missing_lines( array $configuration ): array {
	$lines = array();
	if ( $configuration['url'] === '' ) {
		$lines[] = "define( 'KEYBANK_URL', 'https://keys.example.com' );";
	}
	if ( ! $configuration['token'] ) {
		$lines[] = "define( 'KEYBANK_TOKEN', 'the webhook token' );";
	}
	if ( ! $configuration['signing_secret'] ) {
		$lines[] = "define( 'KEYBANK_SIGNING_SECRET', 'the signing secret' );";
	}
	return $lines;
}

function told( string $level, string $state, string $sentence, string $detail ): array {
	return array( 'level' => $level, 'state' => $state, 'sentence' => $sentence, 'detail' => $detail );
}

function counted( int $count ): string {
	return number_format_i18n( $count ) . ( $count >= COUNT_LIMIT ? '+' : '' );
}

function as_sentence( string $text ): string {
	$text = trim( $text );
	return $text === '' || preg_match( '/[.!?]$/', $text ) ? $text : $text . '.';
}
