import {
  MESSAGE_STATUSES,
  ORDER_STATUSES,
  type MessageStatus,
  type OrderStatus,
} from '../../shared/statuses.ts';
import type { Clock } from '../clock.ts';
import { lowProducts } from '../stock/check.ts';
import type { Forecast } from '../stock/forecast.ts';
import { withForecast } from '../stock/outlook.ts';
import type { StockLevel } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Orders that a digest counts as open. */
const OPEN: readonly OrderStatus[] = ['waiting', 'attention', 'held'];

/** What a daily digest says. */
export interface DigestFacts {
  /** Orders made in the window, by their status now. */
  newOrders: { status: OrderStatus; count: number }[];
  /** Orders that are open now, however old they are. */
  openOrders: { status: OrderStatus; count: number }[];
  /** Mails made in the window, by their status now. */
  mails: { status: MessageStatus; count: number }[];
  /** All products, those that are low first, then those that run out first. */
  stock: (Pick<StockLevel, 'sku' | 'name' | 'available' | 'waiting'> & Forecast & { isLow: boolean })[];
}

interface DigestDeps {
  store: Pick<Store, 'countOrders' | 'messageCounts' | 'recentAssignments' | 'stockLevels'>;
  clock: Clock;
  /** KEYBANK_LOW_STOCK */
  lowStock: number;
}

/** Where the window of a digest made at this time begins. */
export function digestSince(createdAt: Date): Date {
  return new Date(createdAt.getTime() - DAY_MS);
}

export async function readDigest(deps: DigestDeps, { since }: { since: Date }): Promise<DigestFacts> {
  const { store } = deps;
  const newOrders = inOrder(ORDER_STATUSES, await store.countOrders({ since }));
  const openOrders = inOrder(OPEN, await store.countOrders({ since: null }));
  const mails = inOrder(MESSAGE_STATUSES, await store.messageCounts({ since }));
  const levels = await store.stockLevels();
  const low = new Set(lowProducts(levels, deps.lowStock).map(({ sku }) => sku));
  const stock = (await withForecast(deps, levels)).map((level) => ({ ...level, isLow: low.has(level.sku) }));
  return { newOrders, openOrders, mails, stock: stock.toSorted(byUrgency) };
}

/** Is there something to say? Held orders are everyday: they wait for the buyer, not for the shop. */
export function isNews({ newOrders, openOrders, mails, stock }: DigestFacts): boolean {
  const isOpen = openOrders.some(({ status, count }) => status !== 'held' && count > 0);
  return (
    isOpen ||
    newOrders.some(({ count }) => count > 0) ||
    mails.some(({ count }) => count > 0) ||
    stock.some(({ isLow }) => isLow)
  );
}

/** The counts of these statuses, always in the same order; databases give them in any. */
function inOrder<S extends string>(
  statuses: readonly S[],
  counts: readonly { status: S; count: number }[],
): { status: S; count: number }[] {
  return statuses.flatMap((status) => counts.filter((line) => line.status === status));
}

function byUrgency(a: DigestFacts['stock'][number], b: DigestFacts['stock'][number]): number {
  if (a.isLow !== b.isLow) return a.isLow ? -1 : 1;
  const days = (a.daysLeft ?? Number.MAX_VALUE) - (b.daysLeft ?? Number.MAX_VALUE);
  return days !== 0 ? days : a.sku < b.sku ? -1 : 1;
}
