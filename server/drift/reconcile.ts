import type { Source } from '../../shared/booking-event.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { BookingKey, OrderRow } from '../store/rows.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store } from '../store/store.ts';
import { findAhead, findLacking, findUnknown, type Listed } from './compare.ts';
import { someOf } from './raise.ts';
import { tellLacking } from './tell-lacking.ts';
import { tellUnknown } from './tell-unknown.ts';

const MINUTE_MS = 60_000;
/** Lists go back 50 hours, so an order of the last 48 is on one, whatever the clocks say. */
const SINCE_MS = 48 * 60 * MINUTE_MS;
/** A booking may overtake the list that it is not on yet. */
const UNTIL_MS = 10 * MINUTE_MS;
/** Of one page: a thousand are listed, and what is beyond is an alarm already. */
const MAX_ORDERS = 5000;

export interface ReconcileDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  log: Log;
  /** Alerts were written: tell them soon. */
  onAlerts(): void;
}

export interface BookingList {
  site: string;
  source: Source;
  /** The plugin's version. */
  plugin: string;
  /** The part of the site's bookings that this list covers: ids in (after, upto]; `upto` null is no upper end. */
  after: number;
  upto: number | null;
  bookings: Listed[];
}

export interface Drift {
  /** Ids of the list that this side lacks or has in another state, in its order. */
  lacking: string[];
  /** How many orders here the list does not know. */
  unknown: number;
}

/**
 * Holds the site's list of bookings against the orders of this side. What is lacking here is answered, and told to a
 * person if it stays lacking; what WordPress does not know is told at once, and once per order: so a forgery shows.
 */
export async function reconcile(deps: ReconcileDeps, list: BookingList): Promise<Drift> {
  const { store, log } = deps;
  const { site, source, plugin } = list;
  const keys = [...new Set(list.bookings.map(({ id }) => id))].map((externalId) => ({
    site,
    source,
    externalId,
  }));
  const orders = await store.findOrders({ keys });
  const ahead = findAhead(list.bookings, orders);
  const lacking = findLacking(list.bookings, await revisions(store, keys, orders), ahead);
  const recent = await store.listRecentOrders({
    ...list,
    sinceMs: SINCE_MS,
    untilMs: UNTIL_MS,
    limit: MAX_ORDERS,
  });
  const unknown = findUnknown(recent, list.bookings);
  const told = await transact(deps, async (tx) => {
    // This first: it locks the site's row, so that two lists of one site never tell the same thing twice.
    await tx.saveReconcile({
      site,
      source,
      plugin,
      listed: keys.length,
      lacking: lacking.length,
      unknown: unknown.length,
      isFirstPage: list.after === 0,
    });
    const unknownKeys = unknown.map(({ externalId }) => ({ site, source, externalId }));
    const notes = await tx.findDrift({ keys: [...keys, ...unknownKeys], minAgeMs: 0 });
    const strangers = await tellUnknown(deps, tx, { orders, unknown, notes });
    const missing = { keys, lacking: new Set(lacking), ahead, notes };
    return { ...strangers, lacking: await tellLacking(deps, tx, missing) };
  });
  log.info('drift.counted', {
    site,
    source,
    plugin,
    listed: keys.length,
    lacking: lacking.length,
    unknown: unknown.length,
  });
  if (told.unknown.length > 0) log.warn('drift.unknown', someOf(told.unknown));
  if (told.known.length > 0) log.warn('drift.known', someOf(told.known));
  if (told.lacking.length > 0) log.warn('drift.lacking', someOf(told.lacking));
  if (told.unknown.length + told.known.length + told.lacking.length > 0) deps.onAlerts();
  return { lacking, unknown: unknown.length };
}

/** The highest revision that was read of each booking, with an order or without. */
async function revisions(store: Store, keys: BookingKey[], orders: OrderRow[]): Promise<Map<string, number>> {
  const have = new Map<string, number>();
  for (const { externalId, rev } of [...orders, ...(await store.findPassed({ keys }))])
    have.set(externalId, Math.max(rev ?? 0, have.get(externalId) ?? 0));
  return have;
}
