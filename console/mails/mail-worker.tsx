import { Alert, Stack, Text } from '@mantine/core';
import { IconPlayerPause } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { MESSAGE_STATUSES } from '../../shared/statuses.ts';
import { StatusBadge } from '../look/badge.tsx';
import { Card } from '../look/card.tsx';
import { When } from '../look/when.tsx';
import classes from './mails.module.css';

type Status = Outputs['mail']['status'];
type Paused = NonNullable<NonNullable<Status['worker']>['paused']>;

/** Whether mail goes out, how many stand how, and what servers answer; nothing while nobody knows. */
export function MailWorker() {
  const { data } = useQuery(api.mail.status.queryOptions());
  if (!data) return null;
  const { worker, counts, refusals } = data;
  return (
    <>
      {worker?.paused && <PausedNote {...worker.paused} />}
      <Card title="How mail stands" aside={<WorkerWords worker={worker} />}>
        <Stack gap="sm">
          <Counts counts={counts} />
          {refusals.length > 0 && (
            <div>
              <Text size="sm" fw={600}>
                Last answers to mails that are still to be sent
              </Text>
              <ul className={classes.answers}>
                {refusals.map(({ code, why, count }) => (
                  <li key={`${code} ${why}`}>
                    {count} × {why ?? code}
                  </li>
                ))}
              </ul>
            </div>
          )}
        </Stack>
      </Card>
    </>
  );
}

function WorkerWords({ worker }: Pick<Status, 'worker'>) {
  return (
    <Text size="sm" c="dimmed">
      {worker === null && 'This server sends none; another one may.'}
      {worker &&
        worker.paused === null &&
        (worker.sending > 0 ? `Sending ${worker.sending} now` : 'Ready to send')}
      {worker?.paused && 'Paused'}
    </Text>
  );
}

function Counts({ counts }: Pick<Status, 'counts'>) {
  const some = MESSAGE_STATUSES.map((status) => ({
    status,
    count: counts.find((one) => one.status === status)?.count ?? 0,
  })).filter(({ count }) => count > 0);
  if (some.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No mail yet.
      </Text>
    );
  return (
    <dl className={classes.counts}>
      {some.map(({ status, count }) => (
        <div key={status}>
          <dt>
            <StatusBadge status={status} />
          </dt>
          <dd>{count.toLocaleString()}</dd>
        </div>
      ))}
    </dl>
  );
}

function PausedNote({ cause, why, code, until }: Paused) {
  const title =
    cause === 'busy' ? 'The mail server asked for less mail' : 'The mail server does not take our mail';
  return (
    <Alert color="red.9" variant="outline" mb="md" icon={<IconPlayerPause aria-hidden />} role="status">
      <Text fw={600}>{title}: sending is paused</Text>
      <Text size="sm" mt={2}>
        {why} ({code})
      </Text>
      <Text size="sm" mt={2}>
        No mail is lost. {cause === 'busy' ? 'It goes on' : 'It tries again'} by itself: <When at={until} />.
        {cause === 'configuration' && ' Correct the mail settings of the server, then restart it.'}
      </Text>
    </Alert>
  );
}
