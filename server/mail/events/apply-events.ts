import { orderId } from '../../../shared/booking-event.ts';
import { recordAudit } from '../../audit/record.ts';
import type { Clock } from '../../clock.ts';
import type { MailEventRow, MessageRow, SuppressionRow } from '../../store/rows.ts';
import { transact, type RetryDeps } from '../../store/retry.ts';
import type { Store, Verbs } from '../../store/store.ts';
import { alike } from '../alike.ts';
import { judge, keepWorse, type Judgement } from './judge.ts';

export interface ApplyDeps extends RetryDeps {
  store: Store;
  clock: Clock;
}

/** What became true by events that were not known before. */
export interface Applied {
  events: MailEventRow[];
  judged: { message: MessageRow; judgement: Judgement }[];
}

/** Mails in one transaction: their orders stay locked no longer than a batch of vends. */
const MAILS_AT_ONCE = 200;

/** Writes down what is new. Events of mails that are not ours, and those that are known, do nothing. */
export async function applyEvents(deps: ApplyDeps, events: MailEventRow[]): Promise<Applied> {
  const ids = [...new Set(events.map(({ messageId }) => messageId))].sort();
  const applied: Applied = { events: [], judged: [] };
  for (let from = 0; from < ids.length; from += MAILS_AT_ONCE) {
    const part = new Set(ids.slice(from, from + MAILS_AT_ONCE));
    const told = events.filter(({ messageId }) => part.has(messageId));
    // Safe to repeat after a lost COMMIT answer: what was written then is known now.
    const done = await transact(deps, (tx) => applyPart(tx, told, deps.clock.now()), { repairs: true });
    applied.events.push(...done.events);
    applied.judged.push(...done.judged);
  }
  return applied;
}

/** Locks in the one order: orders → messages → audit. */
async function applyPart(tx: Verbs, told: MailEventRow[], now: Date): Promise<Applied> {
  const found = await tx.findMessages({ ids: [...new Set(told.map(({ messageId }) => messageId))] });
  const orderIds = found.flatMap((message) => (message.orderId === null ? [] : [message.orderId]));
  const orders = await tx.lockOrders({ ids: [...new Set(orderIds)].sort((a, b) => a - b) });
  const messages = await tx.lockMessages({ ids: found.map(({ id }) => id) });
  const known = await tx.findMailEvents({ messageIds: messages.map(({ id }) => id) });
  const fresh = notYetKnown(told, known, messages);
  if (fresh.length === 0) return { events: [], judged: [] };
  await tx.insertMailEvents({ events: fresh });
  const orderOf = new Map(orders.map((order) => [order.id, order]));
  const judged = messages.flatMap((message) => {
    const ofIt = ({ messageId }: MailEventRow) => messageId === message.id;
    const news = fresh.filter(ofIt);
    if (news.length === 0) return [];
    const email = orderOf.get(message.orderId ?? 0)?.email ?? null;
    return [{ message, judgement: judge(message, { email, known: known.filter(ofIt), fresh: news }) }];
  });
  // Those of one batch were accepted at one moment, and end alike.
  for (const settlement of alike(judged.flatMap(({ judgement }) => judgement.settlement ?? [])))
    await tx.settleMessages(settlement);
  await suppress(
    tx,
    judged.flatMap(({ judgement }) => judgement.suppression ?? []),
  );
  await tx.insertAlerts({
    alerts: judged.flatMap(({ message, judgement }) => {
      const order = orderOf.get(message.orderId ?? 0);
      if (judgement.alert === null) return [];
      return [{ ...judgement.alert, orderId: order ? orderId(order) : null, sku: null, createdAt: now }];
    }),
  });
  await recordAudit(
    tx,
    judged.flatMap(({ message, judgement: { news } }) =>
      message.orderId === null || news === null
        ? []
        : [
            {
              subject: `order:${message.orderId}`,
              at: now,
              actor: `mail:${news.event.provider}`,
              action: `mail.${news.event.kind}`,
              fromStatus: message.status,
              toStatus: news.toStatus,
              reason: news.event.detail,
              refs: { message: message.id },
            },
          ],
    ),
  );
  return { events: fresh, judged };
}

/** Each event once, of the mails that are ours, sorted as they are written. */
function notYetKnown(told: MailEventRow[], known: MailEventRow[], messages: MessageRow[]): MailEventRow[] {
  const name = ({ provider, eventId }: MailEventRow) => `${provider} ${eventId}`;
  const ours = new Set(messages.map(({ id }) => id));
  const isKnown = new Set(known.map(name));
  const fresh = new Map<string, MailEventRow>();
  for (const event of told)
    if (ours.has(event.messageId) && !isKnown.has(name(event)) && !fresh.has(name(event)))
      fresh.set(name(event), event);
  return [...fresh].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, event]) => event);
}

/** Sorted by address, so that two that write the same ones cannot deadlock. */
async function suppress(tx: Verbs, rows: SuppressionRow[]): Promise<void> {
  const addresses = [...new Set(rows.map(({ address }) => address))].sort();
  const there = await tx.findSuppressions({ addresses });
  for (const address of addresses) {
    const before = there.find((row) => row.address === address);
    const kept = rows.filter((row) => row.address === address).reduce(keepWorse, before);
    if (kept && kept !== before) await tx.saveSuppression(kept);
  }
}
