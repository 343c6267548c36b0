import { Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { Card } from '../look/card.tsx';
import { DataTable } from '../look/data-table.tsx';
import { Listing } from '../look/listing.tsx';
import { Plate } from '../look/plate.tsx';
import { When } from '../look/when.tsx';
import { UndoImport } from './undo-import.tsx';

type Row = Outputs['keys']['imports']['imports'][number];

/** Earlier imports, and what became of their keys. */
export function ImportList() {
  const imports = useInfiniteQuery(
    api.keys.imports.infiniteQueryOptions({}, { getNextPageParam: ({ next }) => next }),
  );
  return (
    <Card title="Imports so far" isFlush>
      <Listing
        query={imports}
        rowsOf={(page) => page.imports}
        empty={
          <Plate icon={IconFileImport} title="No import yet">
            Each one appears here, with what became of its keys.
          </Plate>
        }
      >
        {(rows) => (
          <DataTable
            label="Imports"
            rows={rows}
            keyOf={({ importId }) => importId}
            columns={[
              { head: 'When', isNarrow: true, cell: ({ createdAt }) => <When at={createdAt} /> },
              { head: 'Product', cell: ({ sku }) => <b>{sku}</b> },
              { head: 'From', cell: ({ origin }) => origin },
              { head: 'Keys', align: 'end', isNarrow: true, cell: ({ added }) => added.toLocaleString() },
              { head: 'Now', cell: (row) => <Now of={row} /> },
              {
                head: '',
                isNarrow: true,
                cell: ({ importId, sku, undoneAt, now }) =>
                  undoneAt === null && now?.available !== 0 ? (
                    <UndoImport importId={importId} sku={sku} button={{ size: 'compact-sm' }} />
                  ) : null,
              },
            ]}
          />
        )}
      </Listing>
    </Card>
  );
}

function Now({ of: { undoneAt, removed, now } }: { of: Row }) {
  if (undoneAt !== null)
    return (
      <Text size="sm" c="dimmed" component="div">
        undone <When at={undoneAt} />, {removed.toLocaleString()} left stock
      </Text>
    );
  if (now === null) return <>too many to count here</>;
  const parts = [
    [now.available, 'in stock'],
    [now.assigned, 'sold'],
    [now.held, 'on hold'],
    [now.revoked, 'revoked'],
  ] as const;
  return (
    <>
      {parts
        .flatMap(([count, word]) => (count > 0 ? [`${count.toLocaleString()} ${word}`] : []))
        .join(', ') || 'none'}
    </>
  );
}
