<?php
/**
 * What WP-Cron runs every hour: look for what was missed, send it, and compare with the server.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/sweep.php';
require_once __DIR__ . '/reconcile.php';

function run_sweep(): void {
	try {
		sweep();
		deliver( 20, 1000 );
		reconcile();
	} catch ( \Throwable $fault ) {
		complain( $fault );
	}
}
