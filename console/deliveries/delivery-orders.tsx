import { Text } from '@mantine/core';
import type { Outputs } from '../app/outputs.ts';
import { StatusBadge } from '../look/badge.tsx';
import { OrderLink } from '../look/order-link.tsx';
import classes from './delivery-orders.module.css';

/** The orders that a delivery spoke of, each with what it did to it. */
export function DeliveryOrders({ orders }: { orders: Outputs['deliveries']['get']['orders'] }) {
  if (orders.length === 0) return null;
  return (
    <ul className={classes.orders}>
      {orders.map(({ orderId, status, note }) => (
        <li key={orderId}>
          <span className={classes.order}>
            <OrderLink orderId={orderId} />
            <StatusBadge status={status} />
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
