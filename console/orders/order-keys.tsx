import { Button, Code, CopyButton, Group, Text } from '@mantine/core';
import { IconArrowsExchange, IconBan, IconEye } from '@tabler/icons-react';
import { client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { Act } from '../look/act.tsx';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { Masked } from '../look/masked.tsx';
import { useShortly } from '../look/use-shortly.ts';
import { When } from '../look/when.tsx';
import classes from './order-keys.module.css';

type Key = Outputs['orders']['get']['keys'][number];

/** The keys of an order, masked, with what can be done about each. */
export function OrderKeys({ order }: { order: Outputs['orders']['get'] }) {
  if (order.keys.length === 0) return null;
  // The server refuses it of others (server/keys/replace.ts).
  const isReplaceable = order.status === 'fulfilled' || order.status === 'waiting';
  return (
    <Card title={order.keys.length === 1 ? 'Key' : `${order.keys.length} keys`} isFlush>
      <ul className={classes.list}>
        {order.keys.map((key) => (
          <KeyLine key={key.keyId} of={key} isReplaceable={isReplaceable} />
        ))}
      </ul>
    </Card>
  );
}

function KeyLine({ of: key, isReplaceable }: { of: Key; isReplaceable: boolean }) {
  const { keyId, masked, sku, status, assignedAt } = key;
  const [whole, show] = useShortly<string>();
  const isLive = status === 'assigned' && assignedAt !== null;
  const button = { size: 'compact-sm' } as const;
  return (
    <li className={classes.line}>
      <div>
        {whole === null ? (
          <Masked text={masked} />
        ) : (
          <Group gap="xs">
            <Code className={classes.whole}>{whole}</Code>
            <CopyButton value={whole}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="default" onClick={copy}>
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
          </Group>
        )}
        <Text size="sm" c="dimmed" component="div">
          {sku} · {assignedAt === null ? 'on hold' : <When at={assignedAt} />}
        </Text>
      </div>
      <StatusBadge status={status === 'assigned' && assignedAt === null ? 'held' : status} />
      <Group gap={6} className={classes.acts}>
        <Act
          right="reveal"
          label="Show"
          icon={IconEye}
          button={{ ...button, 'aria-label': `Show the whole key ${masked}` }}
          title="Show the whole key"
          explain="Who looked, when and why is written into the order’s history first. The key is hidden again after a minute."
          reasons={['Read it out to the buyer', 'Compared with what the buyer sees']}
          confirm="Show"
          run={(reason) => client.keys.reveal.mutate({ keyId, reason })}
          done={({ licenseKey }) => {
            show(licenseKey);
            return null;
          }}
        />
        {isLive && isReplaceable && (
          <Act
            right="replace"
            label="Replace"
            icon={IconArrowsExchange}
            button={{ ...button, 'aria-label': `Replace the key ${masked}` }}
            title="Replace the key"
            explain="This key is revoked for good, the order gets another one of the same product, and the buyer is mailed. Without stock nothing happens."
            reasons={['The key does not work', 'Was used before']}
            confirm="Replace"
            run={(reason) => client.keys.replace.mutate({ keyId, reason })}
            done={(out) => ({ text: `The new key ${out.masked} is on its way.` })}
          />
        )}
        {isLive && (
          <Act
            right="revoke"
            label="Revoke"
            icon={IconBan}
            isDangerous
            button={{ ...button, 'aria-label': `Revoke the key ${masked}` }}
            title="Revoke the key"
            explain="The key is taken back for good, and the order gets no other for it. This cannot be undone; to give another one, replace it."
            reasons={['Refunded', 'Passed on to others']}
            confirm="Revoke"
            run={(reason) => client.keys.revoke.mutate({ keyId, reason })}
            done={() => ({ text: `The key ${masked} is revoked.` })}
          />
        )}
      </Group>
    </li>
  );
}
