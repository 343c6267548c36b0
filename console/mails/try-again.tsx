import { Alert, Button, Checkbox, Group, List, Text } from '@mantine/core';
import { IconAlertCircle, IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { Act } from '../look/act.tsx';
import classes from './mails.module.css';

type Refused = Outputs['mail']['retry']['refused'];

/** As the server takes them at once (server/rpc/mail.ts). */
const MOST = 100;

interface TryAgainProps {
  able: string[];
  chosen: string[];
  setChosen(ids: string[]): void;
}

/** Above the list: choose all, send the chosen again, and which of them were refused. */
export function TryAgain({ able, chosen, setChosen }: TryAgainProps) {
  const [refused, setRefused] = useState<Refused>([]);
  const isAll = chosen.length > 0 && chosen.length === Math.min(able.length, MOST);
  return (
    <>
      {able.length > 0 && (
        <Group className={classes.bar} gap="md">
          <Checkbox
            label={`Choose all ${Math.min(able.length, MOST)} that can be tried again`}
            size="sm"
            checked={isAll}
            indeterminate={chosen.length > 0 && !isAll}
            onChange={() => setChosen(isAll ? [] : able.slice(0, MOST))}
          />
          <Group gap="sm" ml="auto">
            <Text size="sm" c="dimmed" aria-live="polite">
              {chosen.length > 0 && `${chosen.length} chosen`}
            </Text>
            <Act
              right="resend"
              label="Try again"
              icon={IconSend}
              button={{ disabled: chosen.length === 0 }}
              title={`Try ${mails(chosen.length)} again`}
              explain="They are queued at once and sent as they were meant. Each is judged for itself: what would do harm is left as it is. A mail that may have arrived may come twice."
              reasons={['The mail server works again', 'The mailbox is back', 'The buyer asked for it']}
              confirm="Try again"
              check={() => (chosen.length > MOST ? `At most ${MOST} at once; choose fewer.` : '')}
              run={(reason) => client.mail.retry.mutate({ messageIds: chosen, reason })}
              done={(out) => {
                setRefused(out.refused);
                setChosen([]);
                return { text: outcome(out) };
              }}
            />
          </Group>
        </Group>
      )}
      {refused.length > 0 && <RefusedMails refused={refused} forget={() => setRefused([])} />}
    </>
  );
}

function RefusedMails({ refused, forget }: { refused: Refused; forget(): void }) {
  const reasons = [...new Set(refused.map(({ why }) => why))];
  return (
    <Alert color="red.9" variant="outline" m="md" icon={<IconAlertCircle aria-hidden />} role="alert">
      <Text size="sm" fw={600}>
        {mails(refused.length)} {refused.length === 1 ? 'was' : 'were'} left as{' '}
        {refused.length === 1 ? 'it was' : 'they were'}:
      </Text>
      <List size="sm" my={6}>
        {reasons.map((why) => (
          <List.Item key={why}>
            {mails(refused.filter((one) => one.why === why).length)}: {why}
          </List.Item>
        ))}
      </List>
      <Button size="compact-sm" variant="default" onClick={forget}>
        Understood
      </Button>
    </Alert>
  );
}

function outcome({ retried, refused }: Outputs['mail']['retry']): string {
  const text = `${mails(retried.length)} ${retried.length === 1 ? 'is' : 'are'} queued again.`;
  return refused.length === 0 ? text : `${text} ${refused.length} could not be: see above the list.`;
}

function mails(count: number): string {
  return `${count} ${count === 1 ? 'mail' : 'mails'}`;
}
