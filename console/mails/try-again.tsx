import { Checkbox, Group, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { client } from '../app/api.ts';
import { focusContent } from '../app/arrive.ts';
import type { Outputs } from '../app/outputs.ts';
import { Act } from '../look/act.tsx';
import type { MailLine } from './mail-list.ts';
import classes from './mails.module.css';
import { RefusedMails, type RefusedMail } from './refused-mails.tsx';

/** As the server takes them at once (server/rpc/mail.ts). */
const MOST = 100;

interface TryAgainProps {
  mails: MailLine[];
  able: MailLine[];
  chosen: string[];
  setChosen(ids: string[]): void;
}

/** Above the list: choose all, send the chosen again, and which of them were refused. */
export function TryAgain({ mails, able, chosen, setChosen }: TryAgainProps) {
  const [refused, setRefused] = useState<RefusedMail[]>([]);
  const recipientOf = (id: string) =>
    mails.find(({ messageId }) => messageId === id)?.recipient ?? 'one that is gone';
  const most = Math.min(able.length, MOST);
  const isAll = chosen.length > 0 && chosen.length >= most;
  return (
    <>
      {(able.length > 0 || chosen.length > 0) && (
        <Group className={classes.bar} gap="md">
          <Checkbox
            label={`Choose all ${most} that can be tried again`}
            size="sm"
            checked={isAll}
            indeterminate={chosen.length > 0 && !isAll}
            onChange={() => setChosen(isAll ? [] : able.slice(0, MOST).map(({ messageId }) => messageId))}
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
              title={`Try ${mailCount(chosen.length)} again`}
              explain="They are queued at once and sent as they were meant. Each is judged for itself: what would do harm is left as it is. A mail that may have arrived may come twice."
              reasons={['The mail server works again', 'The mailbox is back', 'The buyer asked for it']}
              confirm="Try again"
              check={() => (chosen.length > MOST ? `At most ${MOST} at once; choose fewer.` : '')}
              run={(reason) => client.mail.retry.mutate({ messageIds: chosen, reason })}
              done={(out) => {
                setRefused(out.refused.map(({ messageId, why }) => ({ to: recipientOf(messageId), why })));
                setChosen([]);
                return { text: outcome(out) };
              }}
            />
          </Group>
        </Group>
      )}
      {refused.length > 0 && (
        <RefusedMails
          refused={refused}
          forget={() => {
            setRefused([]);
            focusContent();
          }}
        />
      )}
    </>
  );
}

function outcome({ retried, refused }: Outputs['mail']['retry']): string {
  const text = `${mailCount(retried.length)} ${retried.length === 1 ? 'is' : 'are'} queued again.`;
  return refused.length === 0 ? text : `${text} ${refused.length} could not be: see above the list.`;
}

function mailCount(count: number): string {
  return `${count} ${count === 1 ? 'mail' : 'mails'}`;
}
