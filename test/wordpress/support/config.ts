import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Null leaves a constant as it would be without. */
export type Constants = Record<string, string | number | boolean | null>;

const SALTS = ['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'].flatMap((name) => [
  `${name}_KEY`,
  `${name}_SALT`,
]);

/** What wp-config.php says unless a test says otherwise: the database, the keys, and no way out of this machine. */
export async function writeConfig(
  root: string,
  databaseUrl: string,
  url: string,
  debugLog: string,
): Promise<void> {
  const database = new URL(databaseUrl);
  const constants: Constants = {
    DB_NAME: database.pathname.slice(1),
    DB_USER: decodeURIComponent(database.username),
    DB_PASSWORD: decodeURIComponent(database.password),
    DB_HOST: `${database.hostname}:${database.port || '3306'}`,
    DB_CHARSET: 'utf8mb4',
    DB_COLLATE: '',
    ...Object.fromEntries(SALTS.map((name) => [name, randomBytes(24).toString('hex')])),
    AUTOMATIC_UPDATER_DISABLED: true,
    DISALLOW_FILE_MODS: true,
    WP_HTTP_BLOCK_EXTERNAL: true,
    WP_ACCESSIBLE_HOSTS: '127.0.0.1,localhost',
    WP_DEBUG: true,
    WP_DEBUG_DISPLAY: false,
    WP_DEBUG_LOG: debugLog,
    CONCATENATE_SCRIPTS: false,
    WP_HOME: url,
    WP_SITEURL: url,
    DISABLE_WP_CRON: true,
  };
  const text = [
    '<?php',
    // A test's own constants come first and win.
    `foreach ( require __DIR__ . '/test-constants.php' as $keybank_name => $keybank_said ) { define( $keybank_name, $keybank_said ); }`,
    ...Object.entries(constants).map(
      ([name, value]) => `defined( '${name}' ) || define( '${name}', ${said(value)} );`,
    ),
    `$table_prefix = 'wp_';`,
    `defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );`,
    `require_once ABSPATH . 'wp-settings.php';`,
  ];
  await writeFile(join(root, 'wp-config.php'), `${text.join('\n')}\n`);
}

export async function writeConstants(root: string, constants: Constants): Promise<void> {
  const lines = Object.entries(constants)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `'${name}' => ${said(value)},`);
  await writeFile(join(root, 'test-constants.php'), `<?php return array(\n${lines.join('\n')}\n);\n`);
}

export function multisiteConstants(host: string): Constants {
  return {
    MULTISITE: true,
    SUBDOMAIN_INSTALL: false,
    DOMAIN_CURRENT_SITE: host,
    PATH_CURRENT_SITE: '/',
    SITE_ID_CURRENT_SITE: 1,
    BLOG_ID_CURRENT_SITE: 1,
  };
}

function said(value: string | number | boolean | null): string {
  return typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : String(value);
}
