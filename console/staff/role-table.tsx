import { IconCheck } from '@tabler/icons-react';
import { Card } from '../look/card.tsx';
import { DataTable, type Column } from '../look/data-table.tsx';
import type { Right } from '../app/session.ts';
import classes from './staff.module.css';
import { extraRights, RIGHT_WORDS, RIGHTS, ROLE_WORDS } from './right-words.ts';
import type { Staff } from './staff-list.ts';

const roleColumn = (role: Staff['role']): Column<Right> => ({
  head: ROLE_WORDS[role].word,
  isNarrow: true,
  cell: (right) =>
    extraRights(role).includes(right) ? (
      <span className={classes.no}>no</span>
    ) : (
      <IconCheck size={18} role="img" aria-label="yes" className={classes.yes} />
    ),
});

const columns: Column<Right>[] = [
  { head: 'Right', isNarrow: true, cell: (right) => <strong>{RIGHT_WORDS[right].word}</strong> },
  { head: 'Lets you', cell: (right) => RIGHT_WORDS[right].sentence },
  roleColumn('viewer'),
  roleColumn('support'),
  roleColumn('admin'),
];

/** What each role may do; folded, since it is looked up and not read. */
export function RoleTable() {
  return (
    <Card isFlush>
      <details>
        <summary className={classes.fold}>What each role may do</summary>
        <DataTable label="Roles and rights" columns={columns} rows={RIGHTS} keyOf={(right) => right} />
      </details>
    </Card>
  );
}
