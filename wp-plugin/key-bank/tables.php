<?php
/**
 * The two tables of a site. A must-use plugin has no activation hook, so they are made on the first request.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

/** 2: addresses are kept in a form that no search-and-replace finds. */
const SCHEMA = 2;
/** After tables could not be made, requests leave it alone for this long. */
const INSTALL_AGAIN_S = 600;
/** No CHARACTER SET of its own: wpdb refuses text that does not fit into every character set of a table. */
const WORD = 'NOT NULL';
const OPTIONS = array( 'keybank_schema', 'keybank_home', 'keybank_site', 'keybank_pause', 'keybank_last', 'keybank_fault', 'keybank_ran', 'keybank_parts', 'keybank_swept', 'keybank_sweep_at', 'keybank_reconciled', 'keybank_doubt', 'keybank_baseline' );

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
		require_once __DIR__ . '/baseline.php';
		// This takes no time, and from here on whatever this request books is new, even if another one installs. Nobody waits
		// for that one: what is booked meanwhile is found by the sweep.
		one_at_a_time( 'begin', __NAMESPACE__ . '\highest_at_start', 2 );
		one_at_a_time( 'install', __NAMESPACE__ . '\make_tables', 0 );
	} catch ( \Throwable $fault ) {
		update_option( 'keybank_schema', 'failed:' . time(), true );
		complain( $fault );
	}
}

function make_tables(): void {
	require_once __DIR__ . '/settings.php';
	require_once __DIR__ . '/baseline.php';
	global $wpdb;
	if ( is_made() ) {
		return; // Another request has finished meanwhile.
	}
	$silent = $wpdb->suppress_errors( true );
	try {
		if ( ! table_exists( bookings() ) ) {
			make_bookings();
		}
		make_outbox();
		keep_addresses();
		update_option( 'keybank_schema', SCHEMA, true );
		delete_option( 'keybank_baseline' );
	} finally {
		$wpdb->suppress_errors( $silent );
	}
}

/** Asks the database: what this request knows of its options may be out of date. */
function is_made(): bool {
	global $wpdb;
	return (string) $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE option_name = 'keybank_schema'" ) === (string) SCHEMA;
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
 *
 * @return bool False when another request is at it.
 */
function mend_tables(): bool {
	// While an install is under way nobody waits: what is booked meanwhile is none of its baseline, and the sweep finds it. But
	// where the tables went after this request began, its booking may be taken for an old one, so it has to be told of now.
	$wait = (string) get_option( 'keybank_schema' ) === (string) SCHEMA ? 5 : 0;
	try {
		return one_at_a_time( 'install', __NAMESPACE__ . '\make_missing', $wait ) !== null;
	} catch ( \Throwable $fault ) {
		complain( $fault );
		return true;
	}
}

function make_missing(): bool {
	global $wpdb;
	if ( ! table_exists( $wpdb->options ) ) {
		return true; // A database that does not even name WordPress's own table is unwell, which tells nothing of ours.
	}
	if ( ! table_exists( bookings() ) ) {
		if ( is_made() ) {
			delete_option( 'keybank_baseline' );
			delete_option( 'keybank_schema' );
		}
		make_tables();
	} elseif ( ! table_exists( outbox() ) ) {
		make_outbox();
	}
	return true;
}

/** Some servers write all names in lower case, whatever wp-config.php says (lower_case_table_names). */
function table_exists( string $table ): bool {
	global $wpdb;
	return strcasecmp( (string) $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) ), $table ) === 0;
}

/** Removes everything but the files. */
function uninstall(): void {
	global $wpdb;
	$wpdb->query( 'DROP TABLE IF EXISTS ' . outbox() );
	$wpdb->query( 'DROP TABLE IF EXISTS ' . bookings() );
	$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}keybank_baseline" );
	array_map( 'delete_option', OPTIONS );
	wp_clear_scheduled_hook( DELIVER_EVENT );
	wp_clear_scheduled_hook( SWEEP_EVENT );
}

/**
 * For the filter wpmu_drop_tables: a site that is deleted from a network takes its tables with it.
 *
 * @param string[]   $tables
 * @param int|string $blog_id
 * @return string[]
 */
function drop_with_site( array $tables, $blog_id ): array {
	$prefix = $GLOBALS['wpdb']->get_blog_prefix( (int) $blog_id );
	return array_merge( $tables, array( "{$prefix}keybank_outbox", "{$prefix}keybank_bookings", "{$prefix}keybank_baseline" ) );
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
