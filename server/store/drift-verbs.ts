import type { BookingKey, DriftRow, OrderRow, PassedBooking, ReconcileRow } from './rows.ts';

// A part of the seam in store.ts: what WordPress and this side know of each other's bookings.

/** `after` is exclusive, `upto` inclusive; null: no upper end. */
export interface RecentOrders {
  site: string;
  source: BookingKey['source'];
  sinceMs: number;
  untilMs: number;
  after: number;
  upto: number | null;
  limit: number;
}

export interface DriftVerbs {
  /** What is on record of these bookings, if it has been so for `minAgeMs` by the database's clock. */
  findDrift(q: { keys: BookingKey[]; minAgeMs: number }): Promise<DriftRow[]>;
  /** Every revision of these bookings that made no order. */
  findPassed(q: { keys: BookingKey[] }): Promise<PassedBooking[]>;
  listReconciles(q: { silentAfterMs: number }): Promise<(ReconcileRow & { isSilent: boolean })[]>;
  /**
   * Orders made between `sinceMs` and `untilMs` ago by the database's clock, oldest first, with a number in (after, upto] as
   * id. Ids that are no number of 1 to 15 digits (packages, groups, what no plugin makes) belong to `after` 0.
   */
  listRecentOrders(q: RecentOrders): Promise<Pick<OrderRow, 'id' | 'externalId'>[]>;
  noteSilence(q: Pick<ReconcileRow, 'site' | 'source'>): Promise<void>;
  /** Insert or replace by booking and kind; `since` starts now. Sorted by the caller. */
  saveDrift(q: { keys: BookingKey[]; kind: DriftRow['kind']; state: DriftRow['state'] }): Promise<void>;
  /** Insert or nothing. Sorted by the caller. */
  savePassed(q: { rows: PassedBooking[] }): Promise<void>;
  /** Insert or replace; a later page adds its counts. Ends a silence, and locks the row: one reconciliation of a site at a time. */
  saveReconcile(q: Omit<ReconcileRow, 'lastAt' | 'silenceToldAt'> & { isFirstPage: boolean }): Promise<void>;
}
