import { recordAudit, statelessAct, type Act } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { ProductRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { newProduct } from './new-product.ts';

/**
 * Makes the product of a SKU that is named for the first time, with its line. Of two who do so at once the second waits,
 * and finds it made. Answers it, locked, and whether it was this one who made it.
 */
export async function makeProduct(
  tx: Pick<Verbs, 'findAudit' | 'insertAudit' | 'insertProducts' | 'lastAudit' | 'lockProducts'>,
  { sku, did, ...by }: { sku: string; did: string } & Pick<Act, 'actor' | 'at' | 'reason'>,
): Promise<{ product: ProductRow; created: boolean }> {
  const fresh = newProduct(sku);
  await tx.insertProducts({ products: [fresh] });
  const [product = fresh] = await tx.lockProducts({ skus: [sku] });
  const subject = `sku:${sku}`;
  if ((await tx.findAudit({ subject })).length > 0) return { product, created: false };
  await recordAudit(tx, [statelessAct({ subject, ...by, action: 'product.created', refs: { did } })]);
  return { product, created: true };
}

/** The product of KEYBANK_DEFAULT_SKU is there from the first start on. */
export async function keepDefaultProduct(
  deps: RetryDeps & { store: Store; clock: Clock },
  sku: string,
): Promise<void> {
  if ((await deps.store.findProducts({ skus: [sku] })).length > 0) return;
  const by = { actor: 'start', reason: 'KEYBANK_DEFAULT_SKU names it', did: 'new product, by a setting' };
  await transact(deps, (tx) => makeProduct(tx, { sku, at: deps.clock.now(), ...by }));
}
