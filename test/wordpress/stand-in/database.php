<?php
/** Writing rows as the real plugins do: through $wpdb, every fault loud. */

namespace BookingStandIn;

/** @return int|bool what $wpdb->query() answers */
function run( string $sql ) {
	global $wpdb;
	$answer = $wpdb->query( $sql ); // phpcs:ignore WordPress.DB -- a test's own SQL.
	if ( false === $answer ) {
		throw new \RuntimeException( "the stand-in's query failed: {$wpdb->last_error}: " . substr( $sql, 0, 200 ) );
	}
	return $answer;
}

/** Inserts a row and answers its id; null is SQL's NULL. */
function insert( string $table, array $row ): int {
	global $wpdb;
	run( "INSERT INTO `{$wpdb->prefix}$table` SET " . assignments( $row ) );
	return (int) $wpdb->insert_id;
}

function update( string $table, array $row, int $id ): void {
	global $wpdb;
	run( "UPDATE `{$wpdb->prefix}$table` SET " . assignments( $row ) . " WHERE `id` = $id" );
}

function delete( string $table, array $ids ): void {
	global $wpdb;
	run( "DELETE FROM `{$wpdb->prefix}$table` WHERE `id` IN (" . implode( ', ', array_map( 'intval', $ids ) ) . ')' );
}

function row( string $table, int $id ): array {
	global $wpdb;
	$row = $wpdb->get_row( "SELECT * FROM `{$wpdb->prefix}$table` WHERE id = $id", ARRAY_A ); // phpcs:ignore WordPress.DB
	if ( ! $row ) {
		throw new \RuntimeException( "no $table $id" );
	}
	return $row;
}

function rows( string $table, string $where ): array {
	global $wpdb;
	return $wpdb->get_results( "SELECT * FROM `{$wpdb->prefix}$table` WHERE $where ORDER BY id", ARRAY_A ); // phpcs:ignore WordPress.DB
}

function assignments( array $row ): string {
	global $wpdb;
	$parts = array();
	foreach ( $row as $column => $value ) {
		if ( is_array( $value ) ) {
			$value = wp_json_encode( $value );
		}
		$said    = null === $value ? 'NULL' : ( is_int( $value ) || is_float( $value ) ? (string) $value : $wpdb->prepare( '%s', $value ) );
		$parts[] = "`$column` = $said";
	}
	return implode( ', ', $parts );
}
