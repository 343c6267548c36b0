import { sql } from 'drizzle-orm';
import { StoreError } from '../store-error.ts';
import type { Db } from './db.ts';
import { vendorCode } from './errors.ts';

// MySQL reads the first comment, MariaDB the second (it passes over MySQL's version numbers below 10.0).
const limitTo = (ms: number | 'DEFAULT') => {
  const seconds = ms === 'DEFAULT' ? ms : ms / 1000;
  return sql.raw(
    `SET SESSION /*!80017 max_execution_time = ${ms} */ /*M!100600 max_statement_time = ${seconds} */`,
  );
};

// Query time limit reached (MySQL, MariaDB), or innodb_lock_wait_timeout when that is the shorter one.
const GAVE_UP = new Set(['3024', '1969', '1205']);

/**
 * Runs one locking SELECT that may wait `waitMs` in all; the transaction can go on after `store.lock_timeout`.
 * Differs by necessity: innodb_lock_wait_timeout knows whole seconds only and counts anew for each row, so the
 * statement's own time is limited.
 */
export async function waitingAtMost<T>(db: Db, waitMs: number, select: () => PromiseLike<T>): Promise<T> {
  await db.execute(limitTo(Math.max(1, Math.ceil(waitMs))));
  try {
    return await select();
  } catch (error) {
    const code = vendorCode(error);
    if (code !== null && GAVE_UP.has(code))
      throw new StoreError('store.lock_timeout', 'claimKeysPatiently', code);
    throw error;
  } finally {
    await db.execute(limitTo('DEFAULT'));
  }
}
