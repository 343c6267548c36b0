/**
 * What a database said, in our words. The adapters translate at their edge and keep nothing else: a driver's message
 * and its `cause`, `sql` and `detail` contain the parameters, and a license key was seen in them on every engine.
 *
 * - `store.transient`: deadlock, lock wait timeout, serialization failure: run the transaction again.
 * - `store.lost`: the connection broke; the transaction may or may not have committed.
 * - `store.unavailable`: no connection could be had.
 * - `store.duplicate`: a unique key refused the row.
 * - `store.lock_timeout`: a patient claim waited long enough.
 * - `store.fault`: anything else; `vendorCode` says what the server called it.
 */
export type StoreErrorCode =
  | 'store.transient'
  | 'store.lost'
  | 'store.unavailable'
  | 'store.duplicate'
  | 'store.lock_timeout'
  | 'store.fault';

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly vendorCode: string;
  constructor(code: StoreErrorCode, doing: string, vendorCode: string) {
    super(`${code} while ${doing} (database code ${vendorCode})`);
    this.name = 'StoreError';
    this.code = code;
    this.vendorCode = vendorCode;
  }
}

export function storeErrorCode(error: unknown): StoreErrorCode | null {
  return error instanceof StoreError ? error.code : null;
}

/** True when running the whole transaction again may help. */
export function isTransient(error: unknown): boolean {
  const code = storeErrorCode(error);
  return code === 'store.transient' || code === 'store.lost' || code === 'store.lock_timeout';
}
