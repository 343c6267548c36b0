import type { Staff } from './staff-list.ts';
import { Card } from '../look/card.tsx';
import { DataTable, type Column } from '../look/data-table.tsx';
import { When } from '../look/when.tsx';
import classes from './staff.module.css';
import { ROLE_WORDS } from './right-words.ts';

const columns: Column<Staff>[] = [
  { head: 'Name', cell: ({ name, staffId }) => `${name} (staff:${staffId})` },
  { head: 'Was', cell: ({ role }) => ROLE_WORDS[role].word },
  { head: 'Last used', isNarrow: true, cell: ({ lastUsedAt }) => <When at={lastUsedAt} none="never" /> },
  { head: 'Revoked', isNarrow: true, cell: ({ revokedAt }) => <When at={revokedAt} /> },
];

/** Whoever was revoked: their names stay in the audit trail. */
export function FormerStaff({ members }: { members: Staff[] }) {
  return (
    <Card isFlush>
      <details>
        <summary className={classes.fold}>
          {members.length} {members.length === 1 ? 'member was' : 'members were'} revoked
        </summary>
        <DataTable
          label="Revoked members"
          columns={columns}
          rows={members}
          keyOf={({ staffId }) => staffId}
        />
      </details>
    </Card>
  );
}
