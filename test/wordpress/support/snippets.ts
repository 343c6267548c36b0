/** Adds /two/ to a network, with the stand-in on both sites. */
export const SECOND_SITE = `
  global $wpdb;
  require_once ABSPATH . 'wp-admin/includes/ms.php';
  update_site_option( 'active_sitewide_plugins', array( 'booking-stand-in/booking-stand-in.php' => time() ) );
  $id = wpmu_create_blog( DOMAIN_CURRENT_SITE, '/two/', 'Two', 1 );
  if ( is_wp_error( $id ) ) { throw new RuntimeException( $id->get_error_message() ); }
  // WordPress cuts the port off a new site's domain; only port 80 and 443 are foreseen there.
  $wpdb->update( $wpdb->blogs, array( 'domain' => DOMAIN_CURRENT_SITE ), array( 'blog_id' => $id ) );
  clean_blog_cache( $id );
  switch_to_blog( $id );
  update_option( 'home', 'http://' . DOMAIN_CURRENT_SITE . '/two' );
  update_option( 'siteurl', 'http://' . DOMAIN_CURRENT_SITE . '/two' );
  \\BookingStandIn\\install( json_decode( PLUGINS, true ) );
  return $id;`;

/** Brings the next run of that event forward to now. */
export function makeDue(hook: string): string {
  return `
    $hook = ${JSON.stringify(hook)};
    $crons = _get_cron_array();
    foreach ( $crons as $at => $hooks ) {
      if ( ! isset( $hooks[ $hook ] ) || $at <= time() ) { continue; }
      $crons[ time() - 1 ][ $hook ] = $hooks[ $hook ];
      unset( $crons[ $at ][ $hook ] );
      if ( ! $crons[ $at ] ) { unset( $crons[ $at ] ); }
    }
    ksort( $crons );
    _set_cron_array( $crons );
    delete_transient( 'doing_cron' );
    if ( ! wp_next_scheduled( $hook ) ) { throw new RuntimeException( "no event $hook is scheduled" ); }
    return true;`;
}
