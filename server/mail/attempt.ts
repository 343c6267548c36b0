import type { SendOutcome } from './classify.ts';
import type { Draft } from './draft.ts';
import type { TryResult } from './settlement.ts';
import type { OutgoingMail, Transport } from './transport.ts';
import type { Clock } from '../clock.ts';
import type { MessageRow } from '../store/rows.ts';

/** Sends one draft; what there is nothing to send of ends here. Never throws. */
export async function attempt(
  deps: {
    transport: Pick<Transport, 'send'>;
    clock: Clock;
    /** A send ended, after so many milliseconds. */
    note(outcome: SendOutcome, ms: number): void;
  },
  message: MessageRow,
  draft: Draft,
): Promise<TryResult> {
  if (draft.kind === 'nothing') return { kind: 'withdrawn', why: draft.why };
  if (draft.kind === 'refused') return { kind: 'permanent', code: draft.code, why: draft.why };
  if (draft.kind === 'unwritable') return { kind: 'unwritable', code: 'unwritable', why: draft.why };
  const startedAtMs = deps.clock.now().getTime();
  const outcome = await deps.transport.send(outgoing(message, draft));
  deps.note(outcome, deps.clock.now().getTime() - startedAtMs);
  return outcome;
}

function outgoing(message: MessageRow, draft: Extract<Draft, { kind: 'mail' }>): OutgoingMail {
  return {
    messageId: message.id,
    to: { name: draft.name, address: message.recipient },
    ...(draft.replyTo === undefined ? {} : { replyTo: draft.replyTo }),
    ...draft.mail,
    metadata: { message: message.id },
  };
}
