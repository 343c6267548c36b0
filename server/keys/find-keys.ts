import type { KeyStatus } from '../../shared/statuses.ts';
import { keyWords } from '../orders/search-words.ts';
import type { OrderVerbs } from '../store/order-verbs.ts';
import { maskKey } from './mask-key.ts';

const MOST = 25;

export interface FoundKeyFacts {
  keyId: number;
  masked: string;
  sku: string;
  /** A key on hold is `assigned` too. */
  status: KeyStatus;
  /** In words; of a revoked key, the order that had it. */
  orderId: string | null;
  /** Null for a key that came before imports were kept. */
  importId: string | null;
  /** ISO; when that import began. */
  importedAt: string | null;
}

/**
 * Keys by their whole text or their last four characters, in stock ones too, newest first. `isMore`: older ones have the
 * same ending. SECURITY: the query may be a key, so it is neither logged nor repeated.
 */
export async function findKeys(
  { store }: { store: Pick<OrderVerbs, 'lookupKeys'> },
  { query }: { query: string },
): Promise<{ keys: FoundKeyFacts[]; isMore: boolean }> {
  const found = await store.lookupKeys({ ...keyWords(query), limit: MOST + 1 });
  const keys = found.slice(0, MOST).map((key) => ({
    keyId: key.id,
    masked: maskKey(key.licenseKey),
    sku: key.productSku,
    status: key.status,
    orderId: key.assignedOrderId,
    importId: key.importId,
    importedAt: key.importedAt?.toISOString() ?? null,
  }));
  return { keys, isMore: found.length > MOST };
}
