<?php
/**
 * The two tables of a site. A must-use plugin has no activation hook, so they are made on the first request.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

const SCHEMA = 1;
/** After tables could not be made, requests leave it alone for this long. */
const INSTALL_AGAIN_S = 600;
/** No CHARACTER SET of its own: wpdb refuses text that does not fit into every character set of a table. */
const WORD = 'NOT NULL';
const OPTIONS = array( 'keybank_schema', 'keybank_home', 'keybank_site', 'keybank_pause', 'keybank_last', 'keybank_fault', 'keybank_ran', 'keybank_parts', 'keybank_swept', 'keybank_sweep_at', 'keybank_reconciled' );

/** What was, or is still to be, delivered. */
function outbox(): string {
	return $GLOBALS['wpdb']->prefix . 'keybank_outbox';
}

/** One row for each booking ever seen. Never pruned: its `rev` must not fall back. */
function bookings(): string {
	return $GLOBALS['wpdb']->prefix . 'keybank_bookings';
}

/** Costs nothing once done: the option is loaded with all others. */
function install(): void {
	$schema = get_option( 'keybank_schema' );
	if ( (string) $schema === (string) SCHEMA ) {
		return;
	}
	if ( is_string( $schema ) && strpos( $schema, 'failed:' ) === 0 && time() < (int) substr( $schema, 7 ) + INSTALL_AGAIN_S ) {
		return;
	}
	try {
		one_at_a_time( 'install', __NAMESPACE__ . '\make_tables' );
	} catch ( \Throwable $fault ) {
		update_option( 'keybank_schema', 'failed:' . time(), true );
		complain( $fault );
	}
}

function make_tables(): void {
	require_once __DIR__ . '/settings.php';
	global $wpdb;
	// Another request may have finished meanwhile. A second baseline would silence bookings that came since.
	if ( (string) $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE option_name = 'keybank_schema'" ) === (string) SCHEMA ) {
		return;
	}
	$silent  = $wpdb->suppress_errors( true );
	$charset = $wpdb->get_charset_collate();
	$word    = WORD;
	must(
		$wpdb->query(
			'CREATE TABLE IF NOT EXISTS ' . bookings() . " (
				source VARCHAR(10) $word, kind VARCHAR(10) $word, id BIGINT UNSIGNED NOT NULL,
				rev BIGINT UNSIGNED NOT NULL DEFAULT 0, status VARCHAR(60) NOT NULL DEFAULT '', hash VARCHAR(64) $word DEFAULT '',
				parent BIGINT UNSIGNED NULL, grp VARCHAR(120) NULL, coupon VARCHAR(100) NULL,
				settled TINYINT NOT NULL DEFAULT 0, resent TINYINT NOT NULL DEFAULT 0, seen_at DATETIME NOT NULL,
				PRIMARY KEY (source, kind, id), KEY parent (source, parent), KEY grp (grp), KEY seen_at (seen_at)
			) ENGINE=InnoDB $charset"
		)
	);
	require_once __DIR__ . '/read-parts.php';
	find_parts_again();
	take_baseline();
	make_outbox();
	add_option( 'keybank_home', current_home(), '', true );
	update_option( 'keybank_schema', SCHEMA, true );
	$wpdb->suppress_errors( $silent );
}

function make_outbox(): void {
	global $wpdb;
	$charset = $wpdb->get_charset_collate();
	$word    = WORD;
	must(
		$wpdb->query(
			'CREATE TABLE IF NOT EXISTS ' . outbox() . " (
				id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, source VARCHAR(10) $word, kind VARCHAR(10) $word, booking BIGINT UNSIGNED NOT NULL,
				rev BIGINT UNSIGNED NOT NULL, hook VARCHAR(100) NOT NULL, body LONGTEXT NOT NULL,
				created_at DATETIME NOT NULL, next_at DATETIME NOT NULL, attempts INT UNSIGNED NOT NULL DEFAULT 0,
				claim CHAR(32) NULL, claimed_until DATETIME NULL, sent_at DATETIME NULL,
				code SMALLINT NULL, answer VARCHAR(40) NULL, order_id VARCHAR(120) NULL, last_error VARCHAR(500) NULL, failing_since DATETIME NULL,
				PRIMARY KEY (id), UNIQUE KEY revision (source, kind, booking, rev), KEY due (sent_at, next_at)
			) ENGINE=InnoDB $charset"
		)
	);
}

/**
 * Somebody dropped our tables, or restored a backup without them: makes anew what is missing. What is booked by then counts
 * as told, as after an install. A lost outbox alone is filled again by the sweep, since the bookings remember what was told.
 */
function mend_tables(): void {
	try {
		one_at_a_time( 'install', __NAMESPACE__ . '\make_missing' );
	} catch ( \Throwable $fault ) {
		complain( $fault );
	}
}

function make_missing(): void {
	global $wpdb;
	$here = $wpdb->get_col( $wpdb->prepare( 'SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (%s, %s, %s)', $wpdb->options, bookings(), outbox() ) );
	if ( ! in_array( $wpdb->options, $here, true ) ) {
		return; // A database that does not even name WordPress's own table is unwell, which tells nothing of ours.
	}
	if ( ! in_array( bookings(), $here, true ) ) {
		delete_option( 'keybank_schema' );
		make_tables();
	} elseif ( ! in_array( outbox(), $here, true ) ) {
		make_outbox();
	}
}

/** Bookings made before the install stay silent until their status changes: nobody is mailed a key for last month's course. */
function take_baseline(): void {
	$existing = array(
		array( 'amelia', 'booking', 'amelia_customer_bookings', 'appointmentId' ),
		array( 'amelia', 'package', 'amelia_packages_to_customers', 'NULL' ),
		array( 'bookly', 'booking', 'bookly_customer_appointments', 'appointment_id' ),
	);
	foreach ( $existing as list( $source, $kind, $name, $parent ) ) {
		global $wpdb;
		$table = $wpdb->prefix . $name;
		if ( has_column( "$name.id" ) ) {
			// Amelia's packages had no status once.
			$status = has_column( "$name.status" ) ? "COALESCE(LEFT(b.status, 60), 'none')" : "'none'";
			must(
				$wpdb->query(
					'INSERT INTO ' . bookings() . " (source, kind, id, status, parent, seen_at)
					SELECT '$source', '$kind', b.id, $status, $parent, '2000-01-01' FROM $table b
					ON DUPLICATE KEY UPDATE seen_at = '2000-01-01'"
				)
			);
		}
	}
}

function table_exists( string $table ): bool {
	global $wpdb;
	return $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) ) === $table;
}

/** Removes everything but the files. */
function uninstall(): void {
	global $wpdb;
	$wpdb->query( 'DROP TABLE IF EXISTS ' . outbox() );
	$wpdb->query( 'DROP TABLE IF EXISTS ' . bookings() );
	array_map( 'delete_option', OPTIONS );
	wp_clear_scheduled_hook( DELIVER_EVENT );
	wp_clear_scheduled_hook( SWEEP_EVENT );
}

/** What that column can keep of a text: wpdb refuses a whole statement for one character of another script. */
function fitting( string $table, string $column, string $text ): string {
	$kept = preg_match( '/[^\x00-\x7F]/', $text ) ? $GLOBALS['wpdb']->strip_invalid_text_for_column( $table, $column, $text ) : $text;
	return is_string( $kept ) ? $kept : '';
}

/**
 * Runs $work unless another PHP process of this site is at it; waits up to $seconds for that one.
 *
 * @return mixed What $work returns; null when it did not run.
 */
function one_at_a_time( string $name, callable $work, int $seconds = 5 ) {
	global $wpdb;
	$lock = 'keybank_' . $name . '_' . substr( sha1( DB_NAME . $wpdb->prefix ), 0, 20 );
	if ( $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, %d)', $lock, $seconds ) ) === '0' ) {
		return null;
	}
	try {
		return $work();
	} finally {
		$wpdb->query( $wpdb->prepare( 'DO RELEASE_LOCK(%s)', $lock ) );
	}
}

/**
 * @param mixed $result What a method of wpdb returned.
 * @return mixed The same, unless it tells of a failure.
 * @throws \RuntimeException With the database's words, which name tables and columns.
 */
function must( $result ) {
	global $wpdb;
	if ( $result === false || $wpdb->last_error !== '' ) {
		throw new \RuntimeException( 'database: ' . substr( $wpdb->last_error, 0, 300 ) );
	}
	return $result;
}

/** The last thing that went wrong inside, for the Tools screen. A booking goes on whatever happens here. */
function complain( \Throwable $fault ): void {
	try {
		$at = basename( $fault->getFile() ) . ':' . $fault->getLine();
		update_option( 'keybank_fault', array( 'at' => time(), 'where' => $at, 'what' => substr( $fault->getMessage(), 0, 300 ) ), false );
	} catch ( \Throwable $another ) {
		unset( $another ); // With the database gone there is no place left to say it, and WordPress itself is down.
	}
}
