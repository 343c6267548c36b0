import { Select } from '@mantine/core';
import { IconMoodHappy } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import { Card } from '../look/card.tsx';
import { DataTable } from '../look/data-table.tsx';
import { Listing } from '../look/listing.tsx';
import { OrderLink } from '../look/order-link.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { useFilter } from '../look/use-filter.ts';
import { When } from '../look/when.tsx';

/** The orders that wait for stock, in the order in which they will be served. */
export default function WaitingScreen() {
  const [sku, setSku] = useFilter('sku');
  const stock = useQuery(api.stock.list.queryOptions());
  const waiting = useInfiniteQuery(
    api.orders.waiting.infiniteQueryOptions(sku === '' ? {} : { sku }, {
      getNextPageParam: ({ next }) => next,
    }),
  );
  const products = stock.data?.products ?? [];
  return (
    <Screen
      title="Waiting for stock"
      intro="Sold, but not in stock. When keys come in, these are served by themselves, from the top."
    >
      <Select
        label="Product"
        placeholder="All products"
        mb="md"
        maw={320}
        clearable
        clearButtonProps={{ 'aria-label': 'All products' }}
        data={[
          ...products.map(({ sku: value, name, waiting: owed }) => ({
            value,
            label: `${name} (${owed} owed)`,
          })),
          ...(sku === '' || products.some((one) => one.sku === sku) ? [] : [{ value: sku, label: sku }]),
        ]}
        value={sku === '' ? null : sku}
        onChange={(value) => setSku(value ?? '')}
      />
      <Card isFlush>
        <Listing
          query={waiting}
          rowsOf={({ orders }) => orders}
          empty={
            <Plate
              icon={IconMoodHappy}
              tone="good"
              title={sku === '' ? 'Nobody waits' : `Nobody waits for ${sku}`}
            >
              {sku === '' && 'Every buyer has a key. '} An order that finds no stock appears here, and the
              admin is told at once.
            </Plate>
          }
        >
          {(orders) => (
            <DataTable
              label="Orders that wait for stock"
              rows={orders}
              keyOf={({ orderId }) => orderId}
              columns={[
                { head: 'Order', isNarrow: true, cell: ({ orderId }) => <OrderLink orderId={orderId} /> },
                { head: 'Buyer', cell: ({ name, email }) => [name, email].filter(Boolean).join(' · ') },
                {
                  head: 'Lacks',
                  cell: ({ waitingFor }) =>
                    waitingFor.map((line) => `${line.lacking} × ${line.sku}`).join(', '),
                },
                { head: 'Since', isNarrow: true, cell: ({ since }) => <When at={since} /> },
              ]}
            />
          )}
        </Listing>
      </Card>
    </Screen>
  );
}
