import { Anchor } from '@mantine/core';
import { Link } from 'wouter';

export function orderPath(orderId: string): string {
  // A colon and an at sign mean nothing in a path, and read better as they are.
  return `/orders/${encodeURIComponent(orderId).replaceAll('%3A', ':').replaceAll('%40', '@')}`;
}

export function OrderLink({ orderId }: { orderId: string }) {
  return (
    <Anchor component={Link} href={orderPath(orderId)} fw={600} inherit>
      {orderId}
    </Anchor>
  );
}
