import type { MessageRow } from '../store/rows.ts';
import { unsentMails } from './unsent.ts';

/**
 * Key mails that have not left, for who queues another: mails are written when they are sent, so an older one would bring
 * the same keys a second time.
 */
export function openKeyMails(messages: readonly MessageRow[]): string[] {
  return unsentMails(messages.filter(({ kind }) => kind === 'key')).map(({ id }) => id);
}
