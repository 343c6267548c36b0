import type { MessageStatus } from '../../shared/statuses.ts';
import type { Outputs } from '../app/outputs.ts';

export type MailLine = Outputs['mail']['list']['messages'][number];
export type Show = 'queue' | 'trouble' | 'all';
export type Trouble = (typeof TROUBLES)[number];

export const SHOWS: { show: Show; label: string }[] = [
  { show: 'queue', label: 'To be sent' },
  { show: 'trouble', label: 'In trouble' },
  { show: 'all', label: 'All' },
];
export const TROUBLES = ['failed', 'unknown', 'bounced', 'complained'] as const satisfies MessageStatus[];

/** The list that an address asks for; the queue where it asks for none. */
export function readList(show: string, status: string): { show: Show; status?: Trouble } {
  const list = SHOWS.find((one) => one.show === show)?.show ?? 'queue';
  const trouble = TROUBLES.find((one) => one === status);
  return { show: list, ...(list === 'trouble' && trouble && { status: trouble }) };
}

/** Whether `mail.retry` takes it: it waits for its next try, or failed for good with nothing in its way. */
export function mayTryAgain({ status, why }: MailLine): boolean {
  return status === 'retrying' || (TROUBLES.some((trouble) => trouble === status) && why === null);
}
