import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import { kindWords } from '../attention/kind-words.ts';
import { When } from '../look/when.tsx';
import { Facts } from '../look/facts.tsx';
import type { Parts } from './health-report.ts';
import { PartCard } from './part-card.tsx';
import classes from './health.module.css';

/** What the service has to do: orders, what waits for a person, and keys. */
export function BooksParts({ parts }: { parts: Parts }) {
  return (
    <>
      <PartCard name="orders" parts={parts}>
        {({ waiting, isMoreWaiting, oldestWaitingSince, attention, isMoreAttention }) => (
          <>
            <Facts
              of={[
                ['Wait for stock', counted(waiting, isMoreWaiting)],
                [
                  'Oldest since',
                  oldestWaitingSince === null ? null : <When key="at" at={oldestWaitingSince} />,
                ],
                ['Need a person', counted(attention, isMoreAttention)],
              ]}
            />
            {waiting > 0 && <Onward to="/waiting">See who waits</Onward>}
          </>
        )}
      </PartCard>
      <PartCard name="attention" parts={parts}>
        {({ open }) => (
          <>
            <Facts
              of={open.map(({ kind, count, isMore }): [string, string] => [
                kindWords(kind),
                counted(count, isMore),
              ])}
            />
            {open.length > 0 && <Onward to="/attention">Settle them</Onward>}
          </>
        )}
      </PartCard>
      <PartCard name="stock" parts={parts}>
        {({ low, overdueHolds }) => (
          <>
            <Facts
              of={[
                ...low.map(({ sku, available, waiting, threshold }): [string, string] => [
                  sku,
                  `${available} left, alarm at ${threshold}${waiting > 0 ? `, ${waiting} owed` : ''}`,
                ]),
                ['Holds past their time', overdueHolds === 0 ? null : overdueHolds.toLocaleString()],
              ]}
            />
            {low.length > 0 && <Onward to="/stock">See the stock</Onward>}
          </>
        )}
      </PartCard>
    </>
  );
}

function counted(count: number, isMore: boolean): string {
  return count === 0 ? 'none' : `${count.toLocaleString()}${isMore ? ' or more' : ''}`;
}

function Onward({ to, children }: { to: string; children: string }) {
  return (
    <Anchor component={Link} href={to} size="sm" fw={600} className={classes.onward}>
      {children}
    </Anchor>
  );
}
