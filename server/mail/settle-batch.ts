import { orderId } from '../../shared/booking-event.ts';
import { TOPICS } from '../alerts/topics.ts';
import { recordAudit } from '../audit/record.ts';
import { alike } from './alike.ts';
import { fitToSend } from './fit-to-send.ts';
import { isFormerAddress } from './former-address.ts';
import { afterEvents, untouched } from './settlement.ts';
import type { Verdict } from './settlement.ts';
import type { MessageRow, MessageSettlement, OrderRow } from '../store/rows.ts';
import type { Verbs } from '../store/store.ts';

/** How a try ended, and the lease it was made under. */
export interface Settling {
  message: MessageRow;
  leaseToken: string;
  verdict: Verdict;
}

/**
 * Writes how tries ended, in the one lock order: orders → messages → audit. `isPatient` waits for orders that others
 * hold; otherwise the mails of those are left as they are, and answered as `busy`.
 */
export async function settleBatch(
  tx: Verbs,
  all: readonly Settling[],
  { now, isPatient }: { now: Date; isPatient: boolean },
): Promise<{ written: Map<string, Verdict>; busy: Set<string> }> {
  const ids = [...new Set(all.flatMap(({ message }) => message.orderId ?? []))].sort((a, b) => a - b);
  const locked = isPatient ? await tx.lockOrders({ ids }) : await tx.lockFreeOrders({ ids, status: null });
  const orders = new Map(locked.map((order) => [order.id, order]));
  const isBusy = ({ message }: Settling) =>
    !isPatient && message.orderId !== null && !orders.has(message.orderId);
  const ours = await stillOurs(
    tx,
    all.filter((item) => !isBusy(item)),
  );
  const tried = await reconsider(tx, ours, locked);
  const owned = await withEvents(tx, tried);
  for (const settlement of alike(settlements(owned))) await tx.settleMessages(settlement);
  // The admin has not read them: the next digest tells them again.
  await tx.untellAlerts({
    messageIds: owned.flatMap(({ message, verdict }) =>
      TOPICS.some(({ mail }) => mail === message.kind) && verdict.status === 'failed' ? [message.id] : [],
    ),
  });
  await tx.insertAlerts({
    alerts: owned.flatMap(({ message, verdict }) =>
      // The order has another address by now: nobody needs to look into the one that failed.
      verdict.alert === null ||
      isFormerAddress(message.recipient, orders.get(message.orderId ?? 0)?.email ?? null)
        ? []
        : [
            {
              kind: 'mail_failed' as const,
              orderId: wordsOf(orders.get(message.orderId ?? 0)),
              sku: null,
              detail: verdict.alert,
              createdAt: now,
            },
          ],
    ),
  });
  await recordAudit(
    tx,
    // The try itself; what the provider told was audited when it came.
    tried.flatMap(({ message, verdict }) =>
      message.orderId === null || !verdict.audited
        ? []
        : [
            {
              subject: `order:${message.orderId}`,
              at: now,
              actor: 'mail',
              action: `mail.${verdict.status}`,
              fromStatus: message.status,
              toStatus: verdict.status,
              reason: verdict.lastError ?? '',
              refs: { message: message.id },
            },
          ],
    ),
  );
  return {
    written: new Map(owned.map(({ message, verdict }) => [message.id, verdict])),
    busy: new Set(all.filter(isBusy).map(({ message }) => message.id)),
  };
}

function wordsOf(order: OrderRow | undefined): string | null {
  return order ? orderId(order) : null;
}

/** Locks the messages; those whose lease was lost meanwhile are left out, and so is a second word about the same try. */
async function stillOurs(tx: Verbs, items: Settling[]): Promise<Settling[]> {
  const rows = await tx.lockMessages({ ids: items.map(({ message }) => message.id) });
  const tokens = new Map(rows.map((row) => [row.id, row.status === 'sending' ? row.leaseToken : null]));
  return items.filter(
    ({ message, leaseToken }, at) =>
      tokens.get(message.id) === leaseToken &&
      items.findIndex((other) => other.message.id === message.id) === at,
  );
}

/** What the provider told while the mail was under way counts more than how the try looked from here. */
async function withEvents(tx: Verbs, items: Settling[]): Promise<Settling[]> {
  const events = await tx.findMailEvents({ messageIds: items.map(({ message }) => message.id) });
  if (events.length === 0) return items;
  return items.map((item) => {
    const told = events.filter(({ messageId }) => messageId === item.message.id);
    return { ...item, verdict: afterEvents(item.verdict, told) };
  });
}

/** What is written of them. Mails accepted within one batch share a time; one that a provider told of keeps its own. */
function settlements(items: Settling[]): MessageSettlement[] {
  const first = items.find(({ verdict }) => verdict.status === 'accepted');
  return items.map(({ message, verdict }) => {
    const { alert: _alert, audited: _audited, ...end } = verdict;
    const acceptedAt = end.status === 'accepted' ? (first?.verdict.acceptedAt ?? null) : end.acceptedAt;
    return { ...end, ids: [message.id], acceptedAt };
  });
}

/**
 * A mail that found its order cancelled, and an approval that took the mail to be under way: what is true now that the
 * order is locked decides. A mail that may go out after all is due again.
 */
async function reconsider(tx: Verbs, items: Settling[], locked: OrderRow[]): Promise<Settling[]> {
  const withdrawn = new Set(
    items.flatMap(({ message, verdict }) => (verdict.status === 'withdrawn' ? [message.orderId] : [])),
  );
  const orders = locked.filter(
    ({ id, status }) => (status === 'fulfilled' || status === 'waiting') && withdrawn.has(id),
  );
  if (orders.length === 0) return items;
  const keys = await tx.findKeysOfOrders({ orderIds: orders.map(orderId) });
  return items.map((item) => {
    const { message, verdict } = item;
    if (message.kind !== 'key' || verdict.status !== 'withdrawn') return item;
    const order = orders.find(({ id }) => id === message.orderId);
    return 'why' in fitToSend(message, order, keys) ? item : { ...item, verdict: untouched(message) };
  });
}
