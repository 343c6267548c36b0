import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERT_KINDS } from '../../server/store/rows.ts';
import type { OrderRow } from '../../server/store/rows.ts';
import type { Verbs } from '../../server/store/store.ts';
import { engines } from '../support/engines.ts';
import {
  aMessage,
  aMailEvent,
  anAlert,
  anOrder,
  assign,
  changed,
  freeKeys,
  ids,
  inKeyOrder,
  inWords,
  storedOrders,
  the,
  unique,
  uuid,
} from './exercise/world.ts';
import type { StoredKeys } from './exercise/world.ts';
import type { Plan } from './explain-plan.ts';
import { openFresh } from './open-fresh.ts';
import { analyze, plansOf as plansOfVerb } from './plans-of.ts';
import { openRaw } from './raw.ts';
import type { Raw } from './raw.ts';

const KEYS_OF_A_SKU = 10_000;
const ORDERS = 5000;
const LIMIT = 32;

// What is locked is what the plan reads: a sort or a scan in a claim locks keys that other buyers could have had.
describe.each(engines())('plans on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openFresh>>;
  let raw: Raw;
  let skus: StoredKeys[];
  let orders: OrderRow[];

  beforeAll(async () => {
    opened = await openFresh(engine);
    raw = await openRaw(engine, opened.url);
    const { store } = opened;
    orders = await storedOrders(
      store,
      Array.from({ length: ORDERS }, (_, nth) =>
        anOrder({ email: `buyer-${nth}@example.test`, status: 'fulfilled' }),
      ),
    );
    skus = [await freeKeys(store, KEYS_OF_A_SKU), await freeKeys(store, KEYS_OF_A_SKU)];
    for (const { ids: keyIds } of skus) {
      const sold = keyIds.slice(0, KEYS_OF_A_SKU / 2);
      await store.transaction(async (tx) => {
        for (const [nth, order] of orders.entries()) await assign(tx, sold.slice(nth, nth + 1), order);
      });
      const rows = keyIds.map((keyId) => ({
        keyId,
        importId: uuid(),
        tail: String(keyId).padStart(4, '0').slice(-4),
      }));
      await store.insertImportedKeys({ rows });
    }
    const messages = orders.map((order) => aMessage({ orderId: order.id }));
    await store.insertMessages({ messages });
    await store.withdrawMessages({ ids: messages.slice(100).map((message) => message.id) });
    const alternates = orders.map((order) => ({
      orderId: order.id,
      email: `other-${order.id}@example.test`,
    }));
    await store.insertAlternates({ rows: alternates });
  });
  afterAll(async () => {
    await raw.end();
    await opened.drop();
  });

  const plansOf = (work: (tx: Verbs) => Promise<unknown>) => plansOfVerb({ store: opened.store, raw }, work);
  async function analyzeTables(): Promise<void> {
    const tables = [
      'license_keys',
      'orders',
      'order_alternates',
      'messages',
      'mail_events',
      'alerts',
      'key_tails',
    ];
    await analyze({ store: opened.store, raw }, tables);
  }
  function expectIndexed(plans: Plan[], ...indexes: string[]): void {
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(plan.scans, plan.text).toEqual([]);
    const used = new Set(plans.flatMap((plan) => plan.indexes));
    for (const index of indexes) expect(used, plans.map((plan) => plan.text).join('\n')).toContain(index);
  }
  const primary = (table: string) => (engine === 'postgres' ? `${table}_pkey` : 'PRIMARY');

  describe.each(['as the import left them', 'with fresh statistics'])('of claims, %s', (when) => {
    beforeAll(async () => {
      if (when === 'with fresh statistics') await analyzeTables();
    });
    const claims: [string, (tx: Verbs, keys: StoredKeys) => Promise<unknown>][] = [
      ['claimKeys', (tx, { sku }) => tx.claimKeys({ sku, limit: LIMIT, afterId: 0 })],
      [
        'claimKeys after a watermark',
        (tx, { sku, ids: keyIds }) =>
          tx.claimKeys({ sku, limit: LIMIT, afterId: the(keyIds[KEYS_OF_A_SKU / 2 + 50]) }),
      ],
      ['claimKeysPatiently', (tx, { sku }) => tx.claimKeysPatiently({ sku, limit: LIMIT, waitMs: 5000 })],
      ['recentAssignments', (tx, { sku }) => tx.recentAssignments({ sku, limit: LIMIT })],
    ];
    it.each(claims)(
      '%s reads the claim index in order: no sort, no more rows than asked',
      async (_, claim) => {
        for (const keys of skus) {
          const plans = (await plansOf((tx) => claim(tx, keys))).filter((plan) => plan.indexes.length > 0);
          expect(plans).toHaveLength(1);
          const plan = the(plans[0]);
          expect(plan.indexes, plan.text).toEqual(['license_keys_claim']);
          expect(plan.sorts, plan.text).toBe(false);
          expect(plan.scans, plan.text).toEqual([]);
          expect(plan.rowsRead, plan.text).toBeGreaterThan(0);
          expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(LIMIT);
        }
      },
    );
  });

  describe('of the other verbs', () => {
    beforeAll(analyzeTables);
    const some = () => orders.slice(1000, 1000 + LIMIT);

    it('findKeysOfOrders reads no more than the keys of the orders', async () => {
      const plans = await plansOf((tx) => tx.findKeysOfOrders({ orderIds: some().map(inWords) }));
      expectIndexed(plans, 'license_keys_order');
      for (const plan of plans) expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(2 * LIMIT);
    });
    it('lockKeysOfOrders locks no more than the keys of the orders', async () => {
      const plans = await plansOf((tx) => tx.lockKeysOfOrders({ orderIds: some().map(inWords) }));
      expectIndexed(plans, 'license_keys_order');
      for (const plan of plans) expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(2 * LIMIT);
    });
    it.each([1, 8])('findOrders reads %i bookings by their unique key', async (count) => {
      const plans = await plansOf((tx) => tx.findOrders({ keys: orders.slice(0, count) }));
      expectIndexed(plans, 'orders_booking');
      for (const plan of plans) expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(count);
    });
    it('listRecentOrders reads the orders of that time alone, however many a site has', async () => {
      const recent = { sinceMs: 7_200_000, untilMs: 600_000, after: 0, upto: null, limit: 5000 };
      const fresh = Array.from({ length: LIMIT }, () =>
        anOrder({ externalId: unique('9'), createdAt: new Date(Date.now() - 3_600_000) }),
      );
      await storedOrders(opened.store, fresh);
      const plans = await plansOf((tx) => tx.listRecentOrders({ site: '', source: 'amelia', ...recent }));
      expectIndexed(plans, 'orders_by_time');
      for (const plan of plans) expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(LIMIT);
    });
    it('findDrift and findPassed read bookings by their primary key', async () => {
      const bookings = inKeyOrder(
        orders.map(({ site, externalId }) => ({ site, source: 'amelia' as const, externalId })),
      );
      const keys = bookings.slice(0, 8);
      await opened.store.saveDrift({ keys: bookings, kind: 'lacking', state: 'noted' });
      await opened.store.savePassed({ rows: bookings.map((booking) => ({ ...booking, rev: 1 })) });
      for (const table of ['booking_drift', 'passed_bookings']) {
        await analyze({ store: opened.store, raw }, [table]);
        const plans = await plansOf((tx) =>
          table === 'booking_drift' ? tx.findDrift({ keys, minAgeMs: 0 }) : tx.findPassed({ keys }),
        );
        expectIndexed(plans, primary(table));
        for (const plan of plans) expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(LIMIT);
      }
    });
    it('findKeysByText reads keys by their unique text', async () => {
      const texts = the(skus[0]).texts.slice(0, LIMIT);
      expectIndexed(await plansOf((tx) => tx.findKeysByText({ keys: texts })), 'license_keys_text');
    });
    it('lockOrders locks orders by their primary key, and no others', async () => {
      const plans = await plansOf((tx) => tx.lockOrders({ ids: ids(some()) }));
      expectIndexed(plans, primary('orders'));
      for (const plan of plans) expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(LIMIT);
    });
    it('assignKeys writes keys by their primary key, and touches no others', async () => {
      const keyIds = the(skus[0]).ids.slice(0, LIMIT);
      for (const count of [1, LIMIT]) {
        const plans = await plansOf((tx) => assign(tx, keyIds.slice(0, count), the(orders[0])));
        expectIndexed(plans, primary('license_keys'));
      }
    });
    it('updateOrders writes orders by their primary key, and touches no others', async () => {
      for (const rows of [some(), some().slice(0, 1)]) {
        const plans = await plansOf((tx) => tx.updateOrders({ orders: rows.map((row) => changed(row)) }));
        expectIndexed(plans, primary('orders'));
      }
    });
    it('lockDueMessages reads the index of due times in order, and no more than asked', async () => {
      const plans = await plansOf((tx) => tx.lockDueMessages({ priority: 0, limit: LIMIT }));
      expectIndexed(plans, 'messages_due');
      for (const plan of plans) {
        expect(plan.sorts, plan.text).toBe(false);
        expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(LIMIT);
      }
    });
    it('lastRefusals reads no message that is at rest', async () => {
      const plans = await plansOf((tx) => tx.lastRefusals({ limit: 5 }));
      expectIndexed(plans, 'messages_due');
      for (const plan of plans) expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(100);
    });
    it('messages that are locked, settled, postponed or withdrawn are found by their primary key', async () => {
      const rows = await opened.store.findMessagesOfOrders({ orderIds: ids(some()) });
      const messageIds = rows.map((row) => row.id);
      expect(messageIds).toHaveLength(LIMIT);
      const end = { status: 'failed' as const, lastCode: '550', lastError: null, acceptedAt: null };
      const verbs: ((tx: Verbs) => Promise<unknown>)[] = [
        (tx) => tx.lockMessages({ ids: messageIds }),
        (tx) => tx.settleMessages({ ids: messageIds, isTry: true, retryInMs: null, ...end }),
        (tx) => tx.postponeMessages({ ids: messageIds, byMs: 0 }),
        (tx) => tx.withdrawMessages({ ids: messageIds }),
      ];
      for (const work of verbs) {
        const plans = await plansOf(work);
        expectIndexed(plans, primary('messages'));
        for (const plan of plans) expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(LIMIT);
      }
    });
    it('findMailEvents reads the index of messages', async () => {
      const messageIds = orders.map(() => uuid());
      await opened.store.insertMailEvents({
        events: messageIds.map((messageId) => aMailEvent({ messageId })),
      });
      await analyzeTables();
      const plans = await plansOf((tx) => tx.findMailEvents({ messageIds: messageIds.slice(0, LIMIT) }));
      expectIndexed(plans, 'mail_events_by_message');
      for (const plan of plans) expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(LIMIT);
    });

    describe.each(['by statistics from before', 'with fresh statistics'])('of untold alerts, %s', (when) => {
      beforeAll(async () => {
        if (when === 'with fresh statistics') return analyzeTables();
        await opened.store.insertAlerts({ alerts: orders.map(() => anAlert({ kind: 'attention' })) });
        const all = { kinds: ALERT_KINDS, limit: ORDERS };
        await opened.store.transaction(async (tx) =>
          tx.markAlertsTold({ ids: ids(await tx.lockUntoldAlerts(all)), messageId: uuid() }),
        );
        await analyzeTables();
        const kinds = ['attention', 'out_of_stock', 'mail_failed', 'mail_bounced'] as const;
        const untold = Array.from({ length: LIMIT }, (_, nth) => anAlert({ kind: the(kinds[nth % 4]) }));
        await opened.store.insertAlerts({ alerts: untold });
      });
      it.each([1, 3, 2000])('lockUntoldAlerts reads the untold alone, for at most %i', async (limit) => {
        const kinds = ['mail_failed', 'mail_bounced', 'mail_complained'] as const;
        const plans = await plansOf((tx) => tx.lockUntoldAlerts({ kinds, limit }));
        expectIndexed(plans, 'alerts_by_message');
        for (const plan of plans) {
          expect(plan.sorts, plan.text).toBe(false);
          expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(LIMIT);
        }
      });
    });
  });
});
