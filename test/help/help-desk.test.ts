import { describe, expect, test } from 'vitest';
import { openHelpDesk } from '../../server/help/help-desk.ts';
import { newUuid } from '../../server/ids.ts';
import type { Log } from '../../server/log.ts';
import { engines } from '../support/engines.ts';
import { deferred } from '../store/exercise/deferred.ts';
import { openDesk } from '../support/desk.ts';
import { openWorld } from '../support/world.ts';

describe('the help desk', () => {
  test('works one by one, is full at some time, survives a fault, and is idle when all is done', async () => {
    const world = await openWorld(engines()[0] ?? 'postgres');
    try {
      const faults: unknown[] = [];
      const log: Log = {
        info: () => {},
        warn: () => {},
        error: (_event, fields) => void faults.push(fields),
      };
      const opened = deferred<null>();
      let [asked, atOnce, most] = [0, 0, 0];
      const listSites = async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await opened.promise;
        atOnce -= 1;
        asked += 1;
        if (asked === 1) throw new Error('buyer@example.test');
        return [];
      };
      const store = { ...world.store, listSites };
      const desk = openHelpDesk({ ...openDesk(world, { store }).deps, log });
      for (let nth = 0; !desk.isFull(); nth += 1) desk.take({ email: 'a@example.test', booking: newUuid() });
      opened.resolve(null);
      await desk.idle();
      expect([asked, most, desk.isFull()]).toEqual([200, 1, false]);
      expect(faults).toEqual([expect.objectContaining({ job: 'help' })]);
      expect(JSON.stringify(faults)).not.toContain('example.test');
    } finally {
      await world.close();
    }
  });
});
