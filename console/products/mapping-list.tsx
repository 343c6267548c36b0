import { Group, Text } from '@mantine/core';
import { IconSchool } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import { useMay } from '../app/session.ts';
import { Card } from '../look/card.tsx';
import { DataTable, type Column } from '../look/data-table.tsx';
import { Loading } from '../look/loading.tsx';
import { Plate } from '../look/plate.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { sourceWords } from '../look/source-words.ts';
import { courseWords, type Mapping } from './course.ts';
import { DeleteMapping } from './delete-mapping.tsx';
import { MapCourse } from './map-course.tsx';

const columns: Column<Mapping>[] = [
  {
    head: 'Course',
    cell: ({ kind, itemId }) => (
      <Text size="sm" fw={600}>
        {kind} {itemId}
      </Text>
    ),
  },
  {
    head: 'Comes from',
    cell: ({ source, site }) => `${sourceWords(source)}${site === '' ? '' : ` on ${site}`}`,
  },
  {
    head: 'Sells',
    cell: ({ sku, quantity }) => (sku === null ? 'no key' : `${quantity} × ${sku}`),
  },
  {
    head: 'So many',
    cell: ({ sku, per }) =>
      sku === null ? '–' : per === 'purchase' ? 'once per purchase' : 'per person booked',
  },
  {
    head: '',
    isNarrow: true,
    align: 'end',
    cell: (mapping) => (
      <Group gap={6} wrap="nowrap">
        <MapCourse
          label="Change"
          preset={mapping}
          sells={mapping}
          button={{ size: 'compact-sm', 'aria-label': `Change ${courseWords(mapping)}` }}
        />
        <DeleteMapping mapping={mapping} />
      </Group>
    ),
  },
];

export function MappingList() {
  const may = useMay();
  const shown = columns.filter(({ head }) => head !== '' || may('products'));
  const { data, error, isPending, refetch } = useQuery(api.products.mappings.list.queryOptions());
  if (isPending) return <Loading />;
  return (
    <Card title="Courses" isFlush={data !== undefined && data.mappings.length > 0}>
      {data === undefined ? (
        <ServerAway error={error} retry={() => void refetch()} />
      ) : data.mappings.length === 0 ? (
        <Plate icon={IconSchool} title="No course is mapped">
          Bookings of such courses get keys of the server&#39;s default product if it has one. Otherwise they
          wait on the attention list until you say here what the course sells; none is lost.
        </Plate>
      ) : (
        <DataTable
          label="Courses and what they sell"
          columns={shown}
          rows={data.mappings}
          keyOf={({ site, source, kind, itemId }) => [site, source, kind, itemId].join('/')}
        />
      )}
    </Card>
  );
}
