import type { Act } from '../audit/record.ts';

/** Who did something to an import, when and why; `by` may hold more. */
export function importAct(
  importId: string,
  { at, actor, reason }: Pick<Act, 'at' | 'actor' | 'reason'>,
): Pick<Act, 'subject' | 'at' | 'actor' | 'reason'> {
  return { subject: `import:${importId}`, at, actor, reason };
}
