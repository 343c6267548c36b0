import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { StatusBadge } from '../look/badge.tsx';
import type { Column } from '../look/data-table.tsx';
import { OrderLink } from '../look/order-link.tsx';
import { When } from '../look/when.tsx';
import { kindWords } from './kind-words.ts';
import type { MailLine } from './mail-list.ts';
import classes from './mail-columns.module.css';

export const mailColumns: Column<MailLine>[] = [
  { head: 'Made', isNarrow: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  {
    head: 'Mail',
    cell: ({ messageId, kind, orderId }) => (
      <div className={classes.mail}>
        <Anchor component={Link} href={`/mails/${messageId}`} size="sm">
          {kindWords(kind)}
        </Anchor>
        {orderId !== null && <OrderLink orderId={orderId} />}
      </div>
    ),
  },
  { head: 'To', cell: ({ recipient }) => <div className={classes.recipient}>{recipient}</div> },
  {
    head: 'Status',
    isNarrow: true,
    cell: ({ status, attempts }) => (
      <div>
        <StatusBadge status={status} />
        {attempts > 1 && (
          <Text size="xs" c="dimmed" mt={2}>
            {attempts} tries
          </Text>
        )}
      </div>
    ),
  },
  { head: 'Last answer', cell: (mail) => <Answer {...mail} /> },
  { head: 'Next try', isNarrow: true, cell: (mail) => <NextTry {...mail} /> },
];

function Answer({ status, lastCode, lastError, why }: MailLine) {
  const isSaid = lastCode === null || lastCode === status;
  if (isSaid && lastError === null && why === null) return '–';
  return (
    <div>
      <Text size="sm">{lastError ?? lastCode}</Text>
      {lastError !== null && !isSaid && (
        <Text size="xs" c="dimmed" ff="monospace">
          {lastCode}
        </Text>
      )}
      {why !== null && (
        <Text size="xs" c="dimmed" mt={2}>
          {why}
        </Text>
      )}
    </div>
  );
}

function NextTry({ status, dueAt }: MailLine) {
  if (dueAt === null) return '–';
  // A mail that is being sent has the end of its lease there.
  if (status === 'sending' || new Date(dueAt) <= new Date()) return 'now';
  return <When at={dueAt} />;
}
