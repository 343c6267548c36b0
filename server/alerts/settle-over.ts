import type { Clock } from '../clock.ts';
import { ALERT_KINDS, type AlertKind } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { readAlertFacts } from './alert-facts.ts';
import { isOver } from './is-over.ts';
import { saidOnce } from './said-once.ts';

const PAGE = 200;
/** Pages per kind and run; where more alerts are open, the next run goes on. */
const PAGES = 10;

/**
 * The minute job that settles alerts whose matter has settled itself or that a newer one says again, so that those that are
 * open stay few. Answers how many it settled.
 */
export function createSettleOver(deps: { store: Store; clock: Clock }): () => Promise<number> {
  /** Where the next run goes on, by kind; a kind that was read through begins anew. */
  const places = new Map<AlertKind, number>();

  async function settleKind(kind: AlertKind): Promise<number> {
    let settled = 0;
    const isFirst = saidOnce();
    for (let pages = 0; pages < PAGES; pages += 1) {
      const beforeId = places.get(kind) ?? Number.MAX_SAFE_INTEGER;
      const alerts = await deps.store.listOpenAlerts({ kind, beforeId, limit: PAGE });
      const nowOf = await readAlertFacts(deps.store, alerts);
      const ids = alerts
        .filter((alert) => isOver(alert, nowOf(alert)) || !isFirst(alert))
        .map(({ id }) => id);
      await deps.store.settleAlerts({ ids, by: 'job', at: deps.clock.now() });
      settled += ids.length;
      const last = alerts.at(-1);
      if (!last || alerts.length < PAGE) {
        places.delete(kind);
        return settled;
      }
      places.set(kind, last.id);
    }
    return settled;
  }

  return async () => {
    let settled = 0;
    for (const kind of ALERT_KINDS) settled += await settleKind(kind);
    return settled;
  };
}
