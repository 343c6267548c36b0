import { Anchor, Stack, Text } from '@mantine/core';
import { IconTags } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import { useMay } from '../app/session.ts';
import { Card } from '../look/card.tsx';
import { DataTable, type Column } from '../look/data-table.tsx';
import { Loading } from '../look/loading.tsx';
import { Plate } from '../look/plate.tsx';
import { ServerAway } from '../look/server-away.tsx';
import type { Product } from './course.ts';
import { EditProduct } from './edit-product.tsx';
import { minuteWords } from './minute-words.ts';

const columns: Column<Product>[] = [
  {
    head: 'Product',
    cell: ({ sku, name }) => (
      <div>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        {name !== sku && (
          <Text size="xs" c="dimmed">
            {sku}
          </Text>
        )}
      </div>
    ),
  },
  {
    head: 'Warns below',
    isNarrow: true,
    cell: ({ lowStock }) => (lowStock === null ? 'as the server says' : `${lowStock} keys`),
  },
  {
    head: 'A cancelled key',
    isNarrow: true,
    cell: ({ onCancel }) => (onCancel === 'keep' ? 'stays good' : 'is revoked'),
  },
  { head: 'Held for', isNarrow: true, cell: ({ holdMinutes }) => minuteWords(holdMinutes) },
  { head: 'In the mail', cell: (product) => <MailParts product={product} /> },
  {
    head: '',
    isNarrow: true,
    align: 'end',
    cell: (product) => (
      <EditProduct
        label="Edit"
        product={product}
        button={{ size: 'compact-sm', 'aria-label': `Edit ${product.sku}` }}
      />
    ),
  },
];

/** What the mails of a product hold beyond the key. */
function MailParts({ product: { activationUrl, instructions, tellWaiting } }: { product: Product }) {
  return (
    <Stack gap={2}>
      {activationUrl === null ? (
        <Text size="sm" c="dimmed">
          no activation link
        </Text>
      ) : (
        <Anchor size="sm" href={activationUrl} target="_blank" rel="noreferrer">
          activation link
        </Anchor>
      )}
      {instructions !== null && (
        <Text size="sm" lineClamp={2}>
          {instructions}
        </Text>
      )}
      {!tellWaiting && (
        <Text size="sm" c="dimmed">
          says nothing while keys are short
        </Text>
      )}
    </Stack>
  );
}

export function ProductList() {
  const may = useMay();
  const shown = columns.filter(({ head }) => head !== '' || may('products'));
  const { data, error, isPending, refetch } = useQuery(api.products.list.queryOptions());
  if (isPending) return <Loading />;
  return (
    <Card title="Products" isFlush={data !== undefined && data.products.length > 0}>
      {data === undefined ? (
        <ServerAway error={error} retry={() => void refetch()} />
      ) : data.products.length === 0 ? (
        <Plate icon={IconTags} title="No product yet">
          Add the first one here, or import keys: an import makes the product that it names.
        </Plate>
      ) : (
        <DataTable label="Products" columns={shown} rows={data.products} keyOf={({ sku }) => sku} />
      )}
    </Card>
  );
}
