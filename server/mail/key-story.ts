import { maskKey } from '../keys/mask-key.ts';
import type { KeyRow, MessageRow } from '../store/rows.ts';

/** What a key mail says beside the keys. */
interface KeyStory {
  /** The same keys reached this address before. */
  copy: boolean;
  /** Keys that were given and taken back, masked: they no longer work. */
  formerKeys: string[];
}

/**
 * Pure: what a key mail is to its reader, by what is true now. It is a copy when a mail brought the same keys to the same
 * address: accepted since the newest of them was given, and not come back. A mail that is no copy, of an order with
 * revoked keys, replaces these. `keys` are those of the order, revoked ones too; `messages` may be any mails of it.
 */
export function keyStory(given: {
  message: Pick<MessageRow, 'id' | 'recipient'>;
  keys: readonly KeyRow[];
  messages: readonly Pick<MessageRow, 'id' | 'kind' | 'recipient' | 'status' | 'acceptedAt'>[];
}): KeyStory {
  const { message, keys, messages } = given;
  const newestMs = Math.max(...timesOf(keys.filter(({ status }) => status === 'assigned')));
  const copy = messages.some(
    ({ id, kind, recipient, status, acceptedAt }) =>
      id !== message.id &&
      kind === 'key' &&
      status !== 'bounced' &&
      recipient.toLowerCase() === message.recipient.toLowerCase() &&
      acceptedAt !== null &&
      acceptedAt.getTime() >= newestMs,
  );
  const former = keys.filter(({ status, assignedAt }) => status === 'revoked' && assignedAt !== null);
  return { copy, formerKeys: former.map(({ licenseKey }) => maskKey(licenseKey)) };
}

/** A key on hold has no time: it was given to nobody yet. */
function timesOf(keys: readonly KeyRow[]): number[] {
  return keys.flatMap(({ assignedAt }) => (assignedAt === null ? [] : [assignedAt.getTime()]));
}
