import { recordAudit, statelessAct } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import { makeProduct } from '../products/make-product.ts';
import { StoreError } from '../store/store-error.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store } from '../store/store.ts';
import { importAct } from './import-act.ts';
import { tailOf } from './mask-key.ts';

export interface ChunkOutcome {
  /** Keys that this import brought, by text. */
  mine: Set<string>;
  /** Keys that were there already, with the SKU they are of. */
  stocked: Map<string, string>;
}

/**
 * Brings keys into stock in one transaction. Of two imports that bring the same key at once, the one whose row in
 * `imported_keys` stands counts it. Keys are inserted in order of their text, or overlapping imports deadlock; so
 * within a chunk the oldest-first order of a file is not kept. An import that was undone meanwhile is refused.
 */
export function importChunk(
  deps: RetryDeps & { store: Store; clock: Clock },
  input: {
    importId: string;
    sku: string;
    keys: string[];
    isNewProduct: boolean;
    actor: string;
    reason: string;
  },
): Promise<Result<ChunkOutcome>> {
  const { importId, sku, actor, reason } = input;
  const keys = input.keys.toSorted();
  return transact(
    deps,
    async (tx) => {
      // Adding nothing locks the import's row: an undo is before this chunk, which then is refused, or after it.
      await tx.addToImport({ id: importId, added: 0 });
      const row = await tx.findImport({ id: importId });
      if (row && row.undoneAt !== null) return refuse('import.undone', { importId });
      const present = await tx.findKeysByText({ keys });
      // A COMMIT whose answer was lost: these were brought by the attempt before.
      const before = await tx.findImportedKeys({ importId, keyIds: present.map(({ id }) => id) });
      const known = new Set(present.map(({ licenseKey }) => licenseKey));
      const fresh = keys.filter((key) => !known.has(key));
      // A mistyped SKU whose keys are all known must not become a product.
      const by = { at: deps.clock.now(), actor, reason };
      if (input.isNewProduct && fresh.length > 0)
        await makeProduct(tx, { sku, ...by, did: 'new product, by an import' });
      await tx.insertKeys({ keys: fresh.map((licenseKey) => ({ licenseKey, sku })) });
      const inserted = await tx.findKeysByText({ keys: fresh });
      if (inserted.length < fresh.length)
        throw new StoreError('store.transient', 'importing keys', 'rows missing');
      await tx.insertImportedKeys({
        rows: inserted
          .toSorted((a, b) => a.id - b.id)
          .map(({ id, licenseKey }) => ({ keyId: id, importId, tail: tailOf(licenseKey) })),
      });
      const now = await tx.findImportedKeys({ importId, keyIds: inserted.map(({ id }) => id) });
      await tx.addToImport({ id: importId, added: now.length });
      const line = { ...importAct(importId, by), action: 'import.added', refs: { sku, added: now.length } };
      if (now.length > 0) await recordAudit(tx, [statelessAct(line)]);
      const own = new Set([...before, ...now]);
      const all = [...present, ...inserted];
      return done({
        mine: new Set(all.filter(({ id }) => own.has(id)).map(({ licenseKey }) => licenseKey)),
        stocked: stockedOf(all.filter(({ id }) => !own.has(id))),
      });
    },
    { repairs: true },
  );
}

/** What importChunk would say, without writing. */
export async function previewChunk(
  deps: { store: Pick<Store, 'findKeysByText'> },
  input: { keys: string[] },
): Promise<ChunkOutcome> {
  const stocked = stockedOf(await deps.store.findKeysByText({ keys: input.keys }));
  return { mine: new Set(input.keys.filter((key) => !stocked.has(key))), stocked };
}

function stockedOf(rows: { licenseKey: string; productSku: string }[]): Map<string, string> {
  return new Map(rows.map(({ licenseKey, productSku }) => [licenseKey, productSku]));
}
