import { orderId } from '../../shared/booking-event.ts';
import { done, refuse, type Result } from '../errors.ts';
import { findNamedOrder } from '../orders/read-order-id.ts';
import { readPeriod } from '../staff/read-period.ts';
import { staffNames } from '../staff/staff-names.ts';
import type { AuditFilter, AuditLine } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

/** Which lines a person means; what is left out narrows nothing. An order stands for its subject. */
export interface WantedLines {
  orderId?: string | undefined;
  subject?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  since?: string | undefined;
  /** Not part of the period itself. */
  until?: string | undefined;
  cursor?: string | undefined;
}

export interface AuditEntry {
  id: number;
  /** ISO */
  at: string;
  subject: string;
  /** In words, when the subject is an order that is there. */
  orderId: string | null;
  actor: string;
  /** Of a member of staff. */
  actorName: string | null;
  action: string;
  from: string | null;
  to: string | null;
  reason: string;
  refs: AuditLine['refs'];
}

type Deps = { store: Pick<Store, 'findOrder' | 'findOrdersById' | 'listStaff' | 'searchAudit'> };
const PAGE = 25;

/** The audit trail, newest first, a page at a time. */
export async function listAudit(
  { store }: Deps,
  input: WantedLines,
  pageSize = PAGE,
): Promise<Result<{ lines: AuditEntry[]; next?: string }>> {
  const filter = await readFilter(store, input);
  if (!filter.ok) return filter;
  const before = input.cursor === undefined ? null : readMark(input.cursor);
  if (before === undefined) return refuse('lookup.bad_cursor', {});
  const found = await store.searchAudit({ ...filter.value, before, limit: pageSize + 1 });
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  const lines = await inWords(store, page);
  return done(found.length > pageSize && last ? { lines, next: makeMark(last) } : { lines });
}

async function readFilter(store: Deps['store'], wanted: WantedLines): Promise<Result<AuditFilter>> {
  const period = readPeriod(wanted);
  if (!period.ok) return period;
  const { actor = null, action = null } = wanted;
  const rest = { actor, action, ...period.value };
  if (wanted.orderId === undefined) return done({ subject: wanted.subject ?? null, ...rest });
  const order = await findNamedOrder(store, wanted.orderId);
  return order.ok ? done({ subject: `order:${order.value.id}`, ...rest }) : order;
}

async function inWords(store: Deps['store'], page: AuditLine[]): Promise<AuditEntry[]> {
  const ids = page.flatMap(({ subject }) => orderNumber(subject) ?? []);
  const orders = new Map(
    (await store.findOrdersById({ ids: [...new Set(ids)] })).map((row) => [row.id, orderId(row)]),
  );
  const nameOf = await staffNames(store);
  return page.map(({ id, at, subject, actor, action, fromStatus, toStatus, reason, refs }) => ({
    ...{ id, at: at.toISOString(), subject },
    orderId: orders.get(orderNumber(subject) ?? 0) ?? null,
    actor,
    actorName: nameOf(actor),
    ...{ action, from: fromStatus, to: toStatus, reason, refs },
  }));
}

function orderNumber(subject: string): number | null {
  const digits = /^order:(\d{1,15})$/.exec(subject)?.[1];
  return digits === undefined ? null : Number(digits);
}

function makeMark(last: AuditLine): string {
  return Buffer.from(`before:${last.at.getTime()}:${last.id}`).toString('base64url');
}

function readMark(cursor: string): { at: Date; id: number } | undefined {
  const found = /^before:(\d{1,13}):(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString());
  return found ? { at: new Date(Number(found[1])), id: Number(found[2]) } : undefined;
}
