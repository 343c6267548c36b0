import { Group, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import classes from './screen.module.css';

/** A screen: its heading, what one can do here, and the content. Its title is the tab's. */
export function Screen(props: {
  title: string;
  intro?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { title, intro, actions, children } = props;
  useEffect(() => {
    document.title = `${title} · Key Bank`;
  }, [title]);
  return (
    <div className={classes.screen}>
      <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
        <div className={classes.head}>
          <Title order={1} size="h2">
            {title}
          </Title>
          {intro !== undefined && (
            <Text c="dimmed" mt={2} component="div" maw={640}>
              {intro}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </div>
  );
}
