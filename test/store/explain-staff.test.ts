import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verbs } from '../../server/store/store.ts';
import { engines } from '../support/engines.ts';
import {
  aDelivery,
  aMessage,
  anAlert,
  anAuditLine,
  anOrder,
  assign,
  AT,
  freeKeys,
  ids,
  storedOrders,
  the,
  uuid,
} from './exercise/world.ts';
import type { Plan } from './explain-plan.ts';
import { openFresh } from './open-fresh.ts';
import { analyze, plansOf } from './plans-of.ts';
import { openRaw, type Raw } from './raw.ts';

// Tables as years of selling leave them: what staff ask for is little, and lies among much that is done.
const MANY = 12_000;
const FEW = 120;
const LIMIT = 25;
const NEWEST = { beforeId: Number.MAX_SAFE_INTEGER, limit: LIMIT };
const NO_FILTER = { source: null, site: null, since: null, until: null, replays: true };
const EVERY_LINE = { subject: null, actor: null, action: null, since: null, until: null, before: null };
const NO_WORDS = { emails: [], coupons: [], names: [] };
const IMPORT = uuid();

const later = (ms: number) => new Date(AT.getTime() + ms);
const times = <T>(count: number, make: (nth: number) => T) =>
  Array.from({ length: count }, (_, nth) => make(nth));
const chunksOf = <T>(rows: T[]) =>
  times(Math.ceil(rows.length / 5000), (nth) => rows.slice(nth * 5000, nth * 5000 + 5000));

describe.each(engines())('plans of what staff ask for, on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openFresh>>;
  let raw: Raw;
  const about = () => ({ store: opened.store, raw });

  beforeAll(async () => {
    opened = await openFresh(engine);
    raw = await openRaw(engine, opened.url);
    const { store } = opened;
    const name = (nth: number) =>
      `${['Ada', 'Bob', 'Eve'][nth % 3]}${nth % 100} ${nth % 4 === 0 ? 'Schmidt' : `Meier${nth}`}`;
    const orders = await storedOrders(store, [
      ...times(MANY, (nth) =>
        anOrder({
          status: 'fulfilled',
          email: nth % 4 === 0 ? 'shop@example.test' : `buyer-${nth}@example.test`,
          name: name(nth),
          coupon: nth % 2 === 0 ? 'EVERYBODY' : `C-${nth}`,
        }),
      ),
      ...times(FEW, () => anOrder({ status: 'held', name: 'Zoë', coupon: null })),
    ]);
    await store.insertAlternates({
      rows: orders
        .filter((_, nth) => nth % 2 === 0)
        .map(({ id }) => ({ orderId: id, email: 'shop@example.test' })),
    });
    const keys = await freeKeys(store, MANY);
    await store.transaction(async (tx) => {
      for (const [nth, order] of orders.slice(0, MANY - FEW).entries())
        if (nth < 3000) await assign(tx, [the(keys.ids[nth])], order);
    });
    await store.insertImportedKeys({
      rows: keys.ids.map((keyId, nth) => ({
        keyId,
        importId: nth < 40 ? IMPORT : uuid(),
        tail: nth % 3 === 0 ? 'SAME' : String(nth).padStart(4, '0'),
      })),
    });
    const deliveries = [
      ...times(MANY, (nth) => aDelivery({ receivedAt: later(nth), verdict: 'fulfilled' })),
      ...times(FEW, (nth) => aDelivery({ receivedAt: later(nth * 100), verdict: 'attention' })),
    ];
    await store.insertDeliveries({ deliveries });
    const messages = times(MANY + FEW, (nth) =>
      aMessage({ orderId: the(orders[nth]).id, priority: nth % 2 === 0 ? 0 : 1 }),
    );
    await store.insertMessages({ messages });
    const rest = messages.slice(FEW).map(({ id }) => id);
    await store.withdrawMessages({ ids: rest });
    const answer = { isTry: true, retryInMs: null, lastCode: null, lastError: null, acceptedAt: null };
    await store.settleMessages({ ids: rest.slice(0, FEW), status: 'bounced', ...answer });
    await store.insertAlerts({ alerts: times(MANY, () => anAlert({ kind: 'attention' })) });
    const all = await store.listOpenAlerts({ kind: 'attention', ...NEWEST, limit: MANY });
    await store.settleAlerts({ ids: ids(all), by: 'cli', at: AT });
    await store.insertAlerts({ alerts: times(FEW, () => anAlert({ kind: 'attention' })) });
    for (const lines of chunksOf([
      ...times(MANY, (nth) => anAuditLine({ subject: `order:${nth}`, at: later(nth) })),
      ...times(3000, (nth) => anAuditLine({ subject: 'sku:LONG', seq: nth + 1, at: later(nth) })),
      ...times(FEW, (nth) => anAuditLine({ actor: 'staff:2', action: 'order.cancel', at: later(nth * 100) })),
    ]))
      await store.insertAudit({ lines });
    for (const hour of times(FEW, (nth) => nth))
      await store.insertImport({
        row: {
          id: uuid(),
          sku: keys.sku,
          actor: 'cli',
          origin: 'x',
          added: 0,
          createdAt: later(hour),
          undoneAt: null,
          removed: 0,
        },
      });
  });
  afterAll(async () => {
    await raw.end();
    await opened.drop();
  });

  function expectBounded(
    plans: Plan[],
    indexes: string[],
    rows: number,
    sorts: 'sorted by the index' | 'sorts a page',
  ) {
    expect(plans.length).toBeGreaterThan(0);
    const used = new Set(plans.flatMap((plan) => plan.indexes));
    for (const index of indexes) expect(used, plans.map(({ text }) => text).join('\n')).toContain(index);
    for (const plan of plans) {
      // A whole table read from its newest end is a scan to MySQL, even when it ends after a page.
      if (indexes.length > 0) expect(plan.scans, plan.text).toEqual([]);
      expect(plan.rowsRead, plan.text).toBeLessThanOrEqual(rows);
      if (sorts === 'sorted by the index') expect(plan.sorts, plan.text).toBe(false);
    }
  }

  describe('with fresh statistics', () => {
    beforeAll(async () => {
      const tables = ['orders', 'order_alternates', 'license_keys', 'key_tails', 'imported_keys', 'imports'];
      await analyze(about(), [...tables, 'deliveries', 'messages', 'alerts', 'audit_log']);
    });

    const lookups: [string, string[], (tx: Verbs) => Promise<unknown>][] = [
      [
        'an e-mail that many share',
        ['orders_by_email', 'order_alternates_by_email'],
        (tx) => tx.lookupByWords({ ...NO_WORDS, emails: ['shop@example.test'], ...NEWEST }),
      ],
      [
        'an e-mail of one',
        ['orders_by_email'],
        (tx) => tx.lookupByWords({ ...NO_WORDS, emails: ['buyer-7@example.test'], ...NEWEST }),
      ],
      [
        'a page of an e-mail',
        ['orders_by_email'],
        (tx) =>
          tx.lookupByWords({ ...NO_WORDS, emails: ['shop@example.test'], beforeId: 6000, limit: LIMIT }),
      ],
      [
        'a coupon that many share',
        ['orders_by_coupon'],
        (tx) => tx.lookupByWords({ ...NO_WORDS, coupons: ['EVERYBODY', 'everybody'], ...NEWEST }),
      ],
      [
        'a coupon of one',
        ['orders_by_coupon'],
        (tx) => tx.lookupByWords({ ...NO_WORDS, coupons: ['C-7'], ...NEWEST }),
      ],
      [
        'a common surname',
        ['orders_by_name', 'orders_by_surname'],
        (tx) => tx.lookupByWords({ ...NO_WORDS, names: ['Schmidt'], ...NEWEST }),
      ],
      [
        'a name that nobody has',
        ['orders_by_name', 'orders_by_surname'],
        (tx) => tx.lookupByWords({ ...NO_WORDS, names: ['nobody'], ...NEWEST }),
      ],
      [
        'a page of a common surname',
        ['orders_by_surname'],
        (tx) => tx.lookupByWords({ ...NO_WORDS, names: ['Schmidt'], beforeId: 6000, limit: LIMIT }),
      ],
    ];
    it.each(lookups)(
      'orders are looked up by %s in index ranges, a page of each',
      async (_, indexes, work) => {
        expectBounded(await plansOf(about(), work), indexes, 2 * LIMIT, 'sorts a page');
      },
    );

    const tail = (tails: string[]) => (tx: Verbs) =>
      tx.lookupHolders({ licenseKeys: [], tails, limit: LIMIT });
    it('a tail that thousands share reads its newest 500 keys', async () => {
      expectBounded(await plansOf(about(), tail(['SAME'])), ['key_tails_by_tail'], 500, 'sorts a page');
    });
    it('a tail of one reads its key', async () => {
      expectBounded(await plansOf(about(), tail(['0001', 'none'])), ['key_tails_by_tail'], 2, 'sorts a page');
    });

    it('keys are found by a shared tail, or by their text, a page of them', async () => {
      const find = (licenseKeys: string[], tails: string[]) => (tx: Verbs) =>
        tx.lookupKeys({ licenseKeys, tails, limit: LIMIT });
      expectBounded(await plansOf(about(), find([], ['SAME'])), ['key_tails_by_tail'], LIMIT, 'sorts a page');
      const [key] = await opened.store.lookupKeys({ licenseKeys: [], tails: ['0001'], limit: 1 });
      const whole = find([the(key).licenseKey], []);
      expectBounded(await plansOf(about(), whole), ['license_keys_text'], 1, 'sorts a page');
    });

    const surname = { text: 'schmidt', id: 6000 };
    const lists: [string, string[], (tx: Verbs) => Promise<unknown>][] = [
      [
        'names by a prefix',
        ['orders_by_name'],
        (tx) => tx.lookupByNamePrefix({ prefix: 'ad', of: 'name', after: null, limit: LIMIT }),
      ],
      [
        'names by a prefix, a later page',
        ['orders_by_name'],
        (tx) =>
          tx.lookupByNamePrefix({
            prefix: 'ad',
            of: 'name',
            after: { text: 'ada12 schmidt', id: 600 },
            limit: LIMIT,
          }),
      ],
      [
        'surnames by a prefix',
        ['orders_by_surname'],
        (tx) => tx.lookupByNamePrefix({ prefix: 'sch', of: 'surname', after: null, limit: LIMIT }),
      ],
      [
        'surnames by a prefix, amid a common one',
        ['orders_by_surname'],
        (tx) => tx.lookupByNamePrefix({ prefix: 'sch', of: 'surname', after: surname, limit: LIMIT }),
      ],
      [
        'listOrders of few',
        ['orders_by_status'],
        (tx) => tx.listOrders({ status: 'held', afterId: 0, limit: LIMIT }),
      ],
      [
        'listOrders of many',
        ['orders_by_status'],
        (tx) => tx.listOrders({ status: 'fulfilled', afterId: 6000, limit: LIMIT }),
      ],
      ['countOpenAlerts', ['alerts_open'], (tx) => tx.countOpenAlerts({ kind: 'attention', most: LIMIT })],
      ['listOpenAlerts', ['alerts_open'], (tx) => tx.listOpenAlerts({ kind: 'attention', ...NEWEST })],
      ['listOpenAlerts of none', ['alerts_open'], (tx) => tx.listOpenAlerts({ kind: 'conflict', ...NEWEST })],
      ['listMessages', [], (tx) => tx.listMessages({ beforeId: null, limit: LIMIT })],
      ['listQueue', ['messages_due'], (tx) => tx.listQueue({ after: null, limit: LIMIT })],
      [
        'listQueue, the end of it',
        ['messages_due'],
        (tx) => tx.listQueue({ after: { priority: 0, dueAt: later(1e12), id: uuid() }, limit: LIMIT }),
      ],
      [
        'listTroubled',
        ['messages_troubled'],
        (tx) => tx.listTroubled({ status: 'bounced', beforeId: null, limit: LIMIT }),
      ],
      [
        'listTroubled of none',
        ['messages_troubled'],
        (tx) => tx.listTroubled({ status: 'unknown', beforeId: uuid(), limit: LIMIT }),
      ],
      ['listImports', [], (tx) => tx.listImports({ beforeId: uuid(), limit: LIMIT })],
      ...(['newest first', 'oldest first'] as const).flatMap(
        (direction): [string, string[], (tx: Verbs) => Promise<unknown>][] => [
          [
            `listDeliveries of few, ${direction}`,
            ['deliveries_by_verdict'],
            (tx) =>
              tx.listDeliveries({ ...NO_FILTER, verdict: 'attention', from: null, direction, limit: LIMIT }),
          ],
          [
            `listDeliveries of many, ${direction}`,
            ['deliveries_by_verdict'],
            (tx) =>
              tx.listDeliveries({
                ...NO_FILTER,
                verdict: 'fulfilled',
                from: { receivedAt: later(6000), id: uuid() },
                direction,
                limit: LIMIT,
              }),
          ],
          [
            `listDeliveries of a time, ${direction}`,
            ['deliveries_by_verdict'],
            (tx) =>
              tx.listDeliveries({
                ...NO_FILTER,
                since: later(5000),
                until: later(9000),
                verdict: 'fulfilled',
                from: null,
                direction,
                limit: LIMIT,
              }),
          ],
        ],
      ),
      ['searchAudit of all', [], (tx) => tx.searchAudit({ ...EVERY_LINE, limit: LIMIT })],
      [
        'searchAudit of a time',
        ['audit_log_by_time'],
        (tx) => tx.searchAudit({ ...EVERY_LINE, since: later(500), until: later(900), limit: LIMIT }),
      ],
      [
        'searchAudit of a later page',
        ['audit_log_by_time'],
        (tx) => tx.searchAudit({ ...EVERY_LINE, before: { at: later(700), id: 9 }, limit: LIMIT }),
      ],
      [
        'searchAudit of one who acts much',
        ['audit_log_by_actor'],
        (tx) =>
          tx.searchAudit({
            ...EVERY_LINE,
            actor: 'webhook',
            before: { at: later(700), id: 9 },
            limit: LIMIT,
          }),
      ],
      [
        'searchAudit of one who acts little',
        ['audit_log_by_actor'],
        (tx) => tx.searchAudit({ ...EVERY_LINE, actor: 'staff:2', limit: LIMIT }),
      ],
      [
        'searchAudit of an act',
        ['audit_log_by_action'],
        (tx) => tx.searchAudit({ ...EVERY_LINE, action: 'order.cancel', since: later(100), limit: LIMIT }),
      ],
      [
        'searchAudit of a long chain',
        ['audit_log_chain'],
        (tx) => tx.searchAudit({ ...EVERY_LINE, subject: 'sku:LONG', limit: LIMIT }),
      ],
      [
        'searchAudit of a long chain, a later page',
        ['audit_log_chain'],
        (tx) =>
          tx.searchAudit({
            ...EVERY_LINE,
            subject: 'sku:LONG',
            before: { at: later(1), id: MANY + 1500 },
            limit: LIMIT,
          }),
      ],
    ];
    it.each(lists)('%s reads an index in order, and no more than a page', async (_, indexes, work) => {
      expectBounded(await plansOf(about(), work), indexes, LIMIT, 'sorted by the index');
    });

    const counted: [string, string[], number, (tx: Verbs) => Promise<unknown>][] = [
      [
        'countDeliveries of few',
        ['deliveries_by_verdict'],
        FEW,
        (tx) => tx.countDeliveries({ ...NO_FILTER, verdicts: ['attention', 'held'], limit: 1000 }),
      ],
      [
        'countDeliveries of many',
        [],
        1000,
        (tx) => tx.countDeliveries({ ...NO_FILTER, verdicts: ['fulfilled'], limit: 1000 }),
      ],
      ['queueAge', ['messages_due'], FEW, (tx) => tx.queueAge()],
      [
        'countImportedKeys',
        ['imported_keys_by_import'],
        40,
        (tx) => tx.countImportedKeys({ importId: IMPORT }),
      ],
      [
        'listFreeImportedKeys',
        ['imported_keys_by_import'],
        40,
        (tx) => tx.listFreeImportedKeys({ importId: IMPORT, afterId: 0, limit: LIMIT }),
      ],
      ['findAlerts', [], LIMIT, (tx) => tx.findAlerts({ ids: times(LIMIT, (nth) => nth + 100) })],
      [
        'settleAlerts',
        [],
        LIMIT,
        (tx) => tx.settleAlerts({ ids: times(LIMIT, (nth) => nth + 100), by: 'cli', at: AT }),
      ],
      ['lockKeys', [], LIMIT, (tx) => tx.lockKeys({ ids: times(LIMIT, (nth) => nth + 100) })],
      ['lockFreeKeys', [], LIMIT, (tx) => tx.lockFreeKeys({ ids: times(LIMIT, (nth) => nth + 100) })],
    ];
    it.each(counted)('%s reads what it speaks of, and no more', async (_, indexes, rows, work) => {
      expectBounded(await plansOf(about(), work), indexes, rows, 'sorts a page');
    });
  });
});
