import type { AlertKind, AlertRow } from '../store/rows.ts';

type Alert = Pick<AlertRow, 'kind' | 'orderId' | 'sku' | 'detail'>;

interface AlertGroup {
  title: string;
  advice: string;
  /** One per distinct sentence; `orders` is empty when no order is concerned. */
  rows: { detail: string; orders: { orderIds: string }[] }[];
  /** Orders beyond the rows, all named, or nothing. */
  more: { rest: string }[];
}

/** Rows shown in full, over all groups; the rest is named in one line, since Gmail cuts a mail at 102 KB. */
const MAX_ROWS = 50;
const MAX_SENTENCE = 300;

const WORDS: Readonly<Record<AlertKind, { title: string; advice: string }>> = {
  out_of_stock: {
    title: 'Out of stock',
    advice: 'Import keys: waiting orders are then served by themselves, oldest first.',
  },
  attention: { title: 'Needs a decision', advice: 'These bookings cannot be served until a person looks.' },
  conflict: {
    title: 'Conflicting bookings',
    advice: 'A served booking was sent again with other contents; nothing was moved.',
  },
  cancelled_seen: {
    title: 'Cancelled after the key went out',
    advice: 'The key stays assigned. Revoke it with its issuer if you want it back.',
  },
  mail_failed: {
    title: 'Mail not delivered',
    advice: 'The key is assigned, but the buyer may not have it. Correct the address and send it again.',
  },
  unreadable: { title: 'Unreadable delivery', advice: 'The raw delivery is kept and can be replayed.' },
};

/** Many alerts, few paragraphs: by kind in order of first appearance, equal sentences joined, every order named. */
export function groupAlerts(alerts: readonly Alert[]): AlertGroup[] {
  const kinds = gather(alerts, (alert) => alert.kind);
  const maxRows = Math.floor(MAX_ROWS / Math.max(1, kinds.size));
  return [...kinds].map(([kind, ofKind]) => {
    const sentences = [...gather(ofKind, sentence)];
    const rest = sentences.slice(maxRows).flatMap(([, same]) => same);
    return {
      title: ofKind.length === 1 ? WORDS[kind].title : `${WORDS[kind].title} (${ofKind.length})`,
      advice: WORDS[kind].advice,
      rows: sentences.slice(0, maxRows).map(([detail, same]) => {
        const ids = orderIds(same);
        return { detail, orders: ids ? [{ orderIds: ids }] : [] };
      }),
      more:
        rest.length > 0 ? [{ rest: `And ${rest.length} more: ${orderIds(rest) || 'see the console'}` }] : [],
    };
  });
}

/** Map.groupBy, which Node 20 lacks. */
function gather<K>(alerts: readonly Alert[], keyOf: (alert: Alert) => K): Map<K, Alert[]> {
  const groups = new Map<K, Alert[]>();
  for (const alert of alerts) {
    const group = groups.get(keyOf(alert));
    if (group) group.push(alert);
    else groups.set(keyOf(alert), [alert]);
  }
  return groups;
}

function sentence({ sku, detail }: Alert): string {
  return (sku && !detail.includes(sku) ? `${sku}: ${detail}` : detail).slice(0, MAX_SENTENCE);
}

function orderIds(alerts: readonly Alert[]): string {
  return [...new Set(alerts.flatMap((alert) => (alert.orderId === null ? [] : [alert.orderId])))].join(', ');
}
