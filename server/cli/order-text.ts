import { suppressionWords } from '../mail/suppression-words.ts';
import type { OrderPage } from '../orders/get-order.ts';
import type { TimelineEntry } from '../orders/timeline.ts';
import { paintFor, plain, table } from './table.ts';

/** An order as a page of text. */
export function orderText(cli: { isTerminal: boolean }, page: OrderPage): string {
  const paint = paintFor(cli);
  const facts: [string, string | null][] = [
    ['Status', page.reason === null ? page.status : `${page.status} (${page.reason})`],
    ['E-mail', page.email],
    ['No mail', page.suppressed && suppressionText(page.suppressed)],
    ['Also known as', page.alternates.join(', ') || null],
    ['Name', page.name],
    ['Coupon', page.coupon],
    [
      'Booked',
      page.item && `${page.units} × ${page.item.kind} ${page.item.id} ${page.item.name ?? ''}`.trim(),
    ],
    ['Owed', page.lines.map((line) => `${line.quantity} × ${line.sku}`).join(', ') || null],
    ['Revision', page.rev === null ? null : String(page.rev)],
  ];
  const known = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(14)} ${plain(value)}`],
  );
  const sections = [
    [paint.bold(page.orderId), ...known].join('\n'),
    page.keys.length > 0 && keysTable(cli, page),
    page.messages.length > 0 && messagesTable(cli, page),
    timelineTable(cli, page),
    resendHint(page),
  ];
  return sections.filter((section) => section !== false).join('\n\n');
}

/** The way out, when the buyer may sit there without the key, or without a word that it is on its way. */
function resendHint({ orderId, status, messages, suppressed }: OrderPage): string | false {
  const isWaiting = status === 'waiting';
  const last = messages
    .filter(({ kind }) => kind === (isWaiting ? 'key_waiting' : 'key'))
    .toSorted(byTime)
    .at(-1);
  if (!last) return false;
  const resend = `npx keybank orders resend ${orderId} --reason TEXT`;
  const isStopped = suppressed !== null || last.status === 'complained';
  const isInDoubt = ['failed', 'unknown', 'bounced'].includes(last.status);
  if (isWaiting)
    return (
      (isStopped || isInDoubt) && `To correct the address before the key comes: ${resend} --email ADDRESS`
    );
  if (isStopped) return `To send it to another address: ${resend} --email ADDRESS`;
  return isInDoubt && `To send it again: ${resend} [--email ADDRESS]`;
}

function suppressionText({ reason, since, detail }: NonNullable<OrderPage['suppressed']>): string {
  const words = suppressionWords({ reason, since: new Date(since) });
  return `goes to this address: one ${words.reason} on ${words.day}${detail === '' ? '' : ` (${detail})`}`;
}

function byTime(a: { createdAt: string }, b: { createdAt: string }): number {
  return a.createdAt < b.createdAt ? -1 : 1;
}

function keysTable(cli: { isTerminal: boolean }, page: OrderPage): string {
  const headings = ['KEY ID', 'KEY', 'SKU', 'STATUS', 'ASSIGNED'].map((heading) => ({ heading }));
  const rows = page.keys.map((key) => [
    String(key.keyId),
    key.masked,
    key.sku,
    key.assignedAt === null && key.status === 'assigned' ? 'held' : key.status,
    minute(key.assignedAt),
  ]);
  return table(cli, headings, rows);
}

function messagesTable(cli: { isTerminal: boolean }, page: OrderPage): string {
  const headings = ['MESSAGE', 'KIND', 'TO', 'STATUS', 'TRIES', 'LAST ANSWER'].map((heading) => ({
    heading,
  }));
  const rows = page.messages.map((message) => [
    message.messageId,
    message.kind,
    message.recipient,
    message.status,
    String(message.attempts),
    message.lastError ?? message.lastCode ?? '–',
  ]);
  return table(cli, headings, rows);
}

function timelineTable(cli: { isTerminal: boolean }, page: OrderPage): string {
  const headings = ['WHEN (UTC)', 'WHO', 'WHAT', 'WHY'].map((heading) => ({ heading }));
  return table(
    cli,
    headings,
    page.timeline.map((entry) => [minute(entry.at), whoOf(entry), whatOf(entry), whyOf(entry)]),
  );
}

function whoOf({ who, whoName }: TimelineEntry): string {
  return whoName === null ? who : `${whoName} (${who})`;
}

function whatOf(entry: TimelineEntry): string {
  const kind = entry.refs['replayOf'] === undefined ? entry.kind : 'replay';
  const word = kind === 'audit' ? entry.what : `${kind} ${entry.what}`;
  return entry.from !== null && entry.to !== null && entry.from !== entry.to
    ? `${word} (${entry.from} → ${entry.to})`
    : word;
}

function whyOf(entry: TimelineEntry): string {
  const found = [
    entry.emailAt !== null && `e-mail at ${entry.emailAt}`,
    entry.couponAt !== null && `coupon at ${entry.couponAt}`,
  ];
  return [entry.why, ...found].filter((part) => part !== false && part !== '').join('; ');
}

function minute(iso: string | null): string {
  return iso === null ? '–' : iso.slice(0, 19).replace('T', ' ');
}
