import type { StaffVerbs } from '../store/staff-verbs.ts';
import { isMember } from './spent-token.ts';

/** What people call the actor of an audit line: the name of `staff:2`, revoked or not; null for what is no member of staff. */
export async function staffNames(
  store: Pick<StaffVerbs, 'listStaff'>,
): Promise<(actor: string) => string | null> {
  const members = (await store.listStaff()).filter(isMember);
  const names = new Map(members.map(({ id, name }) => [`staff:${id}`, name]));
  return (actor) => names.get(actor) ?? null;
}
