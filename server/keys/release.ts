import { statelessAct, type Act } from '../audit/record.ts';
import type { Verbs } from '../store/store.ts';
import { importAct } from './import-act.ts';

/**
 * Gives keys back to stock. Those whose import was undone while an order had them leave it for good, as the others of
 * their import did; answers the lines for the imports' trails. Orders and keys must be locked.
 */
export async function releaseKeys(
  tx: Pick<Verbs, 'deleteKeys' | 'lockUndoneKeys' | 'noteUndo' | 'releaseKeys'>,
  keyIds: number[],
  by: Pick<Act, 'actor' | 'at'> | undefined,
): Promise<Act[]> {
  if (keyIds.length === 0 || !by) return [];
  const undone = await tx.lockUndoneKeys({ keyIds });
  const gone = undone.map(({ keyId }) => keyId);
  await tx.releaseKeys({ keyIds: keyIds.filter((keyId) => !gone.includes(keyId)) });
  await tx.deleteKeys({ keyIds: gone });
  const acts: Act[] = [];
  for (const importId of [...new Set(undone.map((key) => key.importId))].sort()) {
    const removed = undone.filter((key) => key.importId === importId).length;
    await tx.noteUndo({ id: importId, removed, at: by.at });
    const reason = 'an order gave it back; its import was undone meanwhile';
    const act = importAct(importId, { ...by, reason });
    acts.push(statelessAct({ ...act, action: 'import.undone', refs: { removed } }));
  }
  return acts;
}
