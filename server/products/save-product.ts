import { SKU_PATTERN } from '../../shared/sku.ts';
import { recordAudit, statelessAct } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { ProductRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { makeProduct } from './make-product.ts';

/** What is left out stays as it is; a new product begins with the usual values. */
export type ProductWish = { sku: string } & {
  [K in Exclude<keyof ProductRow, 'sku'>]?: ProductRow[K] | undefined;
};

export async function saveProduct(
  deps: RetryDeps & { store: Store; clock: Clock },
  input: { product: ProductWish; reason: string; actor: string },
): Promise<Result<{ product: ProductRow; created: boolean }>> {
  const { sku, ...wish } = input.product;
  if (!SKU_PATTERN.test(sku)) return refuse('sku.invalid', {});
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  return transact(deps, async (tx) => {
    // Of two who change it at once, the second sees what the first one did.
    const [known] = await tx.lockProducts({ skus: [sku] });
    const by = { at: deps.clock.now(), actor: input.actor, reason: reason.value };
    const { product: old, created } = known
      ? { product: known, created: false }
      : await makeProduct(tx, { sku, ...by, did: 'new product' });
    const product: ProductRow = {
      sku,
      name: wish.name ?? old.name,
      lowStock: wish.lowStock === undefined ? old.lowStock : wish.lowStock,
      onCancel: wish.onCancel ?? old.onCancel,
      holdMinutes: wish.holdMinutes ?? old.holdMinutes,
      activationUrl: wish.activationUrl === undefined ? old.activationUrl : wish.activationUrl,
      instructions: wish.instructions === undefined ? old.instructions : wish.instructions,
      tellWaiting: wish.tellWaiting ?? old.tellWaiting,
    };
    await tx.saveProduct(product);
    const line = { subject: `sku:${sku}`, ...by, action: 'product.changed' };
    if (!created) await recordAudit(tx, [statelessAct({ ...line, refs: { did: changes(old, product) } })]);
    return done({ product, created });
  });
}

/** The names of the fields that changed. */
function changes(old: ProductRow, now: ProductRow): string {
  const before = new Map<string, unknown>(Object.entries(old));
  const changed = Object.entries(now).filter(([field, value]) => before.get(field) !== value);
  return changed.length === 0 ? 'saved unchanged' : `changed: ${changed.map(([field]) => field).join(', ')}`;
}
