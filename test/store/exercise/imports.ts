import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { AT, freeKeys, storedSku, uuid } from './world.ts';

export function exerciseImports({ verb, store, opened }: Exercise): void {
  const anImport = async () => ({
    id: uuid(),
    sku: await storedSku(store()),
    actor: 'staff:1',
    origin: 'keys.csv',
    added: 0,
    createdAt: AT,
    undoneAt: null,
    removed: 0,
  });
  const storedImport = async () => {
    const row = await anImport();
    await store().insertImport({ row });
    return row;
  };
  const brought = (keyIds: number[], importId: string) =>
    keyIds.map((keyId) => ({ keyId, importId, tail: String(keyId).padStart(4, '0').slice(-4) }));

  verb('insertImportedKeys', () => {
    it('keeps the first import of a key, and loses no new key beside it', async () => {
      const [first, second] = [await storedImport(), await storedImport()];
      const { ids } = await freeKeys(store(), 2);
      await store().insertImportedKeys({ rows: brought(ids.slice(0, 1), first.id) });
      await store().insertImportedKeys({ rows: brought(ids, second.id) });
      expect(await store().findImportedKeys({ importId: first.id, keyIds: ids })).toEqual(ids.slice(0, 1));
      expect(await store().findImportedKeys({ importId: second.id, keyIds: ids })).toEqual(ids.slice(1));
    });
    it('takes 5,000 rows in one call', async () => {
      const { id: importId } = await storedImport();
      const { ids } = await freeKeys(store(), 5000);
      await store().insertImportedKeys({ rows: brought(ids, importId) });
      expect(await store().findImportedKeys({ importId, keyIds: ids })).toHaveLength(5000);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertImportedKeys({ rows: [] })).resolves.toBeUndefined();
    });
  });

  verb('insertImport', () => {
    it('keeps who brought what from where', async () => {
      const row = { ...(await anImport()), actor: 'cli', origin: 'Schlüssel 😀.csv', added: 3 };
      await store().insertImport({ row });
      const [kept] = await opened().peek(
        `SELECT sku, actor, origin, added FROM imports WHERE id = '${row.id}'`,
      );
      expect(kept).toEqual({ sku: row.sku, actor: 'cli', origin: 'Schlüssel 😀.csv', added: 3 });
    });
    it('refuses the same import twice', async () => {
      const row = await storedImport();
      await expectStoreError(store().insertImport({ row }), 'store.duplicate');
    });
  });

  verb('findImportedKeys', () => {
    it('gives those of the asked keys that this import brought', async () => {
      const [mine, other] = [await storedImport(), await storedImport()];
      const { ids } = await freeKeys(store(), 4);
      await store().insertImportedKeys({ rows: brought(ids.slice(0, 2), mine.id) });
      await store().insertImportedKeys({ rows: brought(ids.slice(2, 3), other.id) });
      const found = await store().findImportedKeys({ importId: mine.id, keyIds: ids.slice(1) });
      expect(found).toEqual(ids.slice(1, 2));
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findImportedKeys({ importId: uuid(), keyIds: [] })).toEqual([]);
    });
  });

  verb('addToImport', () => {
    it('adds to what the import had added', async () => {
      const { id } = await storedImport();
      await store().addToImport({ id, added: 200 });
      await store().addToImport({ id, added: 30 });
      expect(await opened().peek(`SELECT added FROM imports WHERE id = '${id}'`)).toEqual([{ added: 230 }]);
    });
  });
}
