import { Anchor, Text } from '@mantine/core';
import { IconMailCheck, IconMailForward } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { Act } from '../look/act.tsx';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { DataTable, type Column } from '../look/data-table.tsx';
import { Listing } from '../look/listing.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { When } from '../look/when.tsx';

type Suppressed = Outputs['mail']['suppressed']['suppressed'][number];

/** The addresses that no buyer's mail goes to, and the way back for each. */
export default function SuppressedScreen() {
  const query = useInfiniteQuery(
    api.mail.suppressed.infiniteQueryOptions({}, { getNextPageParam: (page) => page.next }),
  );
  return (
    <Screen
      title="Addresses without mail"
      intro={
        <>
          Mail came back from these, or was marked as spam: no more is sent there, for the good name of the
          shop’s mail server.{' '}
          <Anchor component={Link} href="/mails" inherit>
            Mails
          </Anchor>
        </>
      }
    >
      <Card isFlush>
        <Listing query={query} rowsOf={({ suppressed }) => suppressed} empty={<NoneSuppressed />}>
          {(rows) => (
            <DataTable
              label="Addresses that no mail goes to"
              columns={columns}
              rows={rows}
              keyOf={({ address }) => address}
            />
          )}
        </Listing>
      </Card>
    </Screen>
  );
}

const columns: Column<Suppressed>[] = [
  { head: 'Address', cell: ({ address }) => <Text size="sm">{address}</Text> },
  { head: 'Why', isNarrow: true, cell: ({ reason }) => <StatusBadge status={reason} /> },
  {
    head: 'What was answered',
    cell: ({ detail, messageId }) => (
      <>
        <div>{detail}</div>
        <Anchor
          component={Link}
          href={`/mails/${messageId}`}
          size="sm"
          aria-label={`The mail that was: ${detail}`}
        >
          The mail
        </Anchor>
      </>
    ),
  },
  { head: 'Since', isNarrow: true, cell: ({ since }) => <When at={since} /> },
  { head: '', isNarrow: true, cell: ({ address }) => <Allow address={address} /> },
];

function Allow({ address }: { address: string }) {
  return (
    <Act
      right="resend"
      label="Let mail through again"
      icon={IconMailForward}
      button={{ size: 'xs', 'aria-label': `Let mail through again: ${address}` }}
      title="Let mail through again"
      explain={
        <>
          Mails to <b>{address}</b> are sent again from now on. Those that came back stay as they are: send
          them again from their orders. If mail comes back once more, the address is closed again.
        </>
      }
      reasons={['The mailbox is back', 'The buyer asked for it']}
      confirm="Let it through"
      run={(reason) => client.mail.allow.mutate({ address, reason })}
      done={() => ({ text: `Mail goes to ${address} again.` })}
    />
  );
}

function NoneSuppressed() {
  return (
    <Plate icon={IconMailCheck} tone="good" title="Mail may go to everybody">
      No address sent mail back for good, and nobody marked one as spam.
    </Plate>
  );
}
