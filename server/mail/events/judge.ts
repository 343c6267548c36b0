import type {
  AlertKind,
  MailEventRow,
  MessageRow,
  MessageSettlement,
  SuppressionRow,
} from '../../store/rows.ts';
import { foldEvents } from '../fold-events.ts';
import { isFormerAddress } from '../former-address.ts';
import { concernOf, worstOf } from './concern.ts';

/** What events of one mail change. */
export interface Judgement {
  /** Null: the row stays as it is. */
  settlement: MessageSettlement | null;
  suppression: SuppressionRow | null;
  /** A line for the order's timeline; null when nothing is new. */
  news: { event: MailEventRow; toStatus: MessageRow['status'] } | null;
  /** What a person must be told; null when nothing is, and for mails to the admin or to a former address. */
  alert: { kind: AlertKind; detail: string } | null;
  /** Bad news of an address that the order has no more: whoever corrected it has acted already. */
  isOfFormerAddress: boolean;
}

/**
 * Pure. `email` is the order's address now, null for mails to the admin; `fresh` are events that were not known before, one
 * or more. Whoever was told of a bounce is told again when it turns out to be final, or a complaint; nothing else that
 * comes later is news.
 */
export function judge(
  message: MessageRow,
  { email, known, fresh }: { email: string | null; known: MailEventRow[]; fresh: MailEventRow[] },
): Judgement {
  const all = [...known, ...fresh];
  const [before, worst] = [worstOf(known), worstOf(all)];
  const isNews = worst !== null && (before === null || concernOf(worst) > concernOf(before));
  // Whoever sends it right now settles it, and looks at the events then.
  const status = message.status === 'sending' ? 'sending' : foldEvents(message.status, all);
  const isMoved = status !== 'sending' && worst !== null && (isNews || status !== message.status);
  const alert = isNews && message.orderId !== null ? alertOf(worst) : null;
  const isFormer = isFormerAddress(message.recipient, email);
  return {
    settlement: isMoved ? settle(message, status, { worst, all }) : null,
    suppression: message.orderId === null ? null : suppress(message, fresh),
    news: isNews ? { event: worst, toStatus: status === 'sending' ? worst.kind : status } : null,
    alert: isFormer ? null : alert,
    isOfFormerAddress: isFormer && alert !== null,
  };
}

function settle(
  message: MessageRow,
  status: MessageRow['status'],
  { worst, all }: { worst: MailEventRow; all: MailEventRow[] },
): MessageSettlement {
  // Clocks differ: no mail is accepted before it is queued.
  const earliest = Math.max(message.createdAt.getTime(), Math.min(...all.map(({ at }) => at.getTime())));
  return {
    isTry: true,
    ids: [message.id],
    status,
    retryInMs: null,
    lastCode: status,
    lastError: status === 'delivered' ? null : worst.detail,
    acceptedAt: message.acceptedAt ?? new Date(earliest),
  };
}

/** By what is new alone: an address that a person has allowed again stays so when an old event is told again. */
function suppress({ recipient, id }: MessageRow, fresh: MailEventRow[]): SuppressionRow | null {
  const worst = worstOf(fresh);
  if (worst === null || concernOf(worst) < 2) return null;
  return {
    address: recipient.toLowerCase(),
    reason: worst.kind === 'complained' ? 'complained' : 'bounced',
    provider: worst.provider,
    messageId: id,
    since: worst.at,
    detail: worst.detail,
  };
}

function alertOf(event: MailEventRow): Judgement['alert'] {
  const { kind, detail } = event;
  const stop = 'no more mail goes to this address until somebody corrects or allows it';
  if (kind === 'complained')
    return { kind: 'mail_complained', detail: `The receiver reported the mail as spam; ${stop}.` };
  if (kind === 'delivered') return null;
  return {
    kind: 'mail_bounced',
    detail: event.isHard
      ? `The mail bounced for good (${detail}); ${stop}.`
      : `The mail bounced (${detail}) and is not tried again; the address may be right.`,
  };
}

/** Of two rows of one address the more concerning stays, the earlier of equals. */
export function keepWorse(there: SuppressionRow | undefined, found: SuppressionRow): SuppressionRow {
  if (there === undefined) return found;
  if (there.reason !== found.reason) return there.reason === 'complained' ? there : found;
  return there.since.getTime() <= found.since.getTime() ? there : found;
}
