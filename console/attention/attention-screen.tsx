import { Chip, Group } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import { Card } from '../look/card.tsx';
import { Listing } from '../look/listing.tsx';
import { Plate } from '../look/plate.tsx';
import { Screen } from '../look/screen.tsx';
import { useFilter } from '../look/use-filter.ts';
import { AttentionItem } from './attention-item.tsx';
import { isKind, kindWords } from './kind-words.ts';

/** What needs a person, newest first, each with what can be done about it. */
export default function AttentionScreen() {
  const [kind, setKind] = useFilter('kind');
  const list = useInfiniteQuery(
    api.attention.list.infiniteQueryOptions(isKind(kind) ? { kinds: [kind] } : {}, {
      getNextPageParam: ({ next }) => next,
    }),
  );
  // The counts of all kinds stay in sight while one of them is looked at.
  const counted = useInfiniteQuery(
    api.attention.list.infiniteQueryOptions({}, { getNextPageParam: ({ next }) => next }),
  );
  const counts = counted.data?.pages[0]?.counts ?? [];
  return (
    <Screen
      title="Attention"
      intro="What Key Bank cannot decide alone. What settles itself meanwhile leaves this list by itself."
    >
      {(counts.length > 1 || kind !== '') && (
        <Chip.Group value={kind} onChange={setKind}>
          <Group gap={6} mb="md" role="group" aria-label="Show only">
            <Chip value="" variant="outline">
              All
            </Chip>
            {isKind(kind) && !counts.some(({ kind: of }) => of === kind) && (
              <Chip value={kind} variant="outline">
                {kindWords(kind)} (0)
              </Chip>
            )}
            {counts.map(({ kind: of, count, isMore }) => (
              <Chip key={of} value={of} variant="outline">
                {kindWords(of)} ({count}
                {isMore && '+'})
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      <Card isFlush>
        <Listing
          query={list}
          rowsOf={({ items }) => items}
          empty={
            isKind(kind) ? (
              <Plate icon={IconSparkles} tone="good" title="Nothing of this kind">
                {kindWords(kind)}: all of it was seen to. Other kinds may need you.
              </Plate>
            ) : (
              <Plate icon={IconSparkles} tone="good" title="Nothing needs you">
                Unmapped courses, mails that came back, and bookings that contradict each other appear here.
              </Plate>
            )
          }
        >
          {(items) => items.map((item) => <AttentionItem key={item.alertId} item={item} />)}
        </Listing>
      </Card>
    </Screen>
  );
}
