import type { PartName, Parts } from './health-report.ts';

/** The server's sentence of a part; but of attention, where it names each kind as programs and the command line do. */
export function sentenceOf(parts: Parts, name: PartName): string {
  if (name !== 'attention') return parts[name].sentence;
  const open = parts.attention.facts?.open ?? [];
  const count = open.reduce((sum, kind) => sum + kind.count, 0);
  if (count === 0) return 'Nothing waits for a decision.';
  const more = open.some(({ isMore }) => isMore) ? ' or more' : '';
  return `${count}${more} ${count === 1 ? 'matter waits' : 'matters wait'} for a decision.`;
}
