<?php
/** WordPress does not ask for updates in the tests: it could not reach anyone, and would say so in the log. */

namespace BookingStandIn;

function be_quiet(): void {
	foreach ( array( 'core', 'plugins', 'themes' ) as $kind ) {
		remove_action( 'admin_init', "_maybe_update_$kind" );
	}
	foreach ( array( 'wp_version_check', 'wp_update_plugins', 'wp_update_themes', 'wp_maybe_auto_update' ) as $event ) {
		remove_all_actions( $event );
	}
	foreach ( array( 'update.php', 'update-core.php', 'plugins.php', 'themes.php' ) as $screen ) {
		remove_all_actions( "load-$screen" );
	}
}

add_action( 'init', __NAMESPACE__ . '\\be_quiet' );
