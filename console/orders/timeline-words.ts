import type { Outputs } from '../app/outputs.ts';
import { wordOf } from '../look/status-words.ts';

type Entry = Outputs['orders']['get']['timeline'][number];
type Sign = 'delivery' | 'key' | 'mail' | 'stock' | 'person' | 'look' | 'end' | 'trouble';

/** What the audit trail calls it, and what people do. An action that is not here is shown as the trail has it. */
const ACTIONS: Record<string, [Sign, string]> = {
  'order.fulfilled': ['key', 'Keys assigned'],
  'order.waiting': ['stock', 'Out of stock: the order waits'],
  'order.held': ['stock', 'Waits for confirmation or payment'],
  'order.attention': ['trouble', 'Needs a person'],
  'order.ignored': ['end', 'Nothing to send'],
  'order.cancelled': ['end', 'Cancelled'],
  'order.stopped': ['end', 'Stopped by staff'],
  'order.passed_over': ['stock', 'Passed over: too big for what was left'],
  'order.resent': ['mail', 'Keys sent again'],
  'order.resent_to_new_address': ['mail', 'Keys sent to a new address'],
  'order.address_corrected': ['person', 'Address corrected'],
  'order.keys_added': ['key', 'Keys added by staff'],
  'order.key_replaced': ['key', 'Key replaced'],
  'order.key_revoked': ['end', 'Key revoked'],
  'key.revealed': ['look', 'Whole key shown to staff'],
  'key.revoked': ['end', 'Key revoked'],
  'hold.lapsed': ['stock', 'Hold ran out: the keys went back'],
  'mail.accepted': ['mail', 'Mail taken by the mail server'],
  'mail.retrying': ['mail', 'Mail not taken yet: it is tried again'],
  'mail.failed': ['trouble', 'Mail could not be sent'],
  'mail.withdrawn': ['mail', 'Mail withdrawn'],
  'mail.requeued': ['mail', 'Mail tried again'],
  'mail.delivered': ['mail', 'Mail arrived'],
  'mail.bounced': ['trouble', 'Mail came back'],
  'mail.complained': ['trouble', 'Mail marked as spam'],
  'mail.unknown': ['trouble', 'Mail may have arrived'],
  'mail.allowed': ['person', 'Address may be mailed again'],
  'alert.settled': ['person', 'Matter settled'],
  'alert.reopened': ['trouble', 'Matter opened again'],
  'drift.unknown': ['trouble', 'WordPress does not list the booking'],
  'drift.known': ['delivery', 'WordPress lists the booking again'],
};

const DELIVERIES: Record<string, string> = {
  fulfilled: 'Booking came in',
  waiting: 'Booking came in',
  held: 'Booking came in, not confirmed yet',
  attention: 'Booking came in',
  ignored: 'Booking came in',
  cancelled: 'Cancellation came in',
  duplicate: 'The same came in again, and changed nothing',
};

const MESSAGES: Record<string, string> = {
  queued: 'Mail written',
  accepted: 'Mail taken by the mail server',
};

export function whatHappened({ kind, what, refs }: Entry): string {
  if (kind === 'delivery')
    return refs['replayOf'] === undefined
      ? (DELIVERIES[what] ?? `Delivery: ${what}`)
      : `Delivery read again: ${wordOf(what)}`;
  if (kind === 'message') return MESSAGES[what] ?? `Mail ${wordOf(what)}`;
  return ACTIONS[what]?.[1] ?? what;
}

export function iconOf({ kind, what }: Pick<Entry, 'kind' | 'what'>): Sign {
  if (kind === 'delivery') return 'delivery';
  if (kind === 'message') return 'mail';
  return ACTIONS[what]?.[0] ?? 'person';
}

const ACTORS: Record<string, string> = {
  webhook: 'by the booking',
  amelia: 'from Amelia',
  bookly: 'from Bookly',
  restock: 'by new stock',
  mail: 'by the mail worker',
  'mail:postmark': 'told by Postmark',
  'mail:sendgrid': 'told by SendGrid',
  reconcile: 'by the comparison with WordPress',
  job: 'by itself',
  cli: 'on the server’s command line',
  buyer: 'asked for by the buyer',
  system: 'by itself',
};

export function whoDid({ who, whoName }: Pick<Entry, 'who' | 'whoName'>): string {
  return whoName ?? ACTORS[who] ?? who;
}
