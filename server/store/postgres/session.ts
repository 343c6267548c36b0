/** The server ends a statement before the client gives its connection up. */
export const STATEMENT_TIMEOUT_MS = 25_000;
export const QUERY_TIMEOUT_MS = 30_000;

/** Once per connection. READ COMMITTED always: see docs/why-skip-locked.md. */
export const SESSION_SETTINGS = [
  "SET default_transaction_isolation = 'read committed'",
  "SET timezone = 'UTC'",
  `SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`,
  'SET lock_timeout = 10000',
  'SET idle_in_transaction_session_timeout = 60000',
].join('; ');
