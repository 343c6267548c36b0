import { sql } from 'drizzle-orm';
import { StoreError } from '../store-error.ts';
import type { Db } from './db.ts';
import { vendorCode } from './errors.ts';
import { STATEMENT_TIMEOUT_MS } from './session.ts';

/**
 * Runs one locking SELECT that may wait `waitMs` in all; the transaction can go on after `store.lock_timeout`.
 * Differs by necessity: lock_timeout would count anew for each row, so the statement's own time is limited; and
 * a failed statement aborts the whole transaction here, so a savepoint stands before it.
 */
export async function waitingAtMost<T>(db: Db, waitMs: number, select: () => PromiseLike<T>): Promise<T> {
  const limitTo = (ms: number) =>
    db.execute(sql`SELECT set_config('statement_timeout', ${String(Math.ceil(ms))}, true)`);
  await db.execute(sql`SAVEPOINT patience`);
  await limitTo(Math.max(1, waitMs));
  try {
    const rows = await select();
    await limitTo(STATEMENT_TIMEOUT_MS);
    await db.execute(sql`RELEASE SAVEPOINT patience`);
    return rows;
  } catch (error) {
    const code = vendorCode(error);
    if (code !== '57014' && code !== '55P03') throw error;
    await db.execute(sql`ROLLBACK TO SAVEPOINT patience`); // the time limit goes back with it
    throw new StoreError('store.lock_timeout', 'claimKeysPatiently', code);
  }
}
