import { IconMailCheck, IconMailOpened } from '@tabler/icons-react';
import { Plate } from '../look/plate.tsx';
import { wordOf } from '../look/status-words.ts';
import type { Show, Trouble } from './mail-list.ts';

/** An empty list is good news, mostly. */
export function NoMails({ show, status }: { show: Show; status?: Trouble }) {
  if (show === 'queue')
    return (
      <Plate icon={IconMailCheck} tone="good" title="Nothing is left to send">
        Every mail has left. What came of each stands under “All”.
      </Plate>
    );
  if (show === 'trouble')
    return (
      <Plate
        icon={IconMailCheck}
        tone="good"
        title={status === undefined ? 'No mail is in trouble' : `No mail is “${wordOf(status)}”`}
      >
        A mail that a server refuses, or that comes back, is shown here until it is sent again.
      </Plate>
    );
  return (
    <Plate icon={IconMailOpened} title="No mail yet">
      The first one leaves with the first booking that earns a key.
    </Plate>
  );
}
