import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { focusContent } from '../app/arrive.ts';
import { api } from '../app/api.ts';
import { useMember } from '../app/session.ts';
import { Card } from '../look/card.tsx';
import { Loading } from '../look/loading.tsx';
import { Screen } from '../look/screen.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { AddStaff } from './add-staff.tsx';
import { FormerStaff } from './former-staff.tsx';
import { RoleTable } from './role-table.tsx';
import type { WithToken } from './staff-list.ts';
import { StaffTable } from './staff-table.tsx';
import { TokenDialog } from './token-dialog.tsx';

export default function StaffScreen() {
  const me = useMember();
  const { data, error, isPending, refetch } = useQuery(api.staff.list.queryOptions());
  // SECURITY: here alone, for as long as the dialog stands; neither in the query cache nor in a notice.
  const [fresh, setFresh] = useState<WithToken | null>(null);
  const active = data?.members.filter(({ revokedAt }) => revokedAt === null) ?? [];
  const former = data?.members.filter(({ revokedAt }) => revokedAt !== null) ?? [];
  return (
    <Screen
      title="Staff"
      intro="Who may come in, and what each may do. A change holds from their next click on."
      actions={<AddStaff show={setFresh} />}
    >
      {isPending ? (
        <Loading />
      ) : data === undefined ? (
        <Card>
          <ServerAway error={error} retry={() => void refetch()} />
        </Card>
      ) : (
        <>
          <Card title="Members" isFlush>
            <StaffTable members={active} show={setFresh} />
          </Card>
          {former.length > 0 && <FormerStaff members={former} />}
          <RoleTable />
        </>
      )}
      {fresh && (
        <TokenDialog
          member={fresh}
          isMine={fresh.staffId === me.staffId}
          close={() => {
            setFresh(null);
            focusContent();
          }}
        />
      )}
    </Screen>
  );
}
