import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isNews } from '../../server/alerts/digest-facts.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { composeMails } from '../../server/mail/compose.ts';
import type { MessageRow } from '../../server/store/rows.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

const DAY_MS = 24 * 60 * 60_000;
const HOUR_MS = DAY_MS / 24;

describe('a daily digest', () => {
  const quiet = { newOrders: [], openOrders: [], mails: [], stock: [] };
  const level = { sku: 'A', name: 'A', available: 0, waiting: 0, perDay: 0, daysLeft: null, runsOutAt: null };

  test.each<[string, Partial<Parameters<typeof isNews>[0]>, boolean]>([
    ['nothing at all', {}, false],
    ['a new order', { newOrders: [{ status: 'ignored', count: 1 }] }, true],
    ['an old order that waits', { openOrders: [{ status: 'waiting', count: 1 }] }, true],
    ['an old order that needs a person', { openOrders: [{ status: 'attention', count: 1 }] }, true],
    ['an old booking that is pending', { openOrders: [{ status: 'held', count: 1 }] }, false],
    ['a mail', { mails: [{ status: 'bounced', count: 1 }] }, true],
    ['a product with enough keys', { stock: [{ ...level, isLow: false }] }, false],
    ['a product that is low', { stock: [{ ...level, isLow: true }] }, true],
  ])('of %s: is it worth a mail?', (_what, facts, answer) => {
    expect(isNews({ ...quiet, ...facts })).toBe(answer);
  });
});

describe.each(engines())('the daily digest on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 20);
  });
  // What the test before did is long ago.
  beforeEach(() => world.clock.ahead(10 * DAY_MS));
  afterAll(() => world.close());

  const queued = async (): Promise<MessageRow[]> => {
    const due = await world.store.transaction((tx) => tx.lockDueMessages({ priority: 1, limit: 100 }));
    return due.filter(({ kind }) => kind === 'admin_digest');
  };
  /** Leases the digest as the worker does, and writes it. */
  const write = async (message: MessageRow) => {
    await world.store.leaseMessages({ ids: [message.id], token: 't', leaseMs: HOUR_MS });
    const deps = {
      store: world.store,
      clock: { now: () => message.createdAt },
      brand: loadBrand(),
      publicUrl: 'https://keys.example',
      lowStock: 10,
    };
    const draft = (await composeMails(deps, [message])).get(message.id);
    if (draft?.kind !== 'mail') throw new Error(`${draft?.kind}: ${draft?.why}`);
    return draft.mail.text;
  };

  test('of a day on which nothing happened is not sent', async () => {
    expect(await world.core.digest()).toBe(false);
    expect(await queued()).toEqual([]);
  });

  test('tells the orders and mails of the day, what is open and how long the stock lasts', async () => {
    await world.send(booking({ externalId: '1', quantity: 7 }));
    await world.send(booking({ externalId: '2', quantity: 40 }));
    await world.core.idle();
    expect(await world.core.digest()).toBe(true);
    const [digest] = await queued();
    expect(digest).toMatchObject({ recipient: 'admin@example.test', orderId: null, priority: 1 });
    const text = (await write(digest ?? fail())).replace(/\s+/g, ' ');
    for (const line of [
      'New bookings: 2',
      'Open orders: 1',
      'Waiting for keys: 1',
      'Served: 1',
      // Two to buyers, one urgent. The digest itself is under way while it is written, and not counted.
      'Still to be sent: 3',
      'Course COURSE-A (COURSE-A): 13 left About 2 days left at 7 a day.',
    ])
      expect(text).toContain(line);
    await world.stock('COURSE-A', 100, 1000);
    await world.core.fillAll();
  });

  test('is no news to the next one: after a quiet day there is none', async () => {
    await world.send(booking({ externalId: '3' }));
    expect(await world.core.digest()).toBe(true);
    world.clock.ahead(DAY_MS - 5000);
    expect(await world.core.digest()).toBe(false);
  });

  test('comes back each day while an order waits', async () => {
    await world.map('2', 'COURSE-B');
    await world.send(booking({ externalId: '4', item: { kind: 'service', id: '2', name: null } }));
    for (let day = 0; day < 3; day += 1) {
      expect(await world.core.digest()).toBe(true);
      world.clock.ahead(DAY_MS);
    }
    await world.stock('COURSE-B', 20);
    await world.core.fillAll();
    world.clock.ahead(2 * DAY_MS);
    expect(await world.core.digest()).toBe(false);
  });
});

function fail(): never {
  throw new Error('no digest was queued');
}
