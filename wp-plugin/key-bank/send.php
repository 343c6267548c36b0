<?php
/**
 * One signed request to the server. Signed as Standard Webhooks has it.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

const TIMEOUT_S = 5;
/** The server's answers are far shorter; what is longer comes from another one. */
const LONGEST_ANSWER = 65536;
const JSON = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR;

/**
 * `v1,…`: HMAC-SHA256 over id.timestamp.body. A secret that begins with whsec_ is base64, any other is taken as it is.
 *
 * @param string $timestamp Seconds since 1970.
 */
function sign(
	#[\SensitiveParameter]
	string $secret,
	string $id,
	string $timestamp,
	string $body
): string {
	$key = strpos( $secret, 'whsec_' ) === 0 ? (string) base64_decode( substr( $secret, 6 ) ) : $secret;
	return 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$timestamp.$body", $key, true ) );
}

/**
 * @param string $id The same for every try of one delivery.
 * @return array{code: int, json: ?array, error: ?string, retry_after: ?int, version: ?string, signed: ?bool} `error` is null
 *               when the server took it; `code` is 0 when there was no answer; `signed` is whether it checks signatures.
 *               Nothing in it is secret.
 */
function post( string $path, string $id, string $json ): array {
	$timestamp = (string) time();
	$headers   = array(
		'Content-Type'      => 'application/json; charset=utf-8',
		'Accept'            => 'application/json',
		'Authorization'     => 'Bearer ' . token(),
		'webhook-id'        => $id,
		'webhook-timestamp' => $timestamp,
	);
	if ( signing_secret() !== '' ) {
		$headers['webhook-signature'] = sign( signing_secret(), $id, $timestamp, $json );
	}
	// Not wp_safe_remote_post: it refuses private addresses and odd ports, where this server often lives.
	$answer = wp_remote_post(
		base_url() . $path,
		array(
			'timeout'             => TIMEOUT_S,
			'redirection'         => 0,
			'headers'             => $headers,
			'body'                => $json,
			'user-agent'          => 'KeyBank/' . VERSION . '; PHP/' . PHP_VERSION,
			'cookies'             => array(),
			'limit_response_size' => LONGEST_ANSWER,
		)
	);
	if ( is_wp_error( $answer ) ) {
		return array( 'code' => 0, 'json' => null, 'error' => short( $answer->get_error_message() ), 'retry_after' => null, 'version' => null, 'signed' => null );
	}
	$body  = json_decode( wp_remote_retrieve_body( $answer ), true );
	$code  = (int) wp_remote_retrieve_response_code( $answer );
	$wait  = wp_remote_retrieve_header( $answer, 'retry-after' );
	$by    = wp_remote_retrieve_header( $answer, 'x-keybank-version' );
	$signs = wp_remote_retrieve_header( $answer, 'x-keybank-signature' );
	$read  = array(
		'code'        => $code,
		'json'        => is_array( $body ) ? $body : null,
		'retry_after' => is_string( $wait ) && ctype_digit( $wait ) ? min( (int) $wait, 21600 ) : null,
		'version'     => is_string( $by ) && $by !== '' ? substr( $by, 0, 20 ) : null,
		'signed'      => is_string( $signs ) && $signs !== '' ? $signs === 'required' : null,
	);
	return $read + array( 'error' => fault_in( $read, wp_remote_retrieve_header( $answer, 'location' ) ) );
}

/** @param string|array $location */
function fault_in( array $answer, $location ): ?string {
	$code = $answer['code'];
	$said = $answer['json']['error'] ?? null;
	if ( $code >= 300 && $code < 400 ) {
		/* translators: 1: HTTP status, 2: address */
		return sprintf( __( 'answered %1$d, a redirect to %2$s: put the final address into KEYBANK_URL', 'key-bank' ), $code, short( is_string( $location ) ? $location : '' ) );
	}
	if ( $code < 200 || $code >= 300 ) {
		/* translators: 1: HTTP status, 2: the server's words */
		return sprintf( __( 'answered %1$d: %2$s', 'key-bank' ), $code, short( is_string( $said ) ? $said : __( 'without a reason', 'key-bank' ) ) );
	}
	// Many a health page says {"status":"ok"} too.
	if ( $answer['version'] === null || ! is_string( $answer['json']['status'] ?? null ) ) {
		/* translators: %d: HTTP status */
		return sprintf( __( 'answered %d, but not as Key Bank does: is KEYBANK_URL the address of the Key Bank server?', 'key-bank' ), $code );
	}
	return null;
}

/** One line of bounded length, without the token should anybody have put it there. */
function short( string $text ): string {
	$text = str_replace( array_filter( array( token(), signing_secret() ) ), '…', $text );
	return mb_substr( trim( (string) preg_replace( '/\s+/', ' ', wp_strip_all_tags( $text ) ) ), 0, 300 );
}
