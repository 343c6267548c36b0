import { NavLink, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { Count } from '../look/count.tsx';
import { forgetSearch } from '../search/use-search-text.ts';
import { api } from './api.ts';
import classes from './navigation.module.css';
import { every } from './query-client.ts';
import { menu, pathOf, type Entry } from './screens.tsx';
import { useMay } from './session.ts';

const COUNTS_MS = 15_000;

/** The menu, with what waits for a person behind its entries. */
export function Navigation({ close }: { close(): void }) {
  const may = useMay();
  const counts = useCounts();
  const [location] = useLocation();
  const isHere = ({ screen }: Entry) => {
    const path = pathOf(screen);
    if (path === '/') return location === '/' || location.startsWith('/orders/');
    return location === path || location.startsWith(`${path}/`);
  };
  return (
    <div className={classes.menu}>
      {menu.map(({ title, entries }) => (
        <section key={title} aria-label={title}>
          <Text size="xs" fw={600} c="dimmed" px="sm" pt="sm" pb={4} aria-hidden>
            {title}
          </Text>
          {entries
            .filter(({ right }) => right === undefined || may(right))
            .map((entry) => (
              <NavLink
                key={entry.screen}
                component={Link}
                href={pathOf(entry.screen)}
                onClick={() => {
                  if (entry.screen === 'search') forgetSearch();
                  close();
                }}
                active={isHere(entry)}
                aria-current={isHere(entry) ? 'page' : undefined}
                label={entry.label}
                leftSection={<entry.icon size={18} stroke={1.7} aria-hidden />}
                rightSection={<Count {...counts[entry.screen]} />}
                color="gold"
                variant="light"
                style={{ borderRadius: 8 }}
              />
            ))}
        </section>
      ))}
    </div>
  );
}

type Counts = Partial<Record<Entry['screen'], { of: number; isMore?: boolean }>>;

function useCounts(): Counts {
  const health = useQuery(api.health.get.queryOptions(undefined, { refetchInterval: every(COUNTS_MS) }));
  const parts = health.data?.parts;
  if (!parts) return {};
  const open = parts.attention.facts?.open ?? [];
  const orders = parts.orders.facts;
  return {
    attention: {
      of: open.reduce((sum, { count }) => sum + count, 0),
      isMore: open.some(({ isMore }) => isMore),
    },
    waiting: { of: orders?.waiting ?? 0, isMore: orders?.isMoreWaiting ?? false },
    stock: { of: parts.stock.facts?.low.length ?? 0 },
  };
}
