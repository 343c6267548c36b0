import type { MessageRow } from '../store/rows.ts';

/**
 * Notices that the key is on its way, of orders that wait no more. One that is just being sent is the worker's; those
 * that nobody withdraws, the worker drops when it writes them.
 */
export function openNotices(messages: MessageRow[]): string[] {
  const open = messages.filter(
    ({ kind, status }) => kind === 'key_waiting' && (status === 'queued' || status === 'retrying'),
  );
  return open.map(({ id }) => id);
}
