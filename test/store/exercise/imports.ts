import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import { assign, AT, freeKeys, inWords, storedOrder, storedSku, the, uuid } from './world.ts';

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

  /** An import of free keys, and a key of another import. */
  const broughtKeys = async (count: number) => {
    const [{ id: importId }, other] = [await storedImport(), await storedImport()];
    const { ids } = await freeKeys(store(), count + 1);
    await store().insertImportedKeys({
      rows: [...brought(ids.slice(0, count), importId), ...brought(ids.slice(count), other.id)],
    });
    return { importId, ids: ids.slice(0, count) };
  };

  verb('findImport', () => {
    it('gives the import', async () => {
      const row = await storedImport();
      expect(await store().findImport({ id: row.id })).toEqual(row);
    });
    it('gives null for an unknown id', async () => {
      expect(await store().findImport({ id: uuid() })).toBeNull();
    });
  });

  verb('countImportedKeys', () => {
    it('counts the keys of one import by status, and leaves out a status without any', async () => {
      const { importId, ids } = await broughtKeys(7);
      const order = await storedOrder(store());
      await assign(store(), ids.slice(0, 2), order);
      await store().revokeKeys({ keyIds: ids.slice(2, 3) });
      const hold = { email: null, orderId: inWords(order), coupon: null, assignedAt: null };
      await store().assignKeys({ assignments: ids.slice(6).map((keyId) => ({ ...hold, keyId })) });
      const counts = await store().countImportedKeys({ importId });
      expect(new Map(counts.map(({ status, count }) => [status, count]))).toEqual(
        new Map([
          ['available', 3],
          ['assigned', 2],
          ['held', 1],
          ['revoked', 1],
        ]),
      );
      await store().deleteKeys({ keyIds: ids.slice(3, 6) });
      const left = await store().countImportedKeys({ importId });
      expect(left.map(({ status }) => status).toSorted()).toEqual(['assigned', 'held', 'revoked']);
    });
    it('gives nothing for an import without keys', async () => {
      expect(await store().countImportedKeys({ importId: uuid() })).toEqual([]);
    });
  });

  verb('listFreeImportedKeys', () => {
    it('gives the free keys of one import, in the order of their ids, page by page', async () => {
      const { importId, ids } = await broughtKeys(6);
      await assign(store(), ids.slice(1, 2), await storedOrder(store()));
      await store().revokeKeys({ keyIds: ids.slice(4, 5) });
      const [a, , c, d, , f] = ids;
      const list = (afterId: number, limit: number) =>
        store().listFreeImportedKeys({ importId, afterId, limit });
      expect(await list(0, 9)).toEqual([a, c, d, f]);
      expect(await list(0, 2)).toEqual([a, c]);
      expect(await list(the(c), 2)).toEqual([d, f]);
      expect(await list(the(f), 2)).toEqual([]);
    });
    it('waits for nobody, and gives keys that others have locked', async () => {
      const { importId, ids } = await broughtKeys(2);
      await openTransaction(store(), (tx) => tx.lockKeys({ ids }));
      expect(await store().listFreeImportedKeys({ importId, afterId: 0, limit: 9 })).toEqual(ids);
    });
  });

  verb('listImports', () => {
    it('gives the imports, newest first, page by page', async () => {
      const rows = [await storedImport(), await storedImport(), await storedImport()];
      const newest = rows.toReversed();
      expect(await store().listImports({ beforeId: null, limit: 2 })).toEqual(newest.slice(0, 2));
      const next = { beforeId: the(newest[1]).id, limit: 1 };
      expect(await store().listImports(next)).toEqual(newest.slice(2));
    });
  });

  verb('lockUndoneKeys', () => {
    it('names the keys of undone imports alone', async () => {
      const [undone, kept] = [await storedImport(), await storedImport()];
      const { ids } = await freeKeys(store(), 3);
      await store().insertImportedKeys({ rows: brought(ids.slice(0, 1), undone.id) });
      await store().insertImportedKeys({ rows: brought(ids.slice(1, 2), kept.id) });
      expect(await store().lockUndoneKeys({ keyIds: ids })).toEqual([]);
      await store().noteUndo({ id: undone.id, removed: 0, at: AT });
      expect(await store().lockUndoneKeys({ keyIds: ids })).toEqual([{ keyId: ids[0], importId: undone.id }]);
      expect(await store().lockUndoneKeys({ keyIds: [] })).toEqual([]);
    });
    it('makes an undo that begins at the same moment wait', async () => {
      const { id } = await storedImport();
      const { ids } = await freeKeys(store(), 1);
      await store().insertImportedKeys({ rows: brought(ids, id) });
      const first = await openTransaction(store(), (tx) => tx.lockUndoneKeys({ keyIds: ids }));
      const undo = store().transaction((tx) => tx.noteUndo({ id, removed: 0, at: AT }));
      await expectWaiting(undo, store());
      await first.commit();
      await undo;
      expect(await store().lockUndoneKeys({ keyIds: ids })).toEqual([{ keyId: ids[0], importId: id }]);
    });
  });

  verb('noteUndo', () => {
    it('keeps when it was undone first, and adds up what was removed', async () => {
      const [row, other] = [await storedImport(), await storedImport()];
      await store().noteUndo({ id: row.id, removed: 200, at: AT });
      await store().noteUndo({ id: row.id, removed: 30, at: new Date(AT.getTime() + 1) });
      expect(await store().findImport({ id: row.id })).toEqual({ ...row, undoneAt: AT, removed: 230 });
      expect(await store().findImport({ id: other.id })).toEqual(other);
    });
    it('lets one undo at a time, and loses no count', async () => {
      const { id } = await storedImport();
      const first = await openTransaction(store(), (tx) => tx.noteUndo({ id, removed: 1, at: AT }));
      const second = store().transaction((tx) => tx.noteUndo({ id, removed: 2, at: AT }));
      await expectWaiting(second, store());
      await first.commit();
      await second;
      expect(await store().findImport({ id })).toMatchObject({ removed: 3 });
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
