import { nearestWord } from '../nearest-word.ts';
import { folded } from '../staff/add-staff.ts';
import type { ListedMember } from '../staff/list-staff.ts';

/**
 * Whom a person means by a name, in any letter case, or by the number that `staff list` shows. Of two who had the name one
 * after the other it is the one who is still here.
 */
export function namedMember(members: ListedMember[], word: string): ListedMember {
  const named = /^\d+$/.test(word)
    ? members.filter(({ staffId }) => String(staffId) === word)
    : members.filter(({ name }) => folded(name) === folded(word));
  const here = named.filter(({ revokedAt }) => revokedAt === null);
  if (here.length > 1)
    throw new Error(
      `${here.length} members of staff are called ${word}; nothing was changed. Name one by the number: ${here.map(({ staffId }) => staffId).join(', ')}.`,
    );
  const member = here[0] ?? named.at(-1);
  if (!member) throw new Error(noMember(members, word));
  return member;
}

function noMember(members: ListedMember[], word: string): string {
  const near = nearestWord(
    word,
    members.filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name),
  );
  const hint = near === null ? 'keybank staff list shows those that are there.' : `Did you mean ${near}?`;
  return `There is no member of staff ${word}; nothing was changed. ${hint}`;
}
