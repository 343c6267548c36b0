import { Alert, Group, Text } from '@mantine/core';
import { IconMailOff, IconUserQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import { faultOf } from '../app/server-fault.ts';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { Loading } from '../look/loading.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { useMoments } from '../look/use-moments.ts';
import { usePart } from '../look/use-part.ts';
import { headline } from './headline.ts';
import { OrderActs } from './order-acts.tsx';
import { OrderFacts } from './order-facts.tsx';
import { OrderKeys } from './order-keys.tsx';
import { OrderMails } from './order-mails.tsx';
import classes from './order-screen.module.css';
import { Timeline } from './timeline.tsx';

/** Everything about one order, and all that can be done about it. */
export default function OrderScreen() {
  const orderId = usePart('orderId');
  const query = useQuery(api.orders.get.queryOptions({ orderId }));
  const { said } = useMoments();
  if (query.isPending)
    return (
      <Screen title={`Order ${orderId}`}>
        <Loading lines={8} />
      </Screen>
    );
  if (query.data === undefined) {
    const { reason, sentence } = faultOf(query.error);
    if (reason === 'order.unknown')
      return (
        <Screen title={`Order ${orderId}`}>
          <Plate icon={IconUserQuestion} title="There is no such order">
            {sentence}
          </Plate>
        </Screen>
      );
    return (
      <Screen title={`Order ${orderId}`}>
        <ServerAway error={query.error} retry={() => void query.refetch()} />
      </Screen>
    );
  }
  const order = query.data;
  return (
    <Screen
      title={order.name ?? order.email ?? `Order ${order.orderId}`}
      intro={
        <Group gap="xs">
          <StatusBadge status={order.status} />
          <Text span fw={600} c="var(--mantine-color-text)">
            {order.orderId}
          </Text>
          {order.email !== null && <Text span>{order.email}</Text>}
        </Group>
      }
    >
      <p className={classes.headline} role="status">
        {headline(order, said)}
      </p>
      {order.suppressed && (
        <Alert
          color="red.9"
          variant="outline"
          icon={<IconMailOff aria-hidden />}
          mb="lg"
          title="No mail goes to this address"
        >
          {order.suppressed.reason === 'bounced'
            ? 'A mail to it came back.'
            : 'A mail to it was marked as spam.'}{' '}
          {order.suppressed.detail} Correct the address, or let mail through again under Mails, Stopped
          addresses.
        </Alert>
      )}
      <OrderActs order={order} />
      <div className={classes.columns}>
        <div>
          <OrderKeys order={order} />
          <Card title="What happened">
            <Timeline order={order} />
          </Card>
        </div>
        <div>
          <OrderFacts order={order} />
          <OrderMails order={order} />
        </div>
      </div>
    </Screen>
  );
}
