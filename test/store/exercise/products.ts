import { expect, it } from 'vitest';
import type { MappingRow, ProductRow } from '../../../server/store/rows.ts';
import type { Exercise } from './exercise.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import { aMapping, aProduct, storedSku, the, unique } from './world.ts';

export function exerciseProducts({ verb, store }: Exercise): void {
  const mapping = async (ref: MappingRow): Promise<MappingRow | undefined> =>
    (await store().findMappings({ items: [ref] }))[0];
  const product = async (sku: string): Promise<ProductRow | undefined> =>
    (await store().findProducts({ skus: [sku] }))[0];

  verb('deleteMapping', () => {
    it('forgets this mapping and no other', async () => {
      const [gone, kept] = [aMapping(), aMapping()];
      for (const row of [gone, kept]) await store().saveMapping(row);
      await store().deleteMapping(gone);
      expect(await mapping(gone)).toBeUndefined();
      expect(await mapping(kept)).toEqual(kept);
    });
    it('does nothing for a mapping that is not there', async () => {
      await expect(store().deleteMapping(aMapping())).resolves.toBeUndefined();
    });
  });

  verb('findMappings', () => {
    it('gives exactly the asked items, never a mix of one and another', async () => {
      const [one, two] = [unique('item'), unique('item')];
      const rows = [
        aMapping({ itemId: one }),
        aMapping({ itemId: two }),
        aMapping({ itemId: one, site: 'second-shop' }),
        aMapping({ itemId: one, kind: 'event' }),
        aMapping({ itemId: one, source: 'bookly' }),
        aMapping({ itemId: two, site: 'second-shop' }),
      ];
      for (const row of rows) await store().saveMapping(row);
      for (const row of rows) expect(await store().findMappings({ items: [row] })).toEqual([row]);
      const items = [the(rows[0]), the(rows[5]), aMapping()];
      expect(await store().findMappings({ items })).toHaveLength(2);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findMappings({ items: [] })).toEqual([]);
    });
  });

  verb('findProducts', () => {
    it('gives those of the asked that are there', async () => {
      const [one, two] = [aProduct(), aProduct()];
      await store().insertProducts({ products: [one, two, aProduct()] });
      const rows = await store().findProducts({ skus: [one.sku, two.sku, unique('SKU')] });
      expect(rows.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))).toEqual([one, two]);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findProducts({ skus: [] })).toEqual([]);
    });
  });

  verb('insertProducts', () => {
    it('keeps the first of two, and loses no new one beside it', async () => {
      const [first, fresh] = [aProduct({ name: 'First', tellWaiting: false }), aProduct()];
      await store().insertProducts({ products: [first] });
      await store().insertProducts({ products: [{ ...first, name: 'Second' }, fresh] });
      expect(await product(first.sku)).toEqual(first);
      expect(await product(fresh.sku)).toEqual(fresh);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertProducts({ products: [] })).resolves.toBeUndefined();
    });
  });

  verb('listMappings', () => {
    it('gives every mapping', async () => {
      const rows = [aMapping({ sku: await storedSku(store()), quantity: 2 }), aMapping()];
      for (const row of rows) await store().saveMapping(row);
      expect(await store().listMappings()).toEqual(expect.arrayContaining(rows));
    });
  });

  verb('listProducts', () => {
    it('gives every product', async () => {
      const products = [aProduct(), aProduct({ lowStock: 0, holdMinutes: 30 })];
      await store().insertProducts({ products });
      expect(await store().listProducts()).toEqual(expect.arrayContaining(products));
    });
  });

  verb('lockProducts', () => {
    it('gives the products and makes a second filler wait', async () => {
      const skus = [await storedSku(store()), await storedSku(store())];
      const first = await openTransaction(store(), (tx) => tx.lockProducts({ skus }));
      expect(first.value.map((row) => row.sku).toSorted()).toEqual(skus);
      const second = store().transaction((tx) => tx.lockProducts({ skus: skus.slice(1) }));
      await expectWaiting(second, store());
      await first.commit();
      expect((await second).map((row) => row.sku)).toEqual(skus.slice(1));
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().transaction((tx) => tx.lockProducts({ skus: [] }))).toEqual([]);
    });
  });

  verb('saveMapping', () => {
    it('keeps every fact, and replaces them the second time', async () => {
      const first = aMapping({
        site: 'second-shop',
        source: 'bookly',
        kind: 'package',
        itemId: unique('ä😀'),
        sku: await storedSku(store()),
        quantity: 3,
        per: 'purchase',
      });
      await store().saveMapping(first);
      expect(await mapping(first)).toEqual(first);
      const second: MappingRow = { ...first, sku: null, quantity: 1, per: 'booking' };
      await store().saveMapping(second);
      expect(await store().findMappings({ items: [first] })).toEqual([second]);
    });
  });

  verb('saveProduct', () => {
    it('keeps every fact, and replaces them the second time', async () => {
      const first = aProduct({
        name: 'Schach “für” Anfänger 😀',
        lowStock: 0,
        onCancel: 'revoke',
        holdMinutes: 45,
        activationUrl: 'https://example.test/activate?lang=de&x=1',
        instructions: 'First line\nSecond line',
        tellWaiting: false,
      });
      await store().saveProduct(first);
      expect(await product(first.sku)).toEqual(first);
      const second = aProduct({ sku: first.sku, name: 'Chess' });
      await store().saveProduct(second);
      expect(await product(first.sku)).toEqual(second);
    });
  });
}
