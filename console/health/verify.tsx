import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { client } from '../app/api.ts';
import { useMay } from '../app/session.ts';
import { Card } from '../look/card.tsx';
import { Plate } from '../look/plate.tsx';
import { ServerAway } from '../look/server-away.tsx';
import { PromiseTable } from './promise-table.tsx';
import classes from './health.module.css';

/** Counts every promise over the whole database, when somebody asks for it. */
export function Verify() {
  const may = useMay();
  const { mutate, data, error, isPending } = useMutation({ mutationFn: () => client.verify.run.query() });
  if (!may('verify')) return null;
  return (
    <Card title="Promises" isFlush>
      <Stack gap="md" className={classes.said}>
        <Text size="sm">
          No key is given twice, no order loses one, and nothing in the audit trail was changed: this counts
          each of these promises over the whole database. With millions of orders it takes minutes; nobody has
          to wait meanwhile.
        </Text>
        <Group>
          <Button
            leftSection={<IconShieldCheck size={18} aria-hidden />}
            loading={isPending}
            onClick={() => mutate()}
          >
            {data === undefined ? 'Verify all promises' : 'Verify again'}
          </Button>
        </Group>
        {isPending && (
          <div role="status">
            <Progress value={100} animated size="sm" aria-hidden />
            <Text size="sm" c="dimmed" mt={6}>
              Counting. You may go on working; stay on this screen to see what comes of it.
            </Text>
          </div>
        )}
      </Stack>
      {!isPending && error !== null && <ServerAway isOnce error={error} retry={() => mutate()} />}
      {!isPending && data && (
        <>
          <div role="status">
            {data.kept ? (
              <Plate icon={IconShieldCheck} tone="good" title="All promises are kept">
                {data.promises.length} promises, {sum(data.promises).toLocaleString()} checks, not one
                violation.
              </Plate>
            ) : (
              <Plate icon={IconShieldX} tone="bad" title="A promise is broken">
                Change nothing by hand. Keep what stands below, and call whoever looks after the server.
              </Plate>
            )}
          </div>
          <PromiseTable promises={data.promises} />
        </>
      )}
    </Card>
  );
}

function sum(promises: readonly { checked: number }[]): number {
  return promises.reduce((total, { checked }) => total + checked, 0);
}
