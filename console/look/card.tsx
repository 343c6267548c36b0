import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './card.module.css';

/** A part of a screen on paper of its own. */
export function Card(props: {
  title?: string;
  aside?: ReactNode;
  children: ReactNode;
  /** Of a table: it brings its own edges. */
  isFlush?: boolean;
  /** What stands in it is about to be something else. */
  isBusy?: boolean;
}) {
  const { title, aside, children, isFlush = false, isBusy = false } = props;
  return (
    <section className={classes.card} aria-label={title} aria-busy={isBusy}>
      {title !== undefined && (
        <Group justify="space-between" className={classes.head}>
          <Title order={2} size="h5">
            {title}
          </Title>
          {aside}
        </Group>
      )}
      <div className={isFlush ? undefined : classes.body}>{children}</div>
    </section>
  );
}
