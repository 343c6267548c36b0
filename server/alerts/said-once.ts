import type { AlertRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

/** Open alerts of a kind among which older ones are looked for; beyond, the minute job finds them. */
const LOOK = 200;

type Saying = Pick<AlertRow, 'kind' | 'orderId' | 'sku' | 'detail'>;

/**
 * Of alerts that say the same of the same matter, as reading a delivery again may raise them, only the first that is asked
 * about counts: the newest, as lists begin with it.
 */
export function saidOnce(): (alert: Saying) => boolean {
  const said = new Set<string>();
  return (alert) => {
    const words = wordsOf(alert);
    if (said.has(words)) return false;
    said.add(words);
    return true;
  };
}

/** The open alerts that say what one of these says; those themselves are not among them. */
export async function saidBefore(
  store: Pick<Store, 'listOpenAlerts'>,
  alerts: readonly AlertRow[],
): Promise<AlertRow[]> {
  const said = new Set(alerts.map(wordsOf));
  const own = new Set(alerts.map(({ id }) => id));
  const before: AlertRow[] = [];
  for (const kind of new Set(alerts.map((alert) => alert.kind)))
    before.push(...(await store.listOpenAlerts({ kind, beforeId: Number.MAX_SAFE_INTEGER, limit: LOOK })));
  return before.filter((alert) => !own.has(alert.id) && said.has(wordsOf(alert)));
}

function wordsOf({ kind, orderId, sku, detail }: Saying): string {
  return JSON.stringify([kind, orderId, sku, detail]);
}
