import { Stack, TextInput } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import { MemberFields, type Powers } from './member-fields.tsx';
import type { WithToken } from './staff-list.ts';

const BLANK: Powers = { role: 'support', grants: [] };

export function AddStaff({ show }: { show(member: WithToken): void }) {
  const [name, setName] = useState('');
  const [powers, setPowers] = useState(BLANK);
  return (
    <Act
      right="staff"
      label="Add a member"
      icon={IconUserPlus}
      button={{ variant: 'filled' }}
      onOpen={() => {
        setName('');
        setPowers(BLANK);
      }}
      title="Add a member of staff"
      explain="One member for each person: the audit trail then says who did what. Their token is shown once, in the next step."
      reasons={['New in the team', 'Stands in for a colleague']}
      confirm="Add"
      fields={
        <Stack gap="md">
          <TextInput
            label="Name"
            placeholder="Grace Hopper"
            value={name}
            maxLength={80}
            autoComplete="off"
            data-autofocus
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <MemberFields powers={powers} change={setPowers} />
        </Stack>
      }
      check={() => (name.trim() === '' ? 'Type the name of the person.' : '')}
      run={(reason) => client.staff.add.mutate({ name: name.trim(), ...powers, reason })}
      done={(member) => {
        show(member);
        return null;
      }}
    />
  );
}
