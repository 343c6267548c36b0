import type { Log } from '../log.ts';
import { faultFields } from '../log.ts';
import { fillWaiting, type FillDeps } from './fill-waiting.ts';

/** Keys came free (an import, a release), or an order began to wait: both sides commit first, then look. */
export interface Restock {
  /** Fills waiting orders of these products; resolves with the orders served, in words. */
  fill(skus: Iterable<string>): Promise<string[]>;
}

/**
 * One filler per product and process: a call that comes while one runs makes it look once more when it is through, so
 * that no wake-up is lost and no crowd of fillers forms.
 */
export function createRestock(deps: FillDeps & { log: Log; onServed(): void }): Restock {
  const running = new Map<string, Promise<string[]>>();
  const next = new Map<string, Promise<string[]>>();

  async function look(sku: string): Promise<string[]> {
    try {
      const [stock] = await deps.store.countAvailable({ skus: [sku] });
      if (!stock || stock.available === 0) return [];
      deps.claimer.reset([sku]);
      const served = await fillWaiting(deps, { sku });
      if (served.length > 0) deps.onServed();
      return served;
    } catch (error) {
      deps.log.error('job.fault', { job: 'fill', ...faultFields(error) });
      return [];
    }
  }

  function start(sku: string): Promise<string[]> {
    const run = look(sku).finally(() => running.delete(sku));
    running.set(sku, run);
    return run;
  }

  function fillOne(sku: string): Promise<string[]> {
    const current = running.get(sku);
    if (!current) return start(sku);
    const queued = next.get(sku);
    if (queued) return queued;
    const after = current.then(() => {
      next.delete(sku);
      return start(sku);
    });
    next.set(sku, after);
    return after;
  }

  return {
    async fill(skus) {
      const served = await Promise.all([...new Set(skus)].sort().map(fillOne));
      return served.flat();
    },
  };
}
