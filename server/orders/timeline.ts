import { orderId } from '../../shared/booking-event.ts';
import type { AuditLine, DeliveryRow, MessageRow, OrderRow } from '../store/rows.ts';

export interface TimelineEntry {
  /** ISO */
  at: string;
  kind: 'delivery' | 'audit' | 'message';
  /** Who acted: `webhook`, `restock`, `mail`, `staff:2` … */
  who: string;
  /** Of a member of staff. */
  whoName: string | null;
  /** What happened, in a word: an action, a verdict, a message's status. */
  what: string;
  from: string | null;
  to: string | null;
  /** Why, or what a person should know; '' when nothing. */
  why: string;
  /** The delivery or the message meant; null for audit lines. */
  id: string | null;
  /** For a delivery: where in its body the e-mail and the coupon stood. */
  emailAt: string | null;
  couponAt: string | null;
  refs: Record<string, string | number | number[]>;
}

const BLANK = {
  whoName: null,
  from: null,
  to: null,
  why: '',
  id: null,
  emailAt: null,
  couponAt: null,
  refs: {},
};

/** Everything that happened to an order, oldest first. */
export function timeline(given: {
  order: OrderRow;
  audit: AuditLine[];
  deliveries: DeliveryRow[];
  messages: MessageRow[];
  /** Members of staff by the word that the trail has for them. */
  nameOf: (actor: string) => string | null;
}): TimelineEntry[] {
  const words = orderId(given.order);
  const accepted = new Set(
    given.audit.flatMap(({ action, refs }) => (action === 'mail.accepted' ? [refs.message] : [])),
  );
  const entries = [
    ...given.deliveries.map((delivery) => deliveryEntry(delivery, words, given.nameOf)),
    ...given.audit.map((line) => auditEntry(line, given.nameOf(line.actor))),
    ...given.messages.flatMap((message) => messageEntries(message, accepted.has(message.id))),
  ];
  // A stable sort: what carries the same time stays as listed, cause before effect.
  return entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** What was read again was so by somebody, for a reason. */
function deliveryEntry(
  delivery: DeliveryRow,
  words: string,
  nameOf: (actor: string) => string | null,
): TimelineEntry {
  const own = delivery.orders.find((entry) => entry.orderId === words);
  const { actor, reason = '' } = delivery.replayOf === null ? {} : delivery.headers;
  return {
    ...BLANK,
    at: delivery.receivedAt.toISOString(),
    kind: 'delivery',
    who: actor ?? delivery.source,
    whoName: nameOf(actor ?? ''),
    what: own?.status ?? delivery.verdict,
    why: joined([delivery.hook ?? '', own?.note ?? '', delivery.flag, reason]),
    id: delivery.id,
    emailAt: own?.emailAt ?? null,
    couponAt: own?.couponAt ?? null,
    refs: delivery.replayOf === null ? {} : { replayOf: delivery.replayOf },
  };
}

/** The flag of a delivery repeats its orders' notes. */
function joined(parts: string[]): string {
  const words = parts.flatMap((part) => part.split('; ')).filter((part) => part !== '');
  return [...new Set(words)].join('; ');
}

function auditEntry(line: AuditLine, whoName: string | null): TimelineEntry {
  return {
    ...BLANK,
    at: line.at.toISOString(),
    kind: 'audit',
    who: line.actor,
    whoName,
    what: line.action,
    from: line.fromStatus,
    to: line.toStatus,
    why: line.reason,
    refs: line.refs,
  };
}

/** `isTold`: the audit trail says already that it was accepted. */
function messageEntries(message: MessageRow, isTold: boolean): TimelineEntry[] {
  const entry = {
    ...BLANK,
    kind: 'message' as const,
    who: 'mail',
    id: message.id,
    refs: { attempts: message.attempts },
  };
  const queued = {
    ...entry,
    at: message.createdAt.toISOString(),
    what: 'queued',
    // What has no key in it must not be taken for the mail that had.
    why: `${message.kind === 'key_waiting' ? 'a notice that the key is on its way, ' : ''}to ${message.recipient}`,
  };
  if (message.acceptedAt === null || isTold) return [queued];
  return [queued, { ...entry, at: message.acceptedAt.toISOString(), what: 'accepted', why: '' }];
}
