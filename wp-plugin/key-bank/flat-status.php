<?php
/**
 * The figures as plain text, a name and a value each: for the table of WP-CLI and for Site Health → Info.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/headline.php';

/** @return string[] By name. Without single bookings. */
function flat_status( array $status ): array {
	$set    = $status['configuration'];
	$outbox = $status['outbox'];
	$cron   = $status['cron'];
	$flat   = array(
		'KEYBANK_URL'            => $set['url'],
		'KEYBANK_TOKEN'          => $set['token'],
		'KEYBANK_SIGNING_SECRET' => $set['signing_secret'],
		'KEYBANK_ENVIRONMENT'    => $set['environment'],
		'environment'            => $status['environment'],
		'set up for'             => $status['home'],
		'address'                => $status['current_home'],
		'stopped'                => $status['stopped'],
		'tables'                 => $status['tables'],
		'amelia'                 => $status['plugins']['amelia'],
		'bookly'                 => $status['plugins']['bookly'],
		'sent in 30 days'        => counted( $outbox['sent'] ),
		'sent in 24 hours'       => counted( $outbox['sent_day'] ),
		'waiting'                => counted( $outbox['waiting'] ),
		'failing'                => counted( $outbox['failing'] ),
		'failing since'          => flat_time( $outbox['failing_since'] ),
		'oldest waiting since'   => flat_time( $outbox['oldest'] ),
		'last error'             => $outbox['last_error'],
		'last answer'            => flat_answer( $status['answer'] ),
		'paused until'           => flat_time( $status['paused_until'] ),
		'last fault'             => flat_fault( $status['fault'] ),
		'version of the plugin'  => $status['versions']['plugin'],
		'version of the server'  => $status['versions']['server'],
		'DISABLE_WP_CRON'        => $cron['disabled'],
		'last cron run'          => flat_time( $cron['ran'] ),
		'next cron run'          => flat_time( $cron['next'] ),
		'sends after the page'   => $cron['finish'] ?? 'not known on the command line',
		'last sweep'             => flat_time( $status['sweep']['time'] ?? null ),
		'last comparison'        => flat_comparison( $status['reconcile'] ),
	);
	return array_map( __NAMESPACE__ . '\flat_value', $flat );
}

/** @param mixed $value */
function flat_value( $value ): string {
	if ( is_bool( $value ) ) {
		return $value ? 'yes' : 'no';
	}
	return $value === null || $value === '' ? '–' : (string) $value;
}

function flat_time( ?int $time ): ?string {
	return $time === null ? null : gmdate( 'Y-m-d\TH:i:s\Z', $time );
}

function flat_answer( ?array $answer ): ?string {
	if ( $answer === null ) {
		return null;
	}
	$code = $answer['code'] ? (string) $answer['code'] : 'no answer';
	return implode( ' ', array_filter( array( flat_time( $answer['time'] ), $code, $answer['status'], $answer['error'] ) ) );
}

function flat_fault( ?array $fault ): ?string {
	return $fault === null ? null : flat_time( $fault['time'] ) . ' ' . $fault['where'] . ': ' . $fault['what'];
}

function flat_comparison( ?array $run ): ?string {
	if ( $run === null ) {
		return null;
	}
	return sprintf( '%s: %d listed, %d lacking, %d unknown', (string) flat_time( $run['time'] ?? null ), $run['listed'] ?? 0, $run['lacking'] ?? 0, $run['unknown'] ?? 0 );
}
