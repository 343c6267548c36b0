import { Text } from '@mantine/core';
import { useMember } from '../app/session.ts';
import { DataTable, type Column } from '../look/data-table.tsx';
import { When } from '../look/when.tsx';
import { ChangeStaff } from './change-staff.tsx';
import { RenewToken } from './renew-token.tsx';
import { RevokeStaff } from './revoke-staff.tsx';
import { listed, ROLE_WORDS } from './right-words.ts';
import classes from './staff.module.css';
import type { Staff, WithToken } from './staff-list.ts';

export function StaffTable({ members, show }: { members: Staff[]; show(member: WithToken): void }) {
  const me = useMember();
  const columns: Column<Staff>[] = [
    {
      head: 'Name',
      cell: ({ name, staffId }) => (
        <div>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            staff:{staffId}
            {staffId === me.staffId && ', you'}
          </Text>
        </div>
      ),
    },
    {
      head: 'Role',
      cell: ({ role, grants }) => (
        <div>
          {ROLE_WORDS[role].word}
          {grants.length > 0 && (
            <Text size="xs" c="dimmed">
              and: {listed(grants)}
            </Text>
          )}
        </div>
      ),
    },
    { head: 'Since', isNarrow: true, cell: ({ createdAt }) => <When at={createdAt} /> },
    {
      head: 'Last used',
      isNarrow: true,
      cell: ({ lastUsedAt }) => <When at={lastUsedAt} none="never" />,
    },
    {
      head: '',
      isNarrow: true,
      align: 'end',
      cell: (member) => (
        <div className={classes.acts}>
          <ChangeStaff member={member} />
          <RenewToken member={member} isMe={member.staffId === me.staffId} show={show} />
          <RevokeStaff member={member} isMe={member.staffId === me.staffId} />
        </div>
      ),
    },
  ];
  return (
    <DataTable label="Members of staff" columns={columns} rows={members} keyOf={({ staffId }) => staffId} />
  );
}
