<?php
/** What the shop sells, so that a scenario only has to name what matters to it. */

namespace BookingStandIn;

const NOW = 'Y-m-d H:i:s';

function seed( array $plugins ): void {
	if ( in_array( 'amelia', $plugins, true ) ) {
		insert( 'amelia_users', array( 'type' => 'provider', 'firstName' => 'Pat', 'lastName' => 'Trainer', 'email' => 'pat.trainer@example.test' ) );
		foreach ( array( 'Key Workshop', 'Key Seminar' ) as $name ) {
			insert( 'amelia_services', array( 'name' => $name, 'description' => 'd', 'price' => 40, 'maxCapacity' => 5 ) );
		}
		foreach ( array( 'Licence Camp', 'Licence Fair' ) as $name ) {
			$event = insert( 'amelia_events', array( 'name' => $name, 'price' => 25, 'created' => gmdate( NOW ) ) );
			insert( 'amelia_events_periods', array( 'eventId' => $event, 'periodStart' => gmdate( 'Y-m-d 10:00:00', time() + 9 * DAY_IN_SECONDS ), 'periodEnd' => gmdate( 'Y-m-d 12:00:00', time() + 9 * DAY_IN_SECONDS ) ) );
		}
		// The fair has two days: a booking of it has two rows in between.
		insert( 'amelia_events_periods', array( 'eventId' => 2, 'periodStart' => gmdate( 'Y-m-d 10:00:00', time() + 10 * DAY_IN_SECONDS ), 'periodEnd' => gmdate( 'Y-m-d 12:00:00', time() + 10 * DAY_IN_SECONDS ) ) );
		insert( 'amelia_coupons', array( 'code' => 'KEYBANK10', 'discount' => 10 ) );
		insert( 'amelia_packages', array( 'name' => 'Key Package', 'price' => 100 ) );
	}
	if ( in_array( 'bookly', $plugins, true ) ) {
		foreach ( array( 'Key Workshop' => 'simple', 'Key Seminar' => 'simple', 'Key Course' => 'compound', 'Key Duet' => 'collaborative' ) as $title => $type ) {
			insert( 'bookly_services', array( 'title' => $title, 'type' => $type, 'price' => 40 ) );
		}
		insert( 'bookly_coupons', array( 'code' => 'BOOKLY10', 'discount' => 10 ) );
		update_option( 'bookly_custom_fields_data', '[{"type":"text-field","label":"Licence name","required":false,"id":1},{"type":"text-field","label":"Promo code","required":false,"id":2}]' );
		update_option( 'bookly_appointment_cancel_action', 'cancel' );
	}
}
