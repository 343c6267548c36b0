<?php
/**
 * After a sweep, both sides compare what they hold. The list that goes out names only bookings that were told of, or are
 * about to be; the answer names only those of them that the server lacks. What the server holds beyond the list it raises
 * itself: that is how a forged booking shows.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/sweep.php';

/** How far back the list goes; the server looks back 48 hours. */
const LIST_HOURS = 50;
/** The server takes no more in one post. */
const LIST_MOST = 1000;
/** A revision that the server would not keep three times will not be kept the fourth time either. */
const RESEND_MOST = 3;

/** @return array{listed: int, lacking: int, unknown: int, error: ?string} */
function reconcile(): array {
	global $wpdb;
	$result = array( 'listed' => 0, 'lacking' => 0, 'unknown' => 0, 'error' => stopped() );
	if ( $result['error'] !== null ) {
		return $result;
	}
	$silent = $wpdb->suppress_errors( true );
	try {
		foreach ( array_unique( wp_list_pluck( booking_tables(), 'source' ) ) as $source ) {
			$result = reconcile_source( $source, $result );
		}
	} catch ( \Throwable $fault ) {
		complain( $fault );
		$result['error'] = $fault->getMessage();
	}
	$wpdb->suppress_errors( $silent );
	update_option( 'keybank_reconciled', array( 'time' => time() ) + $result, false );
	return $result;
}

function reconcile_source( string $source, array $result ): array {
	$entries = entries_told( $source );
	// Without a number of their own to page by, packages and groups are all in the first page.
	$first = array_filter( $entries, __NAMESPACE__ . '\is_unnumbered' );
	$rest  = array_diff_key( $entries, $first );
	$after = 0;
	if ( count( $first ) >= LIST_MOST ) {
		// The server would take every one that is left out for a forgery, so it is not asked about any of them.
		/* translators: 1: a number, 2: amelia or bookly */
		$result['error'] = $result['error'] ?? sprintf( __( '%1$d packages or compound bookings of %2$s are more than one list can hold, so they were not compared.', 'key-bank' ), count( $first ), $source );
		list( $first, $after ) = array( array(), 1 );
	}
	do {
		$page   = array_slice( $rest, 0, LIST_MOST - count( $first ), true );
		$rest   = array_slice( $rest, count( $page ), null, true );
		$last   = end( $page );
		$upto   = $rest ? (int) $last['id'] : null;
		$result = post_page( $source, $after, $upto, $first + $page, $result );
		list( $first, $after ) = array( array(), $upto );
	} while ( $rest && ! $result['failed'] );
	unset( $result['failed'] );
	return $result;
}

function is_unnumbered( array $entry ): bool {
	return $entry['kind'] === 'package' || $entry['grp'] !== null;
}

function post_page( string $source, int $after, ?int $upto, array $page, array $result ): array {
	$list = array();
	foreach ( $page as $name => $entry ) {
		$list[] = array( 'id' => (string) $name, 'rev' => (int) $entry['sent'], 'status' => $entry['status'] );
	}
	$body   = array(
		'v'        => PROTOCOL,
		'plugin'   => VERSION,
		'site'     => site(),
		'sentAt'   => gmdate( 'Y-m-d\TH:i:s' ) . '.000Z',
		'source'   => $source,
		'after'    => $after,
		'upto'     => $upto,
		'bookings' => $list,
	);
	$answer = post( '/webhooks/reconcile', 'reconcile:' . wp_generate_uuid4(), (string) wp_json_encode( $body, JSON ) );
	$said   = $answer['json'];
	if ( $answer['error'] !== null || ! is_array( $said['lacking'] ?? null ) ) {
		$why = $answer['error'] ?? __( 'the answer names nothing', 'key-bank' );
		/* translators: 1: amelia or bookly, 2: what went wrong */
		$error = sprintf( __( 'The list of %1$s bookings was not compared: %2$s', 'key-bank' ), $source, $why );
		return array_merge( $result, array( 'error' => $result['error'] ?? $error, 'failed' => true ) );
	}
	$lacking = array_intersect_key( $page, array_flip( array_filter( $said['lacking'], 'is_string' ) ) );
	// What still waits in the outbox is not lacking, only late.
	$lacking = array_filter( $lacking, function ( array $entry ): bool {
		return (int) $entry['waiting'] === 0;
	} );
	foreach ( $lacking as $entry ) {
		send_again( $source, $entry );
	}
	return array(
		'listed'  => $result['listed'] + count( $page ),
		'lacking' => $result['lacking'] + count( $lacking ),
		'unknown' => $result['unknown'] + (int) ( $said['unknown'] ?? 0 ),
		'error'   => $result['error'],
		'failed'  => false,
	);
}

/**
 * What the server should have, by the name it gives the order and in the order of the rows' ids.
 *
 * @return array<string|int, array{kind: string, id: int, grp: ?string, status: string, sent: int, waiting: int}>
 */
function entries_told( string $source ): array {
	$entries = array();
	foreach ( wp_list_filter( booking_tables(), array( 'source' => $source ) ) as $table ) {
		$ids = must( $GLOBALS['wpdb']->get_col( ids_told_sql( $table ) ) );
		sort( $ids, SORT_NUMERIC );
		foreach ( array_chunk( array_map( 'intval', $ids ), LIST_MOST ) as $some ) {
			foreach ( rows_told( $table, $some ) as $row ) {
				$name  = $row['grp'] !== null ? group_order_id( $row['grp'] ) : ( $row['kind'] === 'package' ? "package:{$row['id']}" : $row['id'] );
				$known = $entries[ $name ] ?? array( 'waiting' => 0, 'sent' => -1 );
				// The row of a group that spoke for it last is its first one that was still there.
				$entries[ $name ] = array( 'waiting' => $known['waiting'] + $row['waiting'] ) + ( $row['sent'] > $known['sent'] ? $row : $known );
			}
		}
	}
	return $entries;
}

/**
 * Told of lately, or to be told of. And the youngest of those from before the install: the server may hold orders of them
 * from an earlier install, or from another sender, and they are no forgeries.
 */
function ids_told_sql( array $table ): string {
	list( $rows, $source, $kind, $made ) = esc_sql( array( $table['table'], $table['source'], $table['kind'], $table['made'] ) );
	$kept  = bookings();
	$since = 'UTC_TIMESTAMP() - INTERVAL ' . LIST_HOURS . ' HOUR';
	$told  = "SELECT b.id FROM $kept b WHERE b.source = '$source' AND b.kind = '$kind' AND b.rev > 0 AND b.seen_at >= $since
		UNION SELECT o.booking FROM " . outbox() . " o WHERE o.source = '$source' AND o.kind = '$kind' AND (o.sent_at IS NULL OR o.sent_at >= $since)";
	// Some plugins write the site's own time.
	$older = "SELECT r.id FROM $rows r JOIN $kept b ON b.source = '$source' AND b.kind = '$kind' AND b.id = r.id
		WHERE b.rev = 0 AND r.$made >= $since - INTERVAL 15 HOUR";
	return says_when_made( $table ) ? "$told UNION $older" : $told;
}

/** With each its highest revision that was sent, and how many still wait. @param int[] $ids */
function rows_told( array $table, array $ids ): array {
	global $wpdb;
	list( $source, $kind ) = esc_sql( array( $table['source'], $table['kind'] ) );
	return must(
		$wpdb->get_results(
			'SELECT b.kind, b.id, b.grp, b.status, MAX(CASE WHEN o.sent_at IS NOT NULL THEN o.rev ELSE 0 END) AS sent, SUM(o.id IS NOT NULL AND o.sent_at IS NULL) AS waiting
			FROM ' . bookings() . ' b LEFT JOIN ' . outbox() . " o ON o.source = b.source AND o.kind = b.kind AND o.booking = b.id
			WHERE b.source = '$source' AND b.kind = '$kind' AND b.id IN (" . implode( ',', array_map( 'intval', $ids ) ) . ')
			GROUP BY b.kind, b.id, b.grp, b.status ORDER BY b.id',
			ARRAY_A
		)
	);
}

/** The outbox row becomes due again; when it is gone, the booking is read anew. */
function send_again( string $source, array $entry ): void {
	global $wpdb;
	$kind  = $entry['kind'];
	$tries = 'UPDATE ' . bookings() . ' SET resent = resent + 1 WHERE source = %s AND kind = %s AND id = %d AND resent < %d';
	if ( must( $wpdb->query( $wpdb->prepare( $tries, $source, $kind, $entry['id'], RESEND_MOST ) ) ) === 0 ) {
		return;
	}
	// A server that was restored from nothing has to be told again that this payment was accepted, if that was ever seen.
	$due = 'UPDATE ' . outbox() . ' o JOIN ' . bookings() . " b ON b.source = o.source AND b.kind = o.kind AND b.id = o.booking
		SET o.sent_at = NULL, o.attempts = 0, o.next_at = UTC_TIMESTAMP(), o.hook = IF(b.settled = 1, %s, o.hook)
		WHERE o.source = %s AND o.kind = %s AND o.booking = %d AND o.rev = %d AND o.sent_at IS NOT NULL AND o.body <> ''";
	if ( must( $wpdb->query( $wpdb->prepare( $due, SETTLED_HOOK, $source, $kind, $entry['id'], (int) $entry['sent'] ) ) ) === 0 ) {
		record( $source, array( array( 'kind' => $kind, 'id' => (int) $entry['id'] ) ), 'sweep', array(), true );
	}
}
