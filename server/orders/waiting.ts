import { orderId } from '../../shared/booking-event.ts';
import { done, refuse, type Result } from '../errors.ts';
import { givenKeys } from '../keys/given-keys.ts';
import { lacking } from '../keys/plan.ts';
import type { OrderRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { summaryOf, type OrderSummary } from './summary.ts';

const PAGE = 25;

export interface WaitingOrder extends OrderSummary {
  /** What it is owed beyond the keys that it has. */
  waitingFor: { sku: string; lacking: number }[];
  /** When its booking came: the oldest is served first. */
  since: string;
}

type WaitingStore = Pick<
  Store,
  'findKeysOfOrders' | 'findLines' | 'findOrdersById' | 'findProducts' | 'listOrders' | 'listWaiting'
>;

/** The waiting list of a product, or of all, in the order in which it will be served; a page at a time. */
export async function waitingOrders(
  { store }: { store: WaitingStore },
  input: { sku?: string | undefined; cursor?: string | undefined },
): Promise<Result<{ orders: WaitingOrder[]; next?: string }>> {
  const afterId = input.cursor === undefined ? 0 : readCursor(input.cursor);
  if (afterId === null) return refuse('lookup.bad_cursor', {});
  const { sku } = input;
  if (sku !== undefined && (await store.findProducts({ skus: [sku] })).length === 0)
    return refuse('product.unknown', { sku });
  const { rows, last } = await find(store, sku, afterId);
  const orders = await describe(store, rows);
  return done(last === null ? { orders } : { orders, next: makeCursor(last) });
}

/** `last` is where the next page goes on, null when there is none. */
async function find(
  store: WaitingStore,
  sku: string | undefined,
  afterId: number,
): Promise<{ rows: OrderRow[]; last: number | null }> {
  const limit = PAGE + 1;
  if (sku === undefined) {
    const found = await store.listOrders({ status: 'waiting', afterId, limit });
    const rows = found.slice(0, PAGE);
    return { rows, last: found.length > PAGE ? (rows.at(-1)?.id ?? null) : null };
  }
  const found = await store.listWaiting({ sku, afterId, limit });
  const ids = found.slice(0, PAGE);
  // One of them may have been served between the two looks.
  const rows = (await store.findOrdersById({ ids })).filter(({ status }) => status === 'waiting');
  return { rows, last: found.length > PAGE ? (ids.at(-1) ?? null) : null };
}

async function describe(store: WaitingStore, rows: OrderRow[]): Promise<WaitingOrder[]> {
  const lines = await store.findLines({ orderIds: rows.map((row) => row.id) });
  const keys = await store.findKeysOfOrders({ orderIds: rows.map(orderId) });
  return rows.map((row) => {
    const owed = lines.filter((line) => line.orderId === row.id);
    const own = keys.filter((key) => key.assignedOrderId === orderId(row));
    return {
      ...summaryOf(row, owed, own),
      waitingFor: lacking(owed, givenKeys(row, own)).map(({ sku, quantity }) => ({ sku, lacking: quantity })),
      since: row.createdAt.toISOString(),
    };
  });
}

function makeCursor(afterId: number): string {
  return Buffer.from(`after:${afterId}`).toString('base64url');
}

function readCursor(cursor: string): number | null {
  const match = /^after:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString());
  return match ? Number(match[1]) : null;
}
