import type { MessageSettlement } from '../store/rows.ts';

/** Mails that end alike, to the same values, are written by one statement. */
export function alike(settlements: readonly MessageSettlement[]): MessageSettlement[] {
  const groups = new Map<string, MessageSettlement>();
  for (const { ids, ...end } of settlements) {
    const name = JSON.stringify(end);
    const group = groups.get(name);
    if (group) group.ids.push(...ids);
    else groups.set(name, { ...end, ids: [...ids] });
  }
  return [...groups.values()];
}
