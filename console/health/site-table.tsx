import { Text } from '@mantine/core';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { DataTable, type Column } from '../look/data-table.tsx';
import { When } from '../look/when.tsx';
import { sourceWords } from '../look/source-words.ts';
import type { Parts } from './health-report.ts';
import classes from './health.module.css';

type Site = NonNullable<Parts['sites']['facts']>['sites'][number];

const columns: Column<Site>[] = [
  {
    head: 'Site',
    cell: ({ site, url }) => (
      <div>
        <Text size="sm" fw={600}>
          {site === '' ? 'main site' : site}
        </Text>
        {url !== null && (
          <Text size="xs" c="dimmed">
            {url}
          </Text>
        )}
      </div>
    ),
  },
  {
    head: 'Plugin',
    cell: ({ source, plugin }) =>
      source === null ? 'sends no list' : `${sourceWords(source)}${plugin === null ? '' : `, by ${plugin}`}`,
  },
  {
    head: 'Last list',
    isNarrow: true,
    cell: ({ lastAt, isSilent }) => (
      <>
        <When at={lastAt} none="never" />
        {isSilent && ', silent'}
      </>
    ),
  },
  { head: 'Bookings in it', isNarrow: true, align: 'end', cell: ({ listed }) => listed.toLocaleString() },
  { head: 'Lacking here', isNarrow: true, align: 'end', cell: ({ lacking }) => lacking.toLocaleString() },
  { head: 'Unknown there', isNarrow: true, align: 'end', cell: ({ unknown }) => unknown.toLocaleString() },
];

/** Each WordPress, and what the two sides know differently. */
export function SiteTable({ part: { status, sentence, facts } }: { part: Parts['sites'] }) {
  return (
    <Card title="Sites" aside={<StatusBadge status={status} />} isFlush>
      <Text size="sm" className={classes.said}>
        {sentence}
      </Text>
      {facts !== null && facts.sites.length > 0 && (
        <DataTable
          label="Sites"
          columns={columns}
          rows={facts.sites}
          keyOf={({ site, source }) => `${site}/${source ?? ''}`}
        />
      )}
    </Card>
  );
}
