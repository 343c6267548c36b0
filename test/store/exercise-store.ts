import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exerciseAlerts } from './exercise/alerts.ts';
import { exerciseAudit } from './exercise/audit.ts';
import { exerciseDeliveries } from './exercise/deliveries.ts';
import { exerciseDrift } from './exercise/drift.ts';
import type { OpenedStore, VerbName } from './exercise/exercise.ts';
import { exerciseHolds } from './exercise/holds.ts';
import { exerciseImports } from './exercise/imports.ts';
import { exerciseInstances } from './exercise/instances.ts';
import { exerciseJobs } from './exercise/jobs.ts';
import { exerciseKeys } from './exercise/keys.ts';
import { exerciseLifecycle } from './exercise/lifecycle.ts';
import { exerciseLookups } from './exercise/lookups.ts';
import { exerciseMailEvents } from './exercise/mail-events.ts';
import { exerciseMessageLists } from './exercise/message-lists.ts';
import { exerciseMessages } from './exercise/messages.ts';
import { exerciseOrders } from './exercise/orders.ts';
import { exerciseProducts } from './exercise/products.ts';
import { exercisePromises } from './exercise/promises.ts';
import { exercisePurchases } from './exercise/purchases.ts';
import { exerciseSessions } from './exercise/sessions.ts';
import { exerciseSitesAndStaff } from './exercise/sites-and-staff.ts';
import { exerciseStock } from './exercise/stock.ts';
import { exerciseTurns } from './exercise/turns.ts';

/**
 * What every store must do, whatever database is behind it. `openFresh` gives a store on a new, migrated database; the
 * suite shares one among its tests, and takes another where a test counts everything there is.
 */
export function exerciseStore(name: string, openFresh: () => Promise<OpenedStore>): void {
  describe(`the store on ${name}`, () => {
    const covered: VerbName[] = [];
    const stores: OpenedStore[] = [];
    const openAndRemember = async () => {
      const fresh = await openFresh();
      stores.push(fresh);
      return fresh;
    };
    const opened = () => {
      const [first] = stores;
      if (!first) throw new Error('the store is opened before the first test');
      return first;
    };
    const store = () => opened().store;
    const verb = (verbName: VerbName, tests: () => void) => {
      covered.push(verbName);
      describe(verbName, tests);
    };

    beforeAll(openAndRemember);
    afterAll(async () => {
      await Promise.all(stores.map((each) => each.drop()));
    });

    const exercise = { verb, store, opened, openFresh: openAndRemember };
    exerciseAlerts(exercise);
    exerciseAudit(exercise);
    exerciseDeliveries(exercise);
    exerciseDrift(exercise);
    exerciseHolds(exercise);
    exerciseImports(exercise);
    exerciseInstances(exercise);
    exerciseJobs(exercise);
    exerciseKeys(exercise);
    exerciseLifecycle(exercise);
    exerciseLookups(exercise);
    exerciseMailEvents(exercise);
    exerciseMessageLists(exercise);
    exerciseMessages(exercise);
    exerciseOrders(exercise);
    exerciseProducts(exercise);
    exercisePromises(exercise);
    exercisePurchases(exercise);
    exerciseSessions(exercise);
    exerciseSitesAndStaff(exercise);
    exerciseStock(exercise);
    exerciseTurns(exercise);

    it('covers every verb of the store, once', () => {
      const verbs = Object.entries(store()).flatMap(([key, value]) =>
        typeof value === 'function' ? [key] : [],
      );
      expect(covered.toSorted()).toEqual(verbs.toSorted());
      expect(new Set(covered).size).toBe(covered.length);
    });
  });
}
