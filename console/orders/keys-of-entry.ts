import type { Outputs } from '../app/outputs.ts';

type Order = Outputs['orders']['get'];

/** What the trail calls the keys that an act was about; their numbers stand behind. */
const NAMES = ['keys', 'held', 'released', 'revoked', 'revealed'] as const;

/** The keys that an entry of the timeline is about, masked; those that the order no longer knows are left out. */
export function keysOfEntry(
  { refs }: Pick<Order['timeline'][number], 'refs'>,
  keys: Order['keys'],
): string[] {
  const ids = NAMES.flatMap((name) => refs[name] ?? []).map(Number);
  return keys.filter(({ keyId }) => ids.includes(keyId)).map(({ masked }) => masked);
}
