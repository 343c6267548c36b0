import { orderId } from '../../shared/booking-event.ts';
import { done, refuse, type Result } from '../errors.ts';
import { isUuid } from '../ids.ts';
import type { MessageKind, MessageRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { retryFault } from './may-retry.ts';
import { readFacts, type FactStore } from './order-facts.ts';

const PAGE = 25;

export const TROUBLES = ['failed', 'unknown', 'bounced', 'complained'] as const;
export const MAIL_LISTS = ['queue', 'trouble', 'all'] as const;

export interface MailLine {
  messageId: string;
  kind: MessageKind;
  /** In words; null for mails to the admin. */
  orderId: string | null;
  recipient: string;
  status: MessageRow['status'];
  attempts: number;
  lastCode: string | null;
  lastError: string | null;
  /** Of a mail in trouble: why it cannot be queued again; null when it can. */
  why: string | null;
  createdAt: string;
  /** When it leaves, or is tried again; while it is being sent, the end of its lease. Null when nothing is left to do. */
  dueAt: string | null;
  acceptedAt: string | null;
}

interface Wish {
  show: (typeof MAIL_LISTS)[number];
  /** Of mails in trouble, those of this status alone. */
  status?: (typeof TROUBLES)[number] | undefined;
  cursor?: string | undefined;
}

type ListStore = FactStore & Pick<Store, 'listMessages' | 'listQueue' | 'listTroubled'>;

/** What is still to be sent, in the order it leaves; or what is in trouble, or all mails, newest first. */
export async function listMails(
  { store }: { store: ListStore },
  wish: Wish,
): Promise<Result<{ messages: MailLine[]; next?: string }>> {
  if (wish.status !== undefined && wish.show !== 'trouble') return refuse('mail.status_without_trouble', {});
  const rows = await find(store, wish);
  if (rows === null) return refuse('lookup.bad_cursor', {});
  const page = rows.slice(0, PAGE);
  const last = page.at(-1);
  const messages = await describe(store, page);
  const next = rows.length > PAGE && last ? makeCursor(wish.show, last) : null;
  return done(next === null ? { messages } : { messages, next });
}

/** One more than a page holds; null for a cursor that is not ours. */
async function find(store: ListStore, { show, status, cursor }: Wish): Promise<MessageRow[] | null> {
  const limit = PAGE + 1;
  if (show === 'queue') {
    const after = cursor === undefined ? null : readPlace(cursor);
    return cursor !== undefined && after === null ? null : store.listQueue({ after, limit });
  }
  const beforeId = cursor === undefined ? null : readBefore(cursor);
  if (cursor !== undefined && beforeId === null) return null;
  if (show === 'all') return store.listMessages({ beforeId, limit });
  const lists = await Promise.all(
    TROUBLES.filter((one) => status === undefined || one === status).map((one) =>
      store.listTroubled({ status: one, beforeId, limit }),
    ),
  );
  return lists
    .flat()
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit);
}

async function describe(store: ListStore, rows: MessageRow[]): Promise<MailLine[]> {
  const facts = await readFacts(store, rows);
  return rows.map((row) => {
    const { id, kind, recipient, status, attempts, lastCode, lastError, createdAt, dueAt, acceptedAt } = row;
    const order = facts.orders.get(row.orderId ?? 0);
    const isInTrouble = TROUBLES.some((trouble) => trouble === status);
    return {
      messageId: id,
      kind,
      orderId: order ? orderId(order) : null,
      recipient,
      status,
      attempts,
      lastCode,
      lastError,
      why: isInTrouble ? (retryFault(row, facts)?.sentence ?? null) : null,
      createdAt: createdAt.toISOString(),
      dueAt: dueAt?.toISOString() ?? null,
      acceptedAt: acceptedAt?.toISOString() ?? null,
    };
  });
}

function makeCursor(show: Wish['show'], { id, priority, dueAt }: MessageRow): string {
  const place = show === 'queue' ? `after:${priority}:${dueAt?.getTime() ?? 0}:${id}` : `before:${id}`;
  return Buffer.from(place).toString('base64url');
}

function readPlace(cursor: string): { priority: 0 | 1; dueAt: Date; id: string } | null {
  const match = /^after:([01]):(\d{1,14}):(.+)$/.exec(Buffer.from(cursor, 'base64url').toString());
  const [, priority, dueMs, id] = match ?? [];
  if (id === undefined || !isUuid(id)) return null;
  return { priority: priority === '0' ? 0 : 1, dueAt: new Date(Number(dueMs)), id };
}

function readBefore(cursor: string): string | null {
  const id = /^before:(.+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? '';
  return isUuid(id) ? id : null;
}
