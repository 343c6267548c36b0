import { Text } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { Link } from 'wouter';
import type { Outputs } from '../app/outputs.ts';
import { StatusBadge } from '../look/badge.tsx';
import { Masked } from '../look/masked.tsx';
import { orderPath } from '../look/order-link.tsx';
import { When } from '../look/when.tsx';
import classes from './results.module.css';

type Summary = Outputs['orders']['lookup']['orders'][number];

const links = () => [...document.querySelectorAll<HTMLAnchorElement>('a[data-result]')];

export function focusResult(index: number): void {
  links()[index]?.focus();
}

/** The path of the find when there is but one, and it is of what was looked for. */
export function onlyResult(): string | null {
  const [first, second] = links();
  return first?.dataset['result'] === 'only' && !second ? first.pathname : null;
}

/** Orders, each line a link; up and down go from one to the next. `isAll`: these and no others are the finds. */
export function Results({ orders, isAll }: { orders: Summary[]; isAll: boolean }) {
  function press(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const all = links();
    const at = all.findIndex((link) => link === document.activeElement);
    all[Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1))]?.focus();
  }
  return (
    <ul className={classes.list} onKeyDown={press} aria-label="Orders found">
      {orders.map((order) => (
        <li key={order.orderId}>
          <Link
            href={orderPath(order.orderId)}
            className={classes.line}
            data-result={isAll && orders.length === 1 ? 'only' : 'one'}
          >
            <span className={classes.who}>
              <Text span fw={600} truncate>
                {order.name ?? order.email ?? 'No name'}
              </Text>
              <Text span size="sm" c="dimmed" truncate>
                {order.name === null ? '' : (order.email ?? 'no e-mail address')}
              </Text>
            </span>
            <span className={classes.what}>
              <Text span size="sm">
                {order.orderId}
              </Text>
              <Text span size="sm" c="dimmed" truncate>
                {order.sku === null ? 'no product' : `${order.quantity} × ${order.sku}`}
                {order.coupon !== null && ` · ${order.coupon}`}
              </Text>
            </span>
            <span className={classes.keys}>
              {order.keysMasked.slice(0, 2).map((key) => (
                <Masked key={key} text={key} />
              ))}
              {order.keysMasked.length > 2 && (
                <Text span size="xs" c="dimmed">
                  and {order.keysMasked.length - 2} more
                </Text>
              )}
            </span>
            <span className={classes.end}>
              <StatusBadge status={order.status} />
              <Text span size="sm" c="dimmed">
                <When at={order.createdAt} />
              </Text>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
