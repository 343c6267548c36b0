import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api } from '../app/api.ts';
import { useMay, useMember } from '../app/session.ts';
import { sentenceOf } from '../health/sentence-of.ts';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { Loading } from '../look/loading.tsx';
import { Screen } from '../look/screen.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { Tiles } from '../look/tiles.tsx';
import { Checklist } from './checklist.tsx';

const PARTS = [
  { part: 'attention', title: 'Needs a person', href: '/attention' },
  { part: 'orders', title: 'Waiting orders', href: '/waiting' },
  { part: 'stock', title: 'Stock', href: '/stock' },
  { part: 'mail', title: 'Mails', href: '/mails' },
  { part: 'sites', title: 'WordPress', href: '/health' },
  { part: 'instances', title: 'Servers', href: '/health' },
] as const;

/** How the shop stands, in six sentences; before it runs, what to do next. */
export function StartScreen() {
  const { name } = useMember();
  const may = useMay();
  const health = useQuery(api.health.get.queryOptions());
  return (
    <Screen
      title={`Good day, ${name}`}
      intro={
        <>
          A buyer on the phone? Press <kbd>/</kbd> and type the e-mail address, the name, the order, a coupon,
          or the end of a key.
        </>
      }
    >
      {(may('import') || may('products')) && <Checklist />}
      {health.isPending && <Loading lines={4} />}
      {!health.data && health.isError && (
        <ServerAway error={health.error} retry={() => void health.refetch()} />
      )}
      {health.data && (
        <Tiles least={18}>
          {PARTS.map(({ part, title, href }) => {
            const { status } = health.data.parts[part];
            return (
              <Card key={part} title={title} aside={<StatusBadge status={status} />}>
                <Text size="sm" mih={44}>
                  {sentenceOf(health.data.parts, part)}
                </Text>
                <Anchor component={Link} href={href} size="sm" aria-label={`Open: ${title}`}>
                  Open
                </Anchor>
              </Card>
            );
          })}
        </Tiles>
      )}
    </Screen>
  );
}
