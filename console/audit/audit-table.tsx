import { Anchor, Text, VisuallyHidden } from '@mantine/core';
import type { Outputs } from '../app/outputs.ts';
import { DataTable, type Column } from '../look/data-table.tsx';
import { OrderLink } from '../look/order-link.tsx';
import { When } from '../look/when.tsx';
import { StatusBadge } from '../look/badge.tsx';
import classes from './audit-table.module.css';
import type { Filters } from './wanted-lines.ts';

type Line = Outputs['audit']['list']['lines'][number];

/** Lines of the trail; who, what and about what narrow the list to themselves. */
export function AuditTable({ lines, only }: { lines: Line[]; only(part: Partial<Filters>): void }) {
  const columns: Column<Line>[] = [
    { head: 'When', isNarrow: true, cell: ({ at }) => <When at={at} /> },
    {
      head: 'Who',
      cell: ({ actor, actorName }) => (
        <div>
          <Only value={actor} text={actorName ?? actor} pick={() => only({ actor })} />
          {actorName !== null && (
            <Text size="xs" c="dimmed">
              {actor}
            </Text>
          )}
        </div>
      ),
    },
    {
      head: 'What',
      cell: ({ action, from, to }) => (
        <div>
          <Only value={action} text={action} pick={() => only({ action })} />
          <Moved from={from} to={to} />
        </div>
      ),
    },
    {
      head: 'About',
      cell: ({ orderId, subject }) =>
        orderId === null ? (
          <Only value={subject} text={subject} pick={() => only({ subject })} />
        ) : (
          <OrderLink orderId={orderId} />
        ),
    },
    {
      head: 'Why',
      cell: ({ reason, refs, id }) => (
        <div>
          {reason}
          <Refs id={id} refs={refs} />
        </div>
      ),
    },
  ];
  return <DataTable label="Lines of the audit trail" columns={columns} rows={lines} keyOf={({ id }) => id} />;
}

function Only({ value, text, pick }: { value: string; text: string; pick(): void }) {
  return (
    <Anchor
      component="button"
      type="button"
      size="sm"
      ta="start"
      className={classes.only}
      title={`Only lines with ${value}`}
      onClick={pick}
    >
      {text}
    </Anchor>
  );
}

function Moved({ from, to }: Pick<Line, 'from' | 'to'>) {
  if (from === null && to === null) return null;
  return (
    <div className={classes.moved}>
      {from !== null && <StatusBadge status={from} />}
      {from !== null && to !== null && <span className={classes.arrow}>to</span>}
      {to !== null && <StatusBadge status={to} />}
    </div>
  );
}

/** What the line names besides, for whoever wants to know exactly. */
function Refs({ id, refs }: Pick<Line, 'id' | 'refs'>) {
  const entries = Object.entries(refs);
  if (entries.length === 0) return null;
  return (
    <details className={classes.refs}>
      <summary>
        Details<VisuallyHidden> of line {id}</VisuallyHidden>
      </summary>
      <dl>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{Array.isArray(value) ? value.join(', ') : value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
