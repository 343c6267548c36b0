<?php
/**
 * What wp-config.php says, and whether this site may send at all.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

/** The server's base address without a trailing slash; '' when none is set. */
function base_url(): string {
	return constant_text( 'KEYBANK_URL', '/' );
}

function token(): string {
	return constant_text( 'KEYBANK_TOKEN' );
}

/** '' means that deliveries are not signed. */
function signing_secret(): string {
	return constant_text( 'KEYBANK_SIGNING_SECRET' );
}

function constant_text( string $name, string $cut = '' ): string {
	$value = defined( $name ) ? constant( $name ) : '';
	return is_string( $value ) ? rtrim( trim( $value ), $cut ) : '';
}

/**
 * What is wrong in wp-config.php: sentences with the constant, the value (never a secret) and the way out.
 *
 * @return string[]
 */
function problems(): array {
	$problems = array();
	foreach ( array( 'KEYBANK_URL', 'KEYBANK_TOKEN' ) as $name ) {
		if ( constant_text( $name ) === '' ) {
			/* translators: %s: name of a constant */
			$problems[] = sprintf( __( '%s is not set: put it into wp-config.php, above the line "That\'s all, stop editing".', 'key-bank' ), $name );
		}
	}
	$url = base_url();
	if ( $url !== '' ) {
		$problems = array_merge( $problems, url_problems( $url ) );
	}
	if ( token() !== '' && token() === signing_secret() ) {
		$problems[] = __( 'KEYBANK_SIGNING_SECRET is the same as KEYBANK_TOKEN: give it the value of the server\'s KEYBANK_SIGNING_SECRET.', 'key-bank' );
	}
	return $problems;
}

/** @return string[] */
function url_problems( string $url ): array {
	$parts  = wp_parse_url( $url );
	$host   = is_array( $parts ) ? (string) ( $parts['host'] ?? '' ) : '';
	$scheme = is_array( $parts ) ? strtolower( (string) ( $parts['scheme'] ?? '' ) ) : '';
	if ( $host === '' || ! in_array( $scheme, array( 'http', 'https' ), true ) ) {
		// SECURITY: without what may be a user and a password.
		$shown = (string) preg_replace( '#^.*@#', '', $url );
		/* translators: %s: an address */
		return array( sprintf( __( 'KEYBANK_URL is "%s", which is no web address: it should look like https://keys.example.com.', 'key-bank' ), $shown ) );
	}
	$problems = array();
	if ( isset( $parts['user'] ) || isset( $parts['pass'] ) || isset( $parts['query'] ) || isset( $parts['fragment'] ) || strpos( $parts['path'] ?? '', '/webhooks' ) !== false ) {
		/* translators: %s: an address */
		$problems[] = sprintf( __( 'KEYBANK_URL is more than the server\'s address: write "%s" and leave out the rest.', 'key-bank' ), "$scheme://$host" . ( isset( $parts['port'] ) ? ":{$parts['port']}" : '' ) );
	}
	if ( $scheme !== 'https' && ! server_is_local( $host ) ) {
		/* translators: %s: a host name */
		$problems[] = sprintf( __( 'KEYBANK_URL begins with http://, but %s is not a local address: use https://, or bookings and the token would travel unprotected.', 'key-bank' ), $host );
	}
	return $problems;
}

/** This machine, a private network, or a name that only exists in one (such as a container's). */
function server_is_local( string $host ): bool {
	$host = strtolower( trim( $host, '[]' ) );
	if ( filter_var( $host, FILTER_VALIDATE_IP ) ) {
		return ! filter_var( $host, FILTER_VALIDATE_IP, FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE );
	}
	return strpos( $host, '.' ) === false || (bool) preg_match( '/\.(localhost|local|test|internal)$/', $host );
}

/** Why nothing leaves this site now; null when it may send. Bookings are gathered all the same. */
function stopped(): ?string {
	$problems = problems();
	if ( $problems ) {
		return $problems[0];
	}
	$type = wp_get_environment_type();
	if ( $type !== 'production' && constant_text( 'KEYBANK_ENVIRONMENT' ) !== $type ) {
		/* translators: %s: an environment type such as staging */
		return sprintf( __( 'This is a %1$s site, so its bookings are not sent. If that is meant, put define( \'KEYBANK_ENVIRONMENT\', \'%1$s\' ); into wp-config.php.', 'key-bank' ), $type );
	}
	if ( bare_address( home() ) !== bare_address( current_home() ) ) {
		/* translators: 1: old address, 2: new address */
		return sprintf( __( 'Key Bank was set up for %1$s, but this site is %2$s. A copy must not send the bookings of the original. If the site has moved, press "This is the live site now" under Tools → Key Bank, or run wp keybank adopt.', 'key-bank' ), home(), current_home() );
	}
	return null;
}

/** The address that may send: the one at which Key Bank was set up, or the last to which somebody says the site has moved. */
function home(): string {
	$home = kept_address( 'keybank_home' );
	return $home !== '' ? $home : current_home();
}

/** The name by which the server knows this site's bookings. It stays after a move: under a new one they would be sold once more. */
function site(): string {
	$site = kept_address( 'keybank_site' );
	return $site !== '' ? $site : home();
}

/** SECURITY: whatever copies a site replaces its address in every option. In base64 it finds none, so that the copy can tell that it is one. */
function keep_address( string $option, string $address ): void {
	update_option( $option, base64_encode( $address ), true );
}

/** '' when there is none. Version 1 of the tables kept addresses as they are, which base64 never looks like. */
function kept_address( string $option ): string {
	$kept = get_option( $option );
	$kept = is_string( $kept ) ? $kept : '';
	$read = base64_decode( $kept, true );
	return $read === false ? $kept : $read;
}

/** After an install, or an update from a version that kept them as they are. */
function keep_addresses(): void {
	keep_address( 'keybank_home', home() );
	if ( kept_address( 'keybank_site' ) !== '' ) {
		keep_address( 'keybank_site', site() );
	}
}

/** Not home_url(): translation plugins filter a language into that. */
function current_home(): string {
	return (string) get_option( 'home' );
}

/** This address is the live site's from now on. */
function adopt(): void {
	keep_address( 'keybank_site', site() );
	keep_address( 'keybank_home', current_home() );
}

/** Moving to https or to www is no move. */
function bare_address( string $url ): string {
	return strtolower( (string) preg_replace( '#^https?://(www\.)?|/+$#i', '', trim( $url ) ) );
}
