import type { MessageRow } from '../store/rows.ts';

const UNSENT: readonly MessageRow['status'][] = ['queued', 'retrying', 'unknown'];

/** Mails that have not surely left, and are not being sent just now. */
export function unsentMails<M extends Pick<MessageRow, 'status'>>(messages: readonly M[]): M[] {
  return messages.filter(({ status }) => UNSENT.includes(status));
}
