import { and, eq, sql } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { ImportVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { insertRows, oneOf } from './many.ts';
import { importedKeys, imports, keyTails } from './schema.ts';

export function importVerbs(db: Db): ImportVerbs {
  return {
    addToImport: async ({ id, added }) => {
      await db
        .update(imports)
        .set({ added: sql`${imports.added} + ${added}` })
        .where(eq(imports.id, id));
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
  };
}
