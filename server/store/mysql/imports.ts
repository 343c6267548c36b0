import { and, asc, count, desc, eq, gt, lt, sql } from 'drizzle-orm';
import { ascending, inParts } from '../chunks.ts';
import { keyCounts } from '../key-counts.ts';
import type { ImportVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { byPrimaryKey, insertRows, oneOf } from './many.ts';
import { importedKeys, imports, keyTails, licenseKeys } from './schema.ts';

export function importVerbs(db: Db): ImportVerbs {
  return {
    addToImport: async ({ id, added }) => {
      await db
        .update(imports)
        .set({ added: sql`${imports.added} + ${added}` })
        .where(eq(imports.id, id));
    },

    countImportedKeys: async ({ importId }) => {
      const rows = await db
        .select({ status: licenseKeys.status, keys: count(), given: count(licenseKeys.assignedAt) })
        .from(importedKeys)
        .innerJoin(licenseKeys, eq(licenseKeys.id, importedKeys.keyId))
        .where(eq(importedKeys.importId, importId))
        .groupBy(licenseKeys.status);
      return keyCounts(rows);
    },

    findImport: async ({ id }) => {
      const rows = await db.select().from(imports).where(eq(imports.id, id));
      return rows[0] ?? null;
    },

    findImportedKeys: ({ importId, keyIds }) =>
      inParts(keyIds, async (part) => {
        const rows = await db
          .select({ keyId: importedKeys.keyId })
          .from(importedKeys)
          .where(and(eq(importedKeys.importId, importId), oneOf(importedKeys.keyId, part)));
        return rows.map((row) => row.keyId);
      }),

    insertImport: ({ row }) => insertRows(db, imports, [row]),

    insertImportedKeys: async ({ rows }) => {
      const origins = rows.map(({ keyId, importId }) => ({ keyId, importId }));
      const tails = rows.map(({ keyId, tail }) => ({ keyId, tail }));
      await insertRows(db, importedKeys, origins, 'or nothing');
      await insertRows(db, keyTails, tails, 'or nothing');
    },

    listFreeImportedKeys: async ({ importId, afterId, limit }) => {
      const rows = await db
        .select({ keyId: importedKeys.keyId })
        .from(importedKeys)
        .innerJoin(licenseKeys, eq(licenseKeys.id, importedKeys.keyId))
        .where(
          and(
            eq(importedKeys.importId, importId),
            gt(importedKeys.keyId, afterId),
            eq(licenseKeys.status, 'available'),
          ),
        )
        .orderBy(asc(importedKeys.keyId))
        .limit(limit);
      return rows.map((row) => row.keyId);
    },

    listImports: ({ beforeId, limit }) =>
      db
        .select()
        .from(imports)
        .where(beforeId === null ? undefined : lt(imports.id, beforeId))
        .orderBy(desc(imports.id))
        .limit(limit),

    lockUndoneKeys: async ({ keyIds }) => {
      const origins = await inParts(ascending(keyIds), (part) =>
        db
          .select({ keyId: importedKeys.keyId, importId: importedKeys.importId })
          .from(importedKeys)
          .where(oneOf(importedKeys.keyId, part)),
      );
      const ids = [...new Set(origins.map(({ importId }) => importId))].sort();
      const locked = await inParts(ids, (part) =>
        db
          .select({ id: imports.id, undoneAt: imports.undoneAt })
          .from(imports, byPrimaryKey) // Differs by necessity: see many.ts
          .where(oneOf(imports.id, part))
          .orderBy(asc(imports.id))
          .for('update'),
      );
      const undone = new Set(locked.flatMap(({ id, undoneAt }) => (undoneAt ? [id] : [])));
      return origins.filter(({ importId }) => undone.has(importId));
    },

    noteUndo: async ({ id, removed, at }) => {
      await db
        .update(imports)
        .set({
          undoneAt: sql`COALESCE(${imports.undoneAt}, ${sql.param(at, imports.undoneAt)})`,
          removed: sql`${imports.removed} + ${removed}`,
        })
        .where(eq(imports.id, id));
    },
  };
}
