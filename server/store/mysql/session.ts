export const QUERY_TIMEOUT_MS = 30_000;

/** Once per connection. READ COMMITTED always: see docs/why-skip-locked.md. */
export const SESSION_SETTINGS = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  // Values are escaped with backslashes, so sql_mode may never hold NO_BACKSLASH_ESCAPES or ANSI_QUOTES.
  "SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 10, autocommit = 1, sql_mode = " +
    "'ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
];
