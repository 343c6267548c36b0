import { Code, Group } from '@mantine/core';
import type { Outputs } from '../app/outputs.ts';
import { StatusBadge } from '../look/badge.tsx';
import { DataTable, type Column } from '../look/data-table.tsx';

type Counted = Outputs['verify']['run']['promises'][number];

const columns: Column<Counted>[] = [
  { head: 'Promise', cell: ({ promise }) => promise },
  {
    head: 'Kept',
    isNarrow: true,
    cell: ({ violations }) => (violations === 0 ? 'yes' : <StatusBadge status="bad" />),
  },
  { head: 'Checked', isNarrow: true, align: 'end', cell: ({ checked }) => checked.toLocaleString() },
  { head: 'Violations', isNarrow: true, align: 'end', cell: ({ violations }) => violations.toLocaleString() },
  {
    head: 'Examples',
    cell: ({ examples }) => (
      <Group gap={4}>
        {examples.length === 0 ? '–' : examples.map((one) => <Code key={one}>{one}</Code>)}
      </Group>
    ),
  },
];

export function PromiseTable({ promises }: { promises: Counted[] }) {
  const worst = promises.toSorted((a, b) => b.violations - a.violations);
  return <DataTable label="Promises" columns={columns} rows={worst} keyOf={({ promise }) => promise} />;
}
