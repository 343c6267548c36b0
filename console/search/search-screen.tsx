import { Anchor, List } from '@mantine/core';
import { IconSearchOff } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api } from '../app/api.ts';
import { Card } from '../look/card.tsx';
import { Listing } from '../look/listing.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { Results } from './results.tsx';
import { StartScreen } from './start-screen.tsx';
import { useSearchText } from './use-search-text.ts';

/** The finds; and before anything is looked for, how the shop stands. */
export function SearchScreen() {
  const [query] = useSearchText();
  return query === '' ? <StartScreen /> : <Finds query={query} />;
}

function Finds({ query }: { query: string }) {
  const lookup = useInfiniteQuery(
    api.orders.lookup.infiniteQueryOptions(
      { query },
      {
        getNextPageParam: ({ next }) => next,
        // The former finds stand until the new ones are here.
        placeholderData: (former) => former,
        // SECURITY: what was looked for may be a whole key; the query cache keeps it for no longer than it is shown.
        gcTime: 0,
      },
    ),
  );
  const count = lookup.data?.pages.reduce((sum, { orders }) => sum + orders.length, 0) ?? 0;
  const more = lookup.hasNextPage ? ' or more' : '';
  return (
    <Screen title="Orders found">
      <p aria-live="polite" style={{ margin: '-0.75rem 0 1rem', color: 'var(--mantine-color-dimmed)' }}>
        {lookup.isPending && 'Looking …'}
        {lookup.data && `${count}${more} ${count === 1 && more === '' ? 'order' : 'orders'}`}
      </p>
      <Card isFlush>
        <Listing query={lookup} rowsOf={({ orders }) => orders} empty={<NothingFound />}>
          {(orders) => <Results orders={orders} isAll={!lookup.isPlaceholderData && !lookup.hasNextPage} />}
        </Listing>
      </Card>
    </Screen>
  );
}

function NothingFound() {
  return (
    <Plate icon={IconSearchOff} title="No order is known by that">
      <List size="sm" ta="left" mt="xs" spacing={4}>
        <List.Item>An e-mail address must be whole; former and second addresses are found too.</List.Item>
        <List.Item>A name may be its beginning, or the surname.</List.Item>
        <List.Item>Of a key, the last four characters are enough.</List.Item>
        <List.Item>
          A key that nobody has yet is under{' '}
          <Anchor component={Link} href="/keys" inherit>
            Find a key
          </Anchor>
          ; a booking that never arrived may be among the{' '}
          <Anchor component={Link} href="/deliveries" inherit>
            Deliveries
          </Anchor>
          .
        </List.Item>
      </List>
    </Plate>
  );
}
