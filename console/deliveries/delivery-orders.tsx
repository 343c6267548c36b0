import { Text } from '@mantine/core';
import type { Outputs } from '../app/outputs.ts';
import { StatusBadge } from '../look/badge.tsx';
import { OrderLink } from '../look/order-link.tsx';
import classes from './delivery-orders.module.css';

type Delivery = Pick<Outputs['deliveries']['get'], 'verdict' | 'flag' | 'orders'>;

/** The orders that a delivery spoke of, each with what it did to it; of one alone, the verdict says that. */
export function DeliveryOrders({ verdict, orders }: Delivery) {
  if (orders.length === 0) return null;
  const isSaid = orders.every(({ status }) => orders.length === 1 && status === verdict);
  return (
    <ul className={classes.orders}>
      {orders.map(({ orderId, status, note }) => (
        <li key={orderId}>
          <span className={classes.order}>
            <OrderLink orderId={orderId} />
            {!isSaid && <StatusBadge status={status} />}
          </span>
          {note !== undefined && (
            <Text size="sm" c="dimmed">
              {note}
            </Text>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What is to be said of the delivery as a whole. Mostly the server puts the orders' notes together there: those stand already. */
export function DeliveryFlag({ flag, orders }: Delivery) {
  const notes = orders.flatMap(({ note }) => note ?? []).join('; ');
  if (flag === '' || notes.startsWith(flag.replace(/…$/, ''))) return null;
  return <Text size="sm">{flag}</Text>;
}
