import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../app/session.ts';
import { DataTable, type Column } from '../look/data-table.tsx';
import { mailColumns } from './mail-columns.tsx';
import { mayTryAgain, type MailLine } from './mail-list.ts';
import { TryAgain } from './try-again.tsx';
import { kindWords } from './kind-words.ts';

/** Mails, of which those that can be sent again may be chosen. */
export function MailTable({ mails }: { mails: MailLine[] }) {
  const may = useMay();
  const [picked, setPicked] = useState<readonly string[]>([]);
  const able = mails.filter(mayTryAgain);
  // What left the list meanwhile is no longer meant; what may not be sent any more is, and the server says why.
  const chosen = mails
    .filter(({ messageId }) => picked.includes(messageId))
    .map(({ messageId }) => messageId);
  const columns =
    may('resend') && (able.length > 0 || chosen.length > 0)
      ? [choose(chosen, setPicked), ...mailColumns]
      : mailColumns;
  return (
    <>
      {may('resend') && <TryAgain mails={mails} able={able} chosen={chosen} setChosen={setPicked} />}
      <DataTable label="Mails" columns={columns} rows={mails} keyOf={({ messageId }) => messageId} />
    </>
  );
}

function choose(chosen: string[], setChosen: (ids: string[]) => void): Column<MailLine> {
  return {
    head: 'Choose',
    isNarrow: true,
    cell: (mail) =>
      (mayTryAgain(mail) || chosen.includes(mail.messageId)) && (
        <Checkbox
          aria-label={`Choose ${kindWords(mail.kind)} to ${mail.recipient}`}
          checked={chosen.includes(mail.messageId)}
          onChange={(event) =>
            setChosen(
              event.currentTarget.checked
                ? [...chosen, mail.messageId]
                : chosen.filter((id) => id !== mail.messageId),
            )
          }
        />
      ),
  };
}
