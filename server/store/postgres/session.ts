export const STATEMENT_TIMEOUT_MS = 60_000;

/** Once per connection. READ COMMITTED always: see docs/why-skip-locked.md. */
export const SESSION_SETTINGS = [
  "SET default_transaction_isolation = 'read committed'",
  "SET timezone = 'UTC'",
  `SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`,
  'SET lock_timeout = 10000',
  'SET idle_in_transaction_session_timeout = 60000',
].join('; ');
