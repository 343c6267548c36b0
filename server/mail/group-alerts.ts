import { orderLinks } from './link.ts';
import type { AlertKind, AlertRow } from '../store/rows.ts';

type Alert = Pick<AlertRow, 'kind' | 'orderId' | 'sku' | 'detail'>;

interface AlertGroup {
  title: string;
  advice: string;
  /** To be typed, after the advice. */
  commands: { command: string }[];
  /** One per distinct sentence; `orders` is empty when no order is concerned, `link` unless it is one. */
  rows: { detail: string; orders: { orderIds: string }[]; link: ReturnType<typeof orderLinks> }[];
  /** Orders beyond the rows, all named, or nothing. */
  more: { rest: string }[];
}

const MAX_SENTENCE = 300;

interface Words {
  title: string;
  /** Names no command: those are set apart below it, so that they can be copied. */
  advice: string;
  commands: string[];
}

const SHOW = 'npx keybank orders show ORDER';
const RESEND = 'npx keybank orders resend ORDER --reason TEXT --email ADDRESS';

const WORDS: Readonly<Record<AlertKind, Words>> = {
  out_of_stock: {
    title: 'Out of stock',
    advice: 'Import keys. Waiting orders are then served by themselves, oldest first.',
    commands: ['npx keybank keys import FILE --sku SKU'],
  },
  attention: {
    title: 'Needs a decision',
    advice:
      'These bookings cannot be served until a person looks. Where a course is not mapped, mapping it to a product serves them all.',
    commands: [SHOW, 'npx keybank products map --help'],
  },
  conflict: {
    title: 'Conflicting bookings',
    advice: 'A served booking was sent again with other contents; nothing was moved. Compare them.',
    commands: [SHOW],
  },
  cancelled_seen: {
    title: 'Cancelled after the key went out',
    advice:
      'The key stays assigned. Revoke it with its issuer if you want it back; the order says which it is.',
    commands: [SHOW],
  },
  mail_failed: {
    title: 'Mail not delivered',
    advice:
      'The buyer may not have it. Send it again; --email corrects the address, also of an order that waits for stock.',
    commands: [RESEND],
  },
  mail_bounced: {
    title: 'Mail came back',
    advice: 'The buyer does not have it. Send it again to another address.',
    commands: [RESEND],
  },
  mail_complained: {
    title: 'Mail marked as spam',
    advice:
      'No mail goes to that address any more. If the buyer still needs the key, send it to another address.',
    commands: [RESEND],
  },
  unreadable: {
    title: 'Unreadable delivery',
    advice: 'The raw delivery is kept. It can be read once more.',
    commands: ['npx keybank deliveries replay DELIVERY --reason TEXT'],
  },
  unknown_order: {
    title: 'Unknown to WordPress',
    advice:
      'These bookings are not in the WordPress that they claim to come from, or were not at first: they may be forged, or ' +
      'WordPress was restored from a backup, or somebody sent a sample. Look in the booking plugin, and here. If a booking ' +
      'is forged, revoke its key, change KEYBANK_WEBHOOK_TOKEN and set KEYBANK_SIGNING_SECRET.',
    commands: [SHOW],
  },
  lacking_booking: {
    title: 'Did not arrive from WordPress',
    advice:
      'The plugin has sent these bookings again, and what WordPress says of them still does not stand here. Look at Tools → Key Bank in WordPress for the last ' +
      'error, and send them again, on the machine of WordPress.',
    commands: ['wp keybank retry'],
  },
  silent_site: {
    title: 'A site has gone silent',
    advice:
      'Its plugin sends a list of bookings every hour, and none came for a day: new bookings may not arrive either. Look at ' +
      'Tools → Key Bank in WordPress, and here when each site was heard of last.',
    commands: ['npx keybank sites'],
  },
};

/**
 * Many alerts, few paragraphs: by kind in order of first appearance, equal sentences joined, every order named. At most
 * `maxRows` sentences over all groups are told in full.
 */
export function groupAlerts(alerts: readonly Alert[], publicUrl: string, maxRows: number): AlertGroup[] {
  const kinds = gather(alerts, (alert) => alert.kind);
  const rowsEach = Math.floor(maxRows / Math.max(1, kinds.size));
  return [...kinds].map(([kind, ofKind]) => {
    const sentences = [...gather(ofKind, sentence)];
    const rest = sentences.slice(rowsEach).flatMap(([, same]) => same);
    return {
      title: ofKind.length === 1 ? WORDS[kind].title : `${WORDS[kind].title} (${ofKind.length})`,
      advice: WORDS[kind].advice,
      commands: WORDS[kind].commands.map((command) => ({ command })),
      rows: sentences.slice(0, rowsEach).map(([detail, same]) => {
        const ids = orderIds(same, detail);
        return { detail, orders: ids ? [{ orderIds: ids }] : [], link: onlyOrder(same, publicUrl) };
      }),
      more:
        rest.length > 0
          ? [{ rest: `And ${rest.length} more: ${orderIds(rest) || 'the log names them'}` }]
          : [],
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

function onlyOrder(alerts: readonly Alert[], publicUrl: string): ReturnType<typeof orderLinks> {
  const ids = [...new Set(alerts.map(({ orderId }) => orderId))];
  return ids.length === 1 ? orderLinks(publicUrl, ids[0] ?? null) : [];
}

/** Those that the sentence above them has named already are left out. */
function orderIds(alerts: readonly Alert[], said = ''): string {
  const words = new Set(said.split(/[\s,;()]+/).map((word) => word.replace(/[.:]+$/, '')));
  const ids = alerts.flatMap(({ orderId }) => (orderId === null || words.has(orderId) ? [] : [orderId]));
  return [...new Set(ids)].join(', ');
}
