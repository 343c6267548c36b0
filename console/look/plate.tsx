import { Stack, Text, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './plate.module.css';

/** Stands where a list or a screen would: nothing here, nothing found, something wrong; and the way on. */
export function Plate(props: {
  icon: Icon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  tone?: 'calm' | 'good' | 'bad';
}) {
  const { icon: Icon, title, children, action, tone = 'calm' } = props;
  return (
    <Stack align="center" gap={6} className={classes.plate} role={tone === 'bad' ? 'alert' : undefined}>
      <span className={classes.icon} data-tone={tone}>
        <Icon size={26} stroke={1.6} aria-hidden />
      </span>
      <Title order={2} size="h4" ta="center">
        {title}
      </Title>
      {children !== undefined && (
        <Text c="dimmed" ta="center" maw={460} component="div">
          {children}
        </Text>
      )}
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </Stack>
  );
}
