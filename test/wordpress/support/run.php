<?php
/** Runs one snippet with WordPress loaded; what it returns goes, as JSON, into the file that is the second argument. */

$keybank_input = json_decode( stream_get_contents( STDIN ), true );
$_SERVER['HTTP_HOST']       = $keybank_input['host'];
$_SERVER['REQUEST_URI']     = $keybank_input['site'];
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
if ( $keybank_input['cron'] ) {
	require $keybank_input['root'] . '/wp-cron.php';
	exit;
}
require $keybank_input['root'] . '/wp-load.php';
// A snippet may call any function of the plugin; requests and cron runs load only what they need.
foreach ( glob( WPMU_PLUGIN_DIR . '/key-bank/*.php' ) as $keybank_file ) {
	require_once $keybank_file;
}
try {
	$keybank_value = eval( $keybank_input['code'] ); // phpcs:ignore
} catch ( Throwable $keybank_fault ) {
	fwrite( STDERR, $keybank_fault->getMessage() . ' at ' . $keybank_fault->getFile() . ':' . $keybank_fault->getLine() );
	exit( 1 );
}
file_put_contents( $keybank_input['answer'], json_encode( $keybank_value, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR ) );
