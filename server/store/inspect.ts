import { newProduct } from '../products/new-product.ts';
import { missingMigrations } from './migrate.ts';
import { explainedFor, openStore } from './open.ts';
import type { Store } from './store.ts';

export interface Inspection {
  /** E.g. `MySQL 8.4.6`. */
  version: string;
  /** Migrations that the next start will run, by name. */
  missing: string[];
  /** False when tables are missing that the rights could be tried on. */
  rightsTried: boolean;
}

/** Looks at a database and leaves it as it was. Throws an OpenError that names the way out. */
export async function inspect(url: string): Promise<Inspection> {
  const missing = await missingMigrations({ url });
  const store = await openStore({ url, poolSize: 1 });
  try {
    const rightsTried = missing.length === 0;
    if (rightsTried) await tryRights(store);
    return { version: store.version, missing, rightsTried };
  } catch (error) {
    throw explainedFor(url, error);
  } finally {
    await store.close();
  }
}

class Undo extends Error {}

/** Reads, inserts, updates and deletes, in a transaction that is always rolled back. */
async function tryRights(store: Store): Promise<void> {
  const product = newProduct('keybank-check');
  const item = { site: '', source: 'amelia' as const, kind: 'service' as const, itemId: 'keybank-check' };
  try {
    await store.transaction(async (tx) => {
      await tx.insertProducts({ products: [product] });
      await tx.lockProducts({ skus: [product.sku] });
      await tx.saveProduct({ ...product, name: 'changed' });
      await tx.saveMapping({ ...item, sku: product.sku, quantity: 1, per: 'booking' });
      await tx.deleteMapping(item);
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
}
