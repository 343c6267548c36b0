import { Text } from '@mantine/core';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { DataTable, type Column } from '../look/data-table.tsx';
import { When } from '../look/when.tsx';
import type { Parts } from './health-report.ts';
import classes from './health.module.css';

type Instance = NonNullable<Parts['instances']['facts']>['instances'][number];

const columns: Column<Instance>[] = [
  {
    head: 'Host',
    cell: ({ host, id }) => (
      <div>
        <Text size="sm" fw={600}>
          {host}
        </Text>
        <Text size="xs" c="dimmed">
          {id}
        </Text>
      </div>
    ),
  },
  { head: 'Version', isNarrow: true, cell: ({ version }) => version },
  { head: 'Started', isNarrow: true, cell: ({ startedAt }) => <When at={startedAt} /> },
  {
    head: 'Last heard',
    isNarrow: true,
    cell: ({ seenAt, isSilent }) => (
      <>
        <When at={seenAt} />
        {isSilent && ', silent'}
      </>
    ),
  },
  { head: 'Retries', isNarrow: true, align: 'end', cell: ({ retries }) => retries.toLocaleString() },
];

/** Every server process on this database. Retries: acts that it began anew since another was in their way. */
export function InstanceTable({ part: { status, sentence, facts } }: { part: Parts['instances'] }) {
  return (
    <Card title="Instances" aside={<StatusBadge status={status} />} isFlush>
      <Text size="sm" className={classes.said}>
        {sentence}
      </Text>
      {facts !== null && facts.instances.length > 0 && (
        <DataTable label="Instances" columns={columns} rows={facts.instances} keyOf={({ id }) => id} />
      )}
    </Card>
  );
}
