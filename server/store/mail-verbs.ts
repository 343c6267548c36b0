import type { MessageStatus } from '../../shared/statuses.ts';
import type { MailEventRow, MessageRow, MessageSettlement, NewMessage, SuppressionRow } from './rows.ts';

/** The outbox. The rules of the seam are those of store.ts. */
export interface MessageVerbs {
  findMessages(q: { ids: string[] }): Promise<MessageRow[]>;
  findMessagesOfOrders(q: { orderIds: number[] }): Promise<MessageRow[]>;
  insertMessages(q: { messages: NewMessage[] }): Promise<void>;
  /** What messages that are still to be sent were answered last, and how many by each answer: the most frequent first. */
  lastRefusals(q: { limit: number }): Promise<{ code: string; why: string | null; count: number }[]>;
  /** Sets `sending`, attempts + 1, the lease token, and due_at = now + leaseMs (database clock). */
  leaseMessages(q: { ids: string[]; token: string; leaseMs: number }): Promise<void>;
  /** Messages of one priority whose time has come (due_at ≤ the database's now), SKIP LOCKED; expired leases included. */
  lockDueMessages(q: { priority: 0 | 1; limit: number }): Promise<MessageRow[]>;
  /** All messages, newest (highest id) first; null for the first page. */
  listMessages(q: { beforeId: string | null; limit: number }): Promise<MessageRow[]>;
  /** What is still to be sent, in the order it leaves: (priority, dueAt, id), those after `after`. */
  listQueue(q: {
    after: { priority: 0 | 1; dueAt: Date; id: string } | null;
    limit: number;
  }): Promise<MessageRow[]>;
  /** Newest first; `unknown` ones only when nothing is due any more. */
  listTroubled(q: {
    status: 'failed' | 'unknown' | 'bounced' | 'complained';
    beforeId: string | null;
    limit: number;
  }): Promise<MessageRow[]>;
  /** Locks the messages, in order of id, waiting for other holders. */
  lockMessages(q: { ids: string[] }): Promise<MessageRow[]>;
  lockMessagesOfOrders(q: { orderIds: number[] }): Promise<MessageRow[]>;
  /** Messages by status: those made since then, or all when null. */
  messageCounts(q: { since: Date | null }): Promise<{ status: MessageStatus; count: number }[]>;
  /** Due so much later than now, by the database's clock. */
  postponeMessages(q: { ids: string[]; byMs: number }): Promise<void>;
  /** How many messages are due by the database's clock, and for how long the first of them has been; null when none is. */
  queueAge(): Promise<{ due: number; oldestMs: number | null }>;
  /** `queued`, due now, without a lease; tries stay counted. The caller has locked them. */
  requeueMessages(q: { ids: string[] }): Promise<void>;
  /** Writes the same end of a try to all of them, and ends their leases. The caller has locked them and knows that they are his. */
  settleMessages(q: MessageSettlement): Promise<void>;
  /** For a message that must not go out: sets `withdrawn`, nothing due. */
  withdrawMessages(q: { ids: string[] }): Promise<void>;
}

/** What mail providers tell afterwards, and the addresses that mail must not go to. */
export interface MailEventVerbs {
  deleteSuppressions(q: { addresses: string[] }): Promise<void>;
  /** The events of these messages, in order of (provider, eventId). */
  findMailEvents(q: { messageIds: string[] }): Promise<MailEventRow[]>;
  findSuppressions(q: { addresses: string[] }): Promise<SuppressionRow[]>;
  /** Insert or nothing by (provider, eventId); sorted by the caller. */
  insertMailEvents(q: { events: MailEventRow[] }): Promise<void>;
  /** By address, those after `afterAddress` ('' for the first page). */
  listSuppressions(q: { afterAddress: string; limit: number }): Promise<SuppressionRow[]>;
  /** Insert or replace; a row that is `complained` stays as it is when a bounce comes. */
  saveSuppression(q: SuppressionRow): Promise<void>;
}

export type MailVerbs = MessageVerbs & MailEventVerbs;
