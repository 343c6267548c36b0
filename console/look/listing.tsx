import { Button, Center, Stack, Text } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { faultOf } from '../app/server-fault.ts';
import { Loading } from './loading.tsx';
import { ServerAway } from './server-away.tsx';

/** As useInfiniteQuery gives it. */
interface Pages<Page> {
  data: { pages: Page[] } | undefined;
  error: unknown;
  isPending: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage(): unknown;
  refetch(): unknown;
}

/** A list that goes on by its cursor: waiting, failed, empty, or its rows and a way to more. */
export function Listing<Page, Row>(props: {
  query: Pages<Page>;
  rowsOf(page: Page): readonly Row[];
  /** What stands there when there is none. */
  empty: ReactNode;
  children(rows: Row[]): ReactNode;
}) {
  const { query, rowsOf, empty, children } = props;
  if (query.isPending) return <Loading />;
  if (query.data === undefined) return <ServerAway error={query.error} retry={() => void query.refetch()} />;
  const rows = query.data.pages.flatMap((page) => rowsOf(page));
  return (
    <>
      {/* A page may be empty and yet have a next one: what has settled itself is left out. */}
      {rows.length === 0 && !query.hasNextPage ? empty : children(rows)}
      {query.hasNextPage && (
        <Center p="md">
          <Stack gap="xs" align="center">
            {query.isFetchNextPageError && (
              <Text size="sm" role="alert">
                {faultOf(query.error).sentence}
              </Text>
            )}
            <Button
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Show more
            </Button>
          </Stack>
        </Center>
      )}
      {!query.hasNextPage && query.data.pages.length > 1 && <End />}
    </>
  );
}

/** Stands where the button was, and takes over its focus. */
function End() {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) place.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Text ref={place} tabIndex={-1} size="sm" c="dimmed" ta="center" p="md" style={{ outline: 'none' }}>
      That is all.
    </Text>
  );
}
