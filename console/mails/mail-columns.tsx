import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { StatusBadge } from '../look/badge.tsx';
import type { Column } from '../look/data-table.tsx';
import { OrderLink } from '../look/order-link.tsx';
import { When } from '../look/when.tsx';
import { kindWords } from './kind-words.ts';
import type { MailLine } from './mail-list.ts';

export const mailColumns: Column<MailLine>[] = [
  { head: 'Made', isNarrow: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  {
    head: 'Mail',
    cell: ({ messageId, kind, orderId }) => (
      <div>
        <Anchor component={Link} href={`/mails/${messageId}`} size="sm">
          {kindWords(kind)}
        </Anchor>
        {orderId !== null && (
          <div>
            <OrderLink orderId={orderId} />
          </div>
        )}
      </div>
    ),
  },
  { head: 'To', cell: ({ recipient }) => recipient },
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

function Answer({ lastCode, lastError, why }: MailLine) {
  if (lastCode === null && lastError === null && why === null) return '–';
  return (
    <div>
      <Text size="sm">{lastError ?? lastCode}</Text>
      {lastError !== null && lastCode !== null && (
        <Text size="xs" c="dimmed" ff="monospace">
          {lastCode}
        </Text>
      )}
      {why !== null && (
        <Text size="xs" c="dimmed" mt={2}>
          Not to be tried again: {why}
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
