import type { Clock } from '../clock.ts';
import { moment } from '../mail/words.ts';
import type { Log } from '../log.ts';
import type { NewAlert } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { placeOf } from './place.ts';

/** WP-Cron runs when somebody visits: a quiet night is no reason for a mail. */
const TELL_AFTER_MS = 24 * 60 * 60_000;

/** The hourly look at sites that have sent lists before and send none: one mail per silence. Answers how many are told. */
export async function checkSilence(deps: {
  store: Store;
  clock: Clock;
  log: Log;
  onAlerts(): void;
}): Promise<number> {
  const rows = await deps.store.listReconciles({ silentAfterMs: TELL_AFTER_MS });
  const silent = rows.filter(({ isSilent, silenceToldAt }) => isSilent && silenceToldAt === null);
  if (silent.length === 0) return 0;
  await deps.store.transaction(async (tx) => {
    for (const { site, source } of silent) await tx.noteSilence({ site, source });
    await tx.insertAlerts({
      alerts: silent.map(({ site, source, lastAt }): NewAlert => ({
        kind: 'silent_site',
        orderId: null,
        sku: null,
        detail: `${placeOf({ site, source })}: the last list came ${moment(lastAt)}`,
        createdAt: deps.clock.now(),
      })),
    });
  });
  for (const { site, source, lastAt } of silent) deps.log.warn('drift.silent', { site, source, lastAt });
  deps.onAlerts();
  return silent.length;
}
