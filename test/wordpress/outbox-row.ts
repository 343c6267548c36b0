import type { WordPress } from './support/wordpress.ts';

export interface OutboxRow {
  booking: number;
  /** Minutes ago. */
  age?: number;
  attempts?: number;
  failingForHours?: number;
  code?: number;
  error?: string;
  sent?: boolean;
}

/** Puts a row into the outbox as record() would, or as a failed try left it. */
export async function putIntoOutbox(wordpress: WordPress, row: OutboxRow): Promise<void> {
  const { booking, age = 0, attempts = 0, failingForHours, code = null, error = null, sent = false } = row;
  const body = JSON.stringify({ booking: { id: booking }, args: [] });
  const failing =
    failingForHours === undefined ? 'NULL' : `UTC_TIMESTAMP() - INTERVAL ${failingForHours * 60} MINUTE`;
  await wordpress.sql(
    `INSERT INTO wp_keybank_outbox (source, kind, booking, rev, hook, body, created_at, next_at, attempts, code, last_error, failing_since, sent_at, answer, order_id)
     VALUES ('amelia', 'booking', ?, UNIX_TIMESTAMP(), 'sweep', ?, UTC_TIMESTAMP() - INTERVAL ? MINUTE, UTC_TIMESTAMP() + INTERVAL 30 MINUTE, ?, ?, ?, ${failing},
       ${sent ? 'UTC_TIMESTAMP()' : 'NULL'}, ${sent ? "'fulfilled'" : 'NULL'}, ${sent ? `'amelia:${booking}'` : 'NULL'})`,
    [booking, body, age, attempts, code, error],
  );
}
