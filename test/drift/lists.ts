import { reconcile, type BookingList, type Drift } from '../../server/drift/reconcile.ts';
import { siteStates } from '../../server/drift/sites.ts';
import { silentLog, type Log } from '../../server/log.ts';
import type { AlertRow } from '../../server/store/rows.ts';
import { systemTimers } from '../../server/timers.ts';
import { openRaw } from '../store/raw.ts';
import type { EngineName } from '../support/engines.ts';
import { booking, openWorld } from '../support/world.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const REV = 1_795_404_307;

/** A booking of a list: its id alone is approved, at the usual revision. */
export type Named = string | [id: string, rev: number, status?: 'off'];

/** A world with a stock, and a site that sends its lists. */
export async function openLists(engine: EngineName) {
  const world = await openWorld(engine);
  const raw = await openRaw(engine, world.url);
  await world.map('1', 'COURSE-A');
  await world.stock('COURSE-A', 100);
  let alarms = 0;
  const logged: { event: string; fields: Record<string, unknown> }[] = [];
  const log: Log = {
    ...silentLog,
    warn: (event, fields) => void logged.push({ event, fields: { ...fields } }),
  };
  const deps = {
    store: world.store,
    clock: { now: () => new Date() },
    timers: systemTimers,
    random: Math.random,
    log,
    onAlerts: () => void (alarms += 1),
  };
  return {
    world,
    raw,
    deps,
    logged,
    alarms: () => alarms,
    list: (ids: Named[], about: Partial<BookingList> = {}): Promise<Drift> =>
      reconcile(deps, {
        site: '',
        source: 'amelia',
        plugin: '0.1.0',
        after: 0,
        upto: null,
        bookings: ids.map((one) =>
          typeof one === 'string'
            ? { id: one, rev: REV, isOff: false }
            : { id: one[0], rev: one[1], isOff: one[2] === 'off' },
        ),
        ...about,
      }),
    /** An order that this side made so long ago. */
    async sold(
      externalId: string,
      agoMs = HOUR,
      about: { rev?: number | null; status?: 'pending' } = {},
    ): Promise<void> {
      world.clock.ahead(-agoMs);
      await world.send(booking({ externalId, rev: REV, ...about }));
      world.clock.ahead(agoMs);
    },
    alerts: (kind: AlertRow['kind']): Promise<AlertRow[]> =>
      world.store.transaction((tx) => tx.lockUntoldAlerts({ kinds: [kind], limit: 10_000 })),
    async trail(externalId: string): Promise<string[]> {
      const lines = await world.store.findAudit({ subject: `order:${(await world.order(externalId))?.id}` });
      return lines.filter((line) => line.actor === 'reconcile').map((line) => line.action);
    },
    state: async () => (await siteStates(world)).find((one) => one.site === '' && one.source === 'amelia'),
    age: (table: string, column: string, hours: number, where = '1 = 1') =>
      raw.rows(
        engine === 'postgres'
          ? `UPDATE ${table} SET ${column} = ${column} - interval '${hours} hours' WHERE ${where}`
          : `UPDATE ${table} SET ${column} = ${column} - INTERVAL ${hours} HOUR WHERE ${where}`,
      ),
    async close(): Promise<void> {
      await raw.end();
      await world.close();
    },
  };
}
