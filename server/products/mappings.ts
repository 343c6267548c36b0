import { SKU_PATTERN } from '../../shared/sku.ts';
import { recordAudit, statelessAct, type Act } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { ItemRef, MappingRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { makeProduct } from './make-product.ts';

export interface MappingDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  /** Releases the orders that waited for this course; called after the commit. */
  mappingChanged(item: ItemRef): Promise<unknown>;
}

/**
 * Says what a course sells: keys of a product, or none. Orders that waited for it move on. A SKU that is new becomes a
 * product, or with `onlyKnown` is refused.
 */
export async function saveMapping(
  deps: MappingDeps,
  input: { mapping: MappingRow; reason: string; actor: string; onlyKnown?: boolean },
): Promise<Result<{ mapping: MappingRow; newProduct: boolean }>> {
  const { mapping } = input;
  const { sku } = mapping;
  if (sku !== null && !SKU_PATTERN.test(sku)) return refuse('sku.invalid', {});
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const word = { actor: input.actor, reason: reason.value };
  const saved = await transact(deps, async (tx) => {
    const known = sku === null ? true : (await tx.findProducts({ skus: [sku] })).length > 0;
    if (sku !== null && !known && input.onlyKnown) return refuse('product.unknown', { sku });
    if (sku !== null && !known)
      await makeProduct(tx, { sku, at: deps.clock.now(), ...word, did: 'new product, by a mapping' });
    const [old] = await tx.findMappings({ items: [mapping] });
    await tx.saveMapping(mapping);
    const what = `${old ? `${sells(old)} → ` : ''}${sells(mapping)}`;
    await recordAudit(tx, [act(deps, mapping, word, 'mapping.saved', what)]);
    return done({ mapping, newProduct: !known });
  });
  if (saved.ok) await deps.mappingChanged(refOf(mapping));
  return saved;
}

/** Takes a mapping away; later bookings of the course are for a person again, or sell the default product. */
export async function deleteMapping(
  deps: Omit<MappingDeps, 'mappingChanged'>,
  input: { item: ItemRef; reason: string; actor: string },
): Promise<Result<{ deleted: true }>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const word = { actor: input.actor, reason: reason.value };
  return transact(deps, async (tx) => {
    const [old] = await tx.findMappings({ items: [input.item] });
    if (!old) return refuse('mapping.unknown', {});
    await tx.deleteMapping(refOf(old));
    await recordAudit(tx, [act(deps, old, word, 'mapping.deleted', sells(old))]);
    return done({ deleted: true });
  });
}

/** `2 × rqi_bls per booking`, or `no key`. */
export function sells(mapping: Pick<MappingRow, 'sku' | 'quantity' | 'per'>): string {
  return mapping.sku === null ? 'no key' : `${mapping.quantity} × ${mapping.sku} per ${mapping.per}`;
}

function refOf({ site, source, kind, itemId }: ItemRef): ItemRef {
  return { site, source, kind, itemId };
}

function act(
  deps: { clock: Clock },
  item: ItemRef,
  word: Pick<Act, 'actor' | 'reason'>,
  action: string,
  did: string,
): Act {
  const course = `${item.source}${item.site === '' ? '' : `@${item.site}`}:${item.kind}:${item.itemId}`;
  const subject = `item:${course}`.slice(0, 150);
  return statelessAct({ subject, at: deps.clock.now(), ...word, action, refs: { did } });
}
