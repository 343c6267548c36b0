import { and, asc, eq } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { ProductVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { byPrimaryKey, insertRows, oneOf, oneOfTuples } from './many.ts';
import { productMappings, products } from './schema.ts';

const { site, source, kind, itemId } = productMappings;

export function productVerbs(db: Db): ProductVerbs {
  return {
    deleteMapping: async (q) => {
      await db
        .delete(productMappings)
        .where(and(eq(site, q.site), eq(source, q.source), eq(kind, q.kind), eq(itemId, q.itemId)));
    },

    findMappings: ({ items }) =>
      inParts(items, (part) => {
        const refs = part.map((item) => [item.site, item.source, item.kind, item.itemId]);
        return db
          .select()
          .from(productMappings)
          .where(oneOfTuples([site, source, kind, itemId], refs));
      }),

    findProducts: ({ skus }) =>
      inParts(skus, (part) => db.select().from(products).where(oneOf(products.sku, part))),

    insertProducts: (q) => insertRows(db, products, q.products, 'or nothing'),

    listMappings: () =>
      db.select().from(productMappings).orderBy(asc(site), asc(source), asc(kind), asc(itemId)),

    listProducts: () => db.select().from(products).orderBy(asc(products.sku)),

    lockProducts: ({ skus }) =>
      inParts([...skus].sort(), (part) =>
        db
          .select()
          .from(products, byPrimaryKey) // Differs by necessity: see many.ts
          .where(oneOf(products.sku, part))
          .orderBy(asc(products.sku))
          .for('update'),
      ),

    saveMapping: async (q) => {
      const { sku, quantity, per } = q;
      await db.insert(productMappings).values(q).onDuplicateKeyUpdate({ set: { sku, quantity, per } });
    },

    saveProduct: async ({ sku, ...facts }) => {
      await db
        .insert(products)
        .values({ sku, ...facts })
        .onDuplicateKeyUpdate({ set: facts });
    },
  };
}
