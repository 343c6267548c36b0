import type { OrderStatus } from '../../shared/statuses.ts';
import type { OrderRow } from '../store/rows.ts';

/** One booking of the sender's list. */
export interface Listed {
  id: string;
  /** 0: the plugin knows it and has nothing to tell of it. */
  rev: number;
  /** Its status in WordPress cancels. */
  isOff: boolean;
}

type Known = Pick<OrderRow, 'externalId' | 'status' | 'rev'>;

const ALIVE: readonly OrderStatus[] = ['fulfilled', 'waiting', 'held'];

/**
 * Listed bookings that WordPress has called off and this side has not, because of a revision that WordPress never gave:
 * the cancel counts as out of date. At the same revision it was read, and a person was asked.
 */
export function findAhead(listed: Listed[], orders: Known[]): Set<string> {
  const alive = new Map(
    orders.filter(({ status }) => ALIVE.includes(status)).map((o) => [o.externalId, o.rev]),
  );
  return new Set(
    listed.filter(({ id, rev, isOff }) => isOff && rev > 0 && (alive.get(id) ?? 0) > rev).map(({ id }) => id),
  );
}

/**
 * Listed bookings of which this side has no order, or an older one, or one that is ahead. `have` is the highest revision
 * that was read, by id.
 */
export function findLacking(listed: Listed[], have: Map<string, number>, ahead: Set<string>): string[] {
  return listed.filter(({ id, rev }) => rev > (have.get(id) ?? 0) || ahead.has(id)).map(({ id }) => id);
}

/** Orders that the list should name and does not. */
export function findUnknown<T extends { externalId: string }>(recent: T[], listed: Listed[]): T[] {
  const ids = new Set(listed.map(({ id }) => id));
  return recent.filter(({ externalId }) => !ids.has(externalId));
}
