import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { Outputs } from '../app/outputs.ts';
import { StatusBadge } from '../look/badge.tsx';
import type { Column } from '../look/data-table.tsx';
import { When } from '../look/when.tsx';
import { DeliveryFlag, DeliveryOrders } from './delivery-orders.tsx';
import { ReadAgain } from './read-again.tsx';
import { fromWords } from '../look/source-words.ts';

export type Delivery = Outputs['deliveries']['list']['deliveries'][number];

export const deliveryColumns: Column<Delivery>[] = [
  {
    head: 'Came',
    isNarrow: true,
    cell: ({ deliveryId, receivedAt, replayOf }) => (
      <div>
        <Anchor component={Link} href={`/deliveries/${deliveryId}`} size="sm">
          <When at={receivedAt} />
        </Anchor>
        {replayOf !== null && (
          <Text size="xs" c="dimmed">
            read again
          </Text>
        )}
      </div>
    ),
  },
  {
    head: 'From',
    isNarrow: true,
    cell: (delivery) => (
      <div>
        {fromWords(delivery)}
        {delivery.hook !== null && (
          <Text size="xs" c="dimmed">
            {delivery.hook}
          </Text>
        )}
      </div>
    ),
  },
  { head: 'Verdict', isNarrow: true, cell: ({ verdict }) => <StatusBadge status={verdict} /> },
  {
    head: 'Orders',
    cell: (delivery) => (
      <div>
        <DeliveryOrders {...delivery} />
        <DeliveryFlag {...delivery} />
        {delivery.flag === '' && delivery.orders.length === 0 && (
          <Text size="sm" c="dimmed">
            none
          </Text>
        )}
      </div>
    ),
  },
];

export const readAgainColumn: Column<Delivery> = {
  head: '',
  isNarrow: true,
  cell: ({ deliveryId, receivedAt, orders }) => (
    <ReadAgain
      deliveryId={deliveryId}
      of={orders.map(({ orderId }) => orderId).join(', ') || `what came at ${receivedAt}`}
      isSmall
    />
  ),
};
