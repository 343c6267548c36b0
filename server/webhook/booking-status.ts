import type { BookingStatus } from '../../shared/booking-event.ts';

/** One l in Amelia's "canceled", two in Bookly's "cancelled"; free text (Bookly's Custom Statuses) is `unknown`. */
const WORDS: Record<string, BookingStatus> = {
  approved: 'approved',
  pending: 'pending',
  canceled: 'cancelled',
  cancelled: 'cancelled',
  rejected: 'rejected',
  refunded: 'refunded',
  deleted: 'deleted',
  'no-show': 'no-show',
  no_show: 'no-show',
  done: 'done',
  waiting: 'waitlisted',
  waitlisted: 'waitlisted',
};

const OFF: readonly BookingStatus[] = ['cancelled', 'rejected', 'refunded', 'deleted'];

export function readStatus(word: string | null): BookingStatus {
  const key = word?.trim().toLowerCase() ?? '';
  return Object.hasOwn(WORDS, key) ? (WORDS[key] ?? 'unknown') : 'unknown';
}

export function isOff(status: BookingStatus): boolean {
  return OFF.includes(status);
}

/**
 * The status a hook's name states against the one its booking carries. A cancelling name wins, for its body may be stale;
 * an approving name never revives a booking that says it is off.
 */
export function settleStatus(own: BookingStatus, stated: BookingStatus | null): BookingStatus {
  if (stated === null || stated === own) return own;
  return isOff(own) && stated !== 'deleted' ? own : stated;
}
