<?php
/**
 * What a web server does before WordPress: finds the file, or hands the address to index.php. Both kinds of server in the
 * tests come through here, so a difference between them is one of PHP, not of routing.
 */

// In the global scope, as WordPress expects its files to be run.
require ( static function (): string {
	$root = (string) realpath( $_SERVER['DOCUMENT_ROOT'] );
	$path = rawurldecode( (string) parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
	if ( strpos( $path, '..' ) !== false || ! preg_match( '#^/#', $path ) ) {
		http_response_code( 400 );
		exit;
	}
	// The sites of a network lie under one name each.
	if ( ! file_exists( $root . $path ) && preg_match( '#^/[^/]+(/wp-(?:admin|includes|content)/.*|/(?:wp-[a-z-]+|xmlrpc)\.php)$#', $path, $found ) ) {
		$path = $found[1];
	}
	if ( is_dir( $root . $path ) ) {
		$path = rtrim( $path, '/' ) . '/index.php';
	}
	$folders = array_filter( array( $root, (string) getenv( 'KEYBANK_WP_ASSETS' ) ) );
	foreach ( substr( $path, -4 ) === '.php' ? array() : $folders as $folder ) {
		if ( is_file( $folder . $path ) ) {
			$types = array( 'css' => 'text/css', 'js' => 'text/javascript', 'svg' => 'image/svg+xml', 'png' => 'image/png', 'woff2' => 'font/woff2' );
			header( 'content-type: ' . ( $types[ pathinfo( $path, PATHINFO_EXTENSION ) ] ?? 'application/octet-stream' ) );
			readfile( $folder . $path );
			exit;
		}
	}
	if ( ! is_file( $root . $path ) ) {
		$path = '/index.php';
	}
	$_SERVER['SCRIPT_NAME']     = $path;
	$_SERVER['PHP_SELF']        = $path;
	$_SERVER['SCRIPT_FILENAME'] = $root . $path;
	unset( $_SERVER['PATH_INFO'] );
	chdir( dirname( $root . $path ) );
	return $root . $path;
} )();
