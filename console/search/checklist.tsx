import { Text } from '@mantine/core';
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { Card } from '../look/card.tsx';
import { ServerAway } from '../look/server-away.tsx';
import classes from './checklist.module.css';
import { useSteps } from './use-steps.tsx';

/** The way to the first key in a buyer's inbox; gone when all is done. */
export function Checklist() {
  const { steps, fault } = useSteps();
  if (fault)
    return (
      <Card title="What to do next">
        <ServerAway {...fault} />
      </Card>
    );
  if (steps === null || steps.every(({ isDone }) => isDone)) return null;
  const done = steps.filter(({ isDone }) => isDone).length;
  return (
    <Card
      title="What to do next"
      aside={
        <Text size="sm" c="dimmed">
          {done} of {steps.length} done
        </Text>
      }
    >
      <ol className={classes.steps}>
        {steps.map(({ title, isDone, how }) => (
          <li key={title} className={classes.step} data-done={isDone}>
            {isDone ? (
              <IconCircleCheckFilled className={classes.done} size={22} role="img" aria-label="Done" />
            ) : (
              <IconCircle className={classes.open} size={22} role="img" aria-label="To do" />
            )}
            <div>
              <Text fw={600}>{title}</Text>
              {!isDone && (
                <Text size="sm" c="dimmed" component="div" mt={2}>
                  {how}
                </Text>
              )}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
