import { Anchor, Text, Timeline as Line } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBox,
  IconEye,
  IconInbox,
  IconKey,
  IconMail,
  IconPencil,
  IconX,
  type Icon,
} from '@tabler/icons-react';
import { Link } from 'wouter';
import type { Outputs } from '../app/outputs.ts';
import { StatusBadge } from '../look/badge.tsx';
import { When } from '../look/when.tsx';
import { keysOfEntry } from './keys-of-entry.ts';
import classes from './timeline.module.css';
import { iconOf, whatHappened, whoDid } from './timeline-words.ts';

type Order = Outputs['orders']['get'];
type Entry = Order['timeline'][number];

const ICONS: Record<ReturnType<typeof iconOf>, Icon> = {
  delivery: IconInbox,
  key: IconKey,
  mail: IconMail,
  stock: IconBox,
  person: IconPencil,
  look: IconEye,
  end: IconX,
  trouble: IconAlertTriangle,
};

/** From the booking to the inbox: what happened, who did it and why. */
export function Timeline({ order: { timeline: entries, keys } }: { order: Order }) {
  return (
    <Line
      bulletSize={26}
      lineWidth={2}
      color="gold"
      active={entries.length}
      component="ol"
      className={classes.line}
    >
      {entries.map((entry, index) => (
        <Entry key={`${entry.at} ${index}`} of={entry} keys={keysOfEntry(entry, keys)} />
      ))}
    </Line>
  );
}

function Entry({ of: entry, keys }: { of: Entry; keys: string[] }) {
  const Bullet = ICONS[iconOf(entry)];
  const hasMoved = entry.from !== null && entry.to !== null && entry.from !== entry.to;
  const found = [
    entry.emailAt !== null && `e-mail found at ${entry.emailAt}`,
    entry.couponAt !== null && `coupon at ${entry.couponAt}`,
  ].filter((part) => part !== false);
  return (
    <Line.Item
      component="li"
      bullet={<Bullet size={15} aria-hidden />}
      title={
        <Text span fw={600} size="sm">
          {whatHappened(entry)} {hasMoved && <StatusBadge status={entry.to ?? ''} />}
        </Text>
      }
    >
      <Text size="sm" c="dimmed" component="div">
        <When at={entry.at} /> · {whoDid(entry)}
        {keys.length > 0 && ` · ${keys.join(', ')}`}
        {entry.kind === 'delivery' && entry.id !== null && (
          <>
            {' · '}
            <Anchor component={Link} href={`/deliveries/${entry.id}`} inherit>
              the delivery
            </Anchor>
          </>
        )}
        {entry.kind === 'message' && entry.id !== null && (
          <>
            {' · '}
            <Anchor component={Link} href={`/mails/${entry.id}`} inherit>
              the mail
            </Anchor>
          </>
        )}
      </Text>
      {(entry.why !== '' || found.length > 0) && (
        <Text size="sm" mt={2} style={{ overflowWrap: 'anywhere' }}>
          {[entry.why, ...found].filter((part) => part !== '').join('; ')}
        </Text>
      )}
    </Line.Item>
  );
}
