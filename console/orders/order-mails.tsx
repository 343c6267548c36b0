import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { Outputs } from '../app/outputs.ts';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { When } from '../look/when.tsx';
import { kindWords } from '../mails/kind-words.ts';
import classes from './order-mails.module.css';

export function OrderMails({ order }: { order: Outputs['orders']['get'] }) {
  if (order.messages.length === 0) return null;
  return (
    <Card title="Mails">
      <ul className={classes.list}>
        {order.messages
          .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
          .map(({ messageId, kind, recipient, status, createdAt, lastError }) => (
            <li key={messageId}>
              <div className={classes.top}>
                <Anchor component={Link} href={`/mails/${messageId}`} size="sm" fw={600}>
                  {kindWords(kind)}
                </Anchor>
                <StatusBadge status={status} />
              </div>
              <Text size="sm" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>
                {recipient} · <When at={createdAt} />
              </Text>
              {lastError !== null && (
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {lastError}
                </Text>
              )}
            </li>
          ))}
      </ul>
    </Card>
  );
}
