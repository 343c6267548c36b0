import type { Authority, BookingStatus } from '../../shared/booking-event.ts';
import { readStatus } from './booking-status.ts';

interface HookMeaning {
  authority: Authority;
  /** What the hook's name itself says of its booking. */
  status: BookingStatus | null;
  isKnown: boolean;
}

const STATUS_WORD = '(approved|pending|canceled|rejected|no-show|waiting)';
/** An Amelia web hook's action, or the same as a WordPress hook of the paid build. */
const ACTION = '(?:Amelia(?:Appointment|Event)?)?[Bb]ooking';

/** First match decides. Source of every line: the hook table in docs/payloads.md. */
const HOOKS: [RegExp, Authority, (BookingStatus | 'word')?][] = [
  // SECURITY: both fire from a public, nonce-free call, with a customer copied from its body.
  [/^Amelia\w*BeforeNotify$/, 'forgeable'],
  [/^amelia_before_post_booking_actions$/, 'forgeable'],
  [new RegExp(`^amelia_before_booking_${STATUS_WORD}$`), 'notice'],
  [/^amelia_(?:before|after)_run_uncompleted_actions$/, 'notice'],
  [/^amelia_before_/, 'before-payment'],
  [/^amelia_after_(?:appointment|event)_booking_saved$/, 'before-payment'],
  [/^amelia_after_booking_added$/, 'settled'],
  [new RegExp(`^amelia_after_booking_${STATUS_WORD}(?:_link)?$`), 'settled', 'word'],
  [/^amelia_after_booking_rescheduled$/, 'notice'],
  [/^amelia_after_payment_(?:added|updated|deleted)$/, 'notice'],
  [/^amelia_after_(?:appointment|event_booking|package_booking)_deleted$/, 'settled', 'deleted'],
  [/^amelia_after_(?:appointment_(?:added|updated|status_updated)|event_booking_updated)$/, 'settled'],
  [/^amelia_after_event_status_updated$/, 'settled'],
  [/^amelia_after_package_\w+$/, 'settled'],
  [new RegExp(`^${ACTION}Cancell?ed$`), 'settled', 'cancelled'],
  [new RegExp(`^${ACTION}(?:Added|StatusUpdated)$`), 'settled'],
  [new RegExp(`^${ACTION}(?:TimeUpdated|Rescheduled)$`), 'notice'],
  [/^(?:Amelia)?[Pp]ackagePurchased$/, 'settled'],
  // Words a raw sender may put in its URL, and Bookly's one ajax action that means more than its row says.
  [/^(?:booking[._-]?)?(canceled|cancelled|rejected|deleted)$/i, 'settled', 'word'],
  [/^bookly_delete_customer_appointments$/, 'settled', 'deleted'],
];

/** A raw web hook body has no name (`null`): it was sent after the change was stored. */
export function hookMeaning(hook: string | null): HookMeaning {
  if (hook === null) return { authority: 'settled', status: null, isKnown: true };
  for (const [pattern, authority, says] of HOOKS) {
    const match = pattern.exec(hook);
    if (match) {
      const status = says === 'word' ? readStatus(match[1] ?? null) : (says ?? null);
      return { authority, status, isKnown: true };
    }
  }
  return { authority: 'notice', status: null, isKnown: false };
}
