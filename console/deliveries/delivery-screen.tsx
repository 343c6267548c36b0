import { Anchor, Code, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams } from 'wouter';
import { api } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { Facts } from '../look/facts.tsx';
import { Loading } from '../look/loading.tsx';
import { Screen } from '../look/screen.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { When } from '../look/when.tsx';
import { DeliveryFlag, DeliveryOrders } from './delivery-orders.tsx';
import { ReadAgain } from './read-again.tsx';
import { fromWords } from '../look/source-words.ts';

type Delivery = Outputs['deliveries']['get'];

/** One delivery: when it came, from where, and what came of it. */
export default function DeliveryScreen() {
  const { deliveryId = '' } = useParams();
  const query = useQuery(api.deliveries.get.queryOptions({ deliveryId }));
  const delivery = query.data;
  return (
    <Screen
      title={delivery ? `Delivery from ${fromWords(delivery)}` : 'Delivery'}
      intro={
        <Anchor component={Link} href="/deliveries" inherit>
          All deliveries
        </Anchor>
      }
      actions={delivery && <ReadAgain deliveryId={delivery.deliveryId} />}
    >
      {query.isPending && <Loading />}
      {query.isError && !delivery && (
        <Card>
          <ServerAway error={query.error} retry={() => void query.refetch()} />
        </Card>
      )}
      {delivery && (
        <>
          <Card title="What came of it" aside={<StatusBadge status={delivery.verdict} />}>
            <Outcome {...delivery} />
          </Card>
          <Card title="The delivery">
            <DeliveryFacts {...delivery} />
          </Card>
        </>
      )}
    </Screen>
  );
}

function Outcome(delivery: Delivery) {
  return (
    <>
      <DeliveryFlag {...delivery} />
      <DeliveryOrders {...delivery} />
      {delivery.orders.length === 0 && (
        <Text size="sm" c="dimmed">
          It made no order, and changed none.
        </Text>
      )}
    </>
  );
}

function DeliveryFacts({ deliveryId, receivedAt, hook, contentType, size, site, replayOf }: Delivery) {
  const facts: [string, ReactNode][] = [
    ['Came', <When key="at" at={receivedAt} />],
    ['Site', site === '' ? 'the main site' : site],
    ['Hook', hook ?? 'not said'],
    ['Kind of content', contentType ?? 'not said'],
    ['Size', `${size.toLocaleString()} bytes`],
    [
      'Repeats',
      replayOf === null ? null : (
        <Anchor component={Link} href={`/deliveries/${replayOf}`} inherit>
          an earlier delivery
        </Anchor>
      ),
    ],
    ['Number', <Code key="id">{deliveryId}</Code>],
  ];
  return <Facts of={facts} />;
}
