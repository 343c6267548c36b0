<?php
/**
 * Runs inside booking requests: notes which bookings were touched, and nothing else. What became of them is read on
 * shutdown (collect.php). Whatever a hook passes, however strange, the request goes on.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

/** More bookings than this in one hook's arguments are left to the sweep. */
const MOST_IDS = 5000;
/** It fires after the payment was accepted, so its name is the server's proof of that. */
const SETTLED_HOOK = 'amelia_after_booking_added';

/**
 * What this request has touched, by site, source and "kind:id". Without an argument it is taken, and the list is empty after.
 *
 * @param array|null $note { source, kind, id, hook } and, from a settled hook, what only the request knows: email, coupon.
 */
function notes( ?array $note = null ): array {
	static $notes = array();
	if ( $note === null ) {
		list( $taken, $notes ) = array( $notes, array() );
		return $taken;
	}
	$at   = &$notes[ get_current_blog_id() ][ $note['source'] ][ "{$note['kind']}:{$note['id']}" ];
	$keep = isset( $at ) && $note['hook'] !== SETTLED_HOOK;
	$at   = $keep ? $at : $note;
	return array();
}

/** @param mixed ...$args Whatever Amelia passes. */
function on_amelia( ...$args ): void {
	try {
		$hook = (string) current_filter();
		$only = array( 'source' => 'amelia', 'hook' => $hook );
		if ( $hook === SETTLED_HOOK ) {
			$buyer = is_array( $args[0] ?? null ) ? $args[0]['customer'] ?? null : null;
			$email = is_array( $buyer ) ? $buyer['email'] ?? null : null;
			$only += array( 'email' => is_string( $email ) ? substr( $email, 0, 254 ) : null, 'coupon' => request_coupon() );
		}
		foreach ( amelia_ids( $args ) as list( $kind, $id ) ) {
			notes( $only + array( 'kind' => $kind, 'id' => $id ) );
		}
	} catch ( \Throwable $fault ) {
		complain( $fault );
	}
}

/**
 * Amelia's free edition keeps the coupon that a buyer typed nowhere else.
 *
 * @param mixed $request What Amelia is about to book; without one, the coupon of the last.
 */
function request_coupon( $request = null ): ?string {
	static $coupon = null;
	if ( is_array( $request ) ) {
		$typed  = $request['couponCode'] ?? null;
		$coupon = is_string( $typed ) && trim( $typed ) !== '' ? mb_substr( trim( $typed ), 0, 100 ) : null;
	}
	return $coupon;
}

/**
 * The ids in a hook's arguments. A hook about one booking also carries its slot with everybody else's; only where no single
 * booking is named does the slot count.
 *
 * @param mixed $thing
 * @return \Generator<array{0: string, 1: int}> Pairs of kind (booking, package, appointment, event) and id.
 */
function amelia_ids( $thing, int $depth = 0 ): \Generator {
	if ( ! is_array( $thing ) || $depth > 4 ) {
		return;
	}
	$own = null;
	if ( isset( $thing['id'] ) ) {
		$own = array_key_exists( 'customerId', $thing ) ? 'booking' : ( isset( $thing['periods'] ) ? 'event' : ( isset( $thing['bookingStart'] ) ? 'appointment' : null ) );
	}
	foreach ( array( 'customerBookingId' => 'booking', 'packageCustomerId' => 'package' ) + ( $own ? array( 'id' => $own ) : array() ) as $key => $kind ) {
		if ( is_scalar( $thing[ $key ] ?? null ) && (int) $thing[ $key ] > 0 ) {
			yield array( $kind, (int) $thing[ $key ] );
		}
	}
	$parts = isset( $thing['booking'] ) ? array( 'booking', 'recurring', 'package' ) : array( 'bookings', 'appointment', 'event', 'recurring', 'package' );
	$parts = is_int( key( $thing ) ) ? array_keys( array_slice( $thing, 0, MOST_IDS ) ) : $parts;
	foreach ( $own === 'booking' ? array() : $parts as $part ) {
		yield from amelia_ids( $thing[ $part ] ?? null, $depth + 1 );
	}
}

/**
 * Bookly has no hooks. All its writes pass here: the ids are read off the statement, or off the row just inserted.
 *
 * @param mixed $sql
 * @return mixed The same.
 */
function on_query( $sql ) {
	static $inserted = false;
	if ( $inserted ) {
		$inserted = false;
		notes( array( 'source' => 'bookly', 'kind' => 'booking', 'id' => (int) $GLOBALS['wpdb']->insert_id, 'hook' => 'bookly_insert' ) );
	}
	if ( is_string( $sql ) && preg_match( '/^\s*(INSERT|REPLACE|UPDATE|DELETE)\b(?!\s+INTO\s+\S+keybank_).{0,200}?bookly_(customer_appointments|appointments|payments)\b/is', $sql, $match ) ) {
		$inserted = bookly_write( strtoupper( $match[1] ), strtolower( $match[2] ), $sql );
	}
	return $sql;
}

/** @return bool Whether a booking is being inserted, whose id only the next statement can know. */
function bookly_write( string $verb, string $table, string $sql ): bool {
	if ( $verb === 'INSERT' || $verb === 'REPLACE' ) {
		return $table === 'customer_appointments';
	}
	$parts = preg_split( '/\bWHERE\b/i', $sql );
	$where = is_array( $parts ) && count( $parts ) > 1 ? end( $parts ) : '';
	$kind  = array( 'customer_appointments' => 'booking', 'appointments' => 'appointment', 'payments' => 'payment' )[ $table ];
	preg_match( '/(?<![a-z_])id`?\s*(?:=|IN\s*\()([\s\d,\'"]+)/i', $where, $match );
	// Without an id the statement may have touched any row: 0 asks for a sweep.
	foreach ( preg_match_all( '/\d+/', $match[1] ?? '', $ids ) ? array_slice( $ids[0], 0, MOST_IDS ) : array( 0 ) as $id ) {
		notes( array( 'source' => 'bookly', 'kind' => $kind, 'id' => (int) $id, 'hook' => 'bookly_' . strtolower( $verb ) ) );
	}
	return false;
}

/** The last thing in any request. Where the host can, the buyer has the answer before the first line of this runs. */
function on_shutdown(): void {
	try {
		on_query( null ); // The last statement may have been an INSERT, whose id is known by now.
		$notes = notes();
		if ( $notes ) {
			require_once __DIR__ . '/collect.php';
			$free = let_go();
			collect( $notes );
			$free && deliver_own();
		}
	} catch ( \Throwable $fault ) {
		complain( $fault );
	}
}
