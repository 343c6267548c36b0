<?php
/**
 * What an answer of the server means and what to do about it, as one sentence or two for the person at the screen.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

/**
 * @param array $answer As post() gives it: code, json, error, retry_after, version, signed.
 */
function explain( array $answer ): string {
	if ( $answer['error'] === null ) {
		$right = $answer['signed'] === true
			? __( 'address, token and signature are right', 'key-bank' )
			: __( 'address and token are right', 'key-bank' );
		/* translators: 1: version of the server, 2: what is right */
		return sprintf( __( 'Key Bank %1$s answered 200: %2$s.', 'key-bank' ), $answer['version'] ?? '', $right );
	}
	/* translators: 1: error message, 2: way out */
	return trim( sprintf( __( 'Key Bank did not take it: %1$s %2$s', 'key-bank' ), as_sentence( without_secrets( $answer['error'] ) ), way_out( $answer['code'], $answer['error'] ) ) );
}

/**
 * What to do about a failed try.
 *
 * @param int    $code HTTP status; 0 when there was no answer.
 * @param string $said What post() or the outbox keep as the error.
 */
function way_out( int $code, string $said ): string {
	if ( $code === 0 ) {
		return way_out_of_silence( strtolower( $said ) );
	}
	if ( $code === 401 ) {
		return way_out_of_refusal( $said );
	}
	return way_out_of_code( $code );
}

/** The server names its reason; the way out is another one for each. */
function way_out_of_refusal( string $reason ): string {
	if ( strpos( $reason, 'clock' ) !== false ) {
		return __( 'The clock of this server or of Key Bank is off: a signature is good for 5 minutes. Set both by NTP.', 'key-bank' );
	}
	if ( strpos( $reason, 'signature' ) !== false ) {
		return __( 'KEYBANK_SIGNING_SECRET in wp-config.php differs from the one of the Key Bank server.', 'key-bank' );
	}
	if ( strpos( $reason, 'token' ) !== false ) {
		return __( 'KEYBANK_TOKEN in wp-config.php is not a webhook token of the Key Bank server; or a proxy on the way drops the Authorization header.', 'key-bank' );
	}
	return __( 'KEYBANK_TOKEN or KEYBANK_SIGNING_SECRET in wp-config.php differs from the one of the Key Bank server.', 'key-bank' );
}

function way_out_of_code( int $code ): string {
	if ( $code < 400 ) {
		return ''; // A redirect, or another server than Key Bank: the error says already what to do.
	}
	if ( $code === 403 ) {
		return __( 'A firewall or a proxy before Key Bank refuses this server. Let its address through.', 'key-bank' );
	}
	if ( $code === 404 || $code === 405 ) {
		return __( 'There is no Key Bank at this address, or it is older than the plugin. Check KEYBANK_URL.', 'key-bank' );
	}
	if ( $code === 413 ) {
		return __( 'This one booking is larger than the server takes. The others go on.', 'key-bank' );
	}
	if ( $code === 429 ) {
		return __( 'The server asks for a pause.', 'key-bank' );
	}
	return $code >= 500
		? __( 'The server runs, but cannot work now: its database may be away, or a proxy does not reach it.', 'key-bank' )
		: __( 'The log of the Key Bank server says more.', 'key-bank' );
}

/** The words are those of cURL; WordPress passes them on. */
function way_out_of_silence( string $said ): string {
	$cures = array(
		'refused'     => __( 'Nothing listens at the address of KEYBANK_URL. Is Key Bank running, and is the port right?', 'key-bank' ),
		'resolve'     => __( 'The name in KEYBANK_URL is not known to DNS. Is it spelt right?', 'key-bank' ),
		'certificate' => __( 'The TLS certificate of the server is not trusted here: it may be expired, or made for another name.', 'key-bank' ),
		'ssl'         => __( 'TLS failed. Does the server speak https at this address and port?', 'key-bank' ),
		'timed out'   => __( 'The server is slow, or a firewall drops the connection. May this host open outgoing connections?', 'key-bank' ),
		'reset'       => __( 'The connection was cut. Are the port and http or https in KEYBANK_URL right?', 'key-bank' ),
		'empty reply' => __( 'The connection was cut. Are the port and http or https in KEYBANK_URL right?', 'key-bank' ),
		'connect to'  => __( 'Nothing listens at the address of KEYBANK_URL. Is Key Bank running, and is the port right?', 'key-bank' ),
		'blocked'     => __( 'WordPress may not call out: WP_HTTP_BLOCK_EXTERNAL is set. Add the host to WP_ACCESSIBLE_HOSTS.', 'key-bank' ),
	);
	foreach ( $cures as $word => $cure ) {
		if ( strpos( $said, $word ) !== false ) {
			return $cure;
		}
	}
	return __( 'Check KEYBANK_URL, and whether this host may open outgoing connections.', 'key-bank' );
}
