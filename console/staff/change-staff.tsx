import { useState } from 'react';
import { client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import { undoReason } from '../look/undo-reason.ts';
import { MemberFields, type Powers } from './member-fields.tsx';
import { extraRights, listed, ROLE_WORDS } from './right-words.ts';
import type { Staff } from './staff-list.ts';

export function ChangeStaff({ member }: { member: Staff }) {
  const { staffId, name } = member;
  const [former, setFormer] = useState<Powers>(() => powersOf(member));
  const [powers, setPowers] = useState(former);
  return (
    <Act
      right="staff"
      label="Change"
      button={{ size: 'compact-sm', 'aria-label': `Change what ${name} may do` }}
      onOpen={() => {
        setFormer(powersOf(member));
        setPowers(powersOf(member));
      }}
      title={`What may ${name} do?`}
      explain="Holds from their next click on, also where they are signed in. Give somebody more than whoever handed them their token may do? Then renew the token as well."
      reasons={['Other tasks', 'Stands in for a colleague', 'Needs less']}
      confirm="Save"
      fields={<MemberFields powers={powers} change={setPowers} />}
      check={() => (wordsOf(powers) === wordsOf(former) ? 'Nothing is changed yet.' : '')}
      run={(reason) => client.staff.change.mutate({ staffId, ...powers, reason })}
      done={(_out, reason) => ({
        text: `${name} now has the role ${wordsOf(powers)}.`,
        undo: { label: 'Undo', run: () => changeBack(member, { former, given: powers }, reason) },
      })}
    />
  );
}

function powersOf({ role, grants }: Staff): Powers {
  return { role, grants };
}

function wordsOf({ role, grants }: Powers): string {
  const extras = listed(grants.filter((right) => extraRights(role).includes(right)));
  return `${ROLE_WORDS[role].word}${extras === '' ? '' : `, and beyond it: ${extras}`}`;
}

async function changeBack(
  { staffId, name }: Staff,
  { former, given }: { former: Powers; given: Powers },
  reason: string,
): Promise<string> {
  const { members } = await client.staff.list.query();
  const now = members.find((one) => one.staffId === staffId);
  if (!now || wordsOf(powersOf(now)) !== wordsOf(given))
    return `Nothing was changed: somebody else has changed what ${name} may do meanwhile.`;
  await client.staff.change.mutate({ staffId, ...former, reason: undoReason(reason) });
  return `${name} has the role ${wordsOf(former)} again.`;
}
