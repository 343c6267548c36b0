import { expect, it } from 'vitest';
import type { OrderRow, PromiseCount } from '../../../server/store/rows.ts';
import type { Store, Verbs } from '../../../server/store/store.ts';
import type { Exercise, OpenedStore } from './exercise.ts';
import { openTransaction } from './open-transaction.ts';
import {
  aMessage,
  anOrder,
  assign,
  freeKey,
  freeKeys,
  inWords,
  storedOrder,
  storedOrders,
  storedSku,
  the,
  uuid,
  waitingOrder,
} from './world.ts';

const MINUTE = 60_000;
const THREE_MINUTES_AGO = () => new Date(Date.now() - 3 * MINUTE);

async function queueKeyMail(store: Verbs, order: OrderRow, then?: 'withdrawn'): Promise<void> {
  const message = aMessage({ orderId: order.id });
  await store.insertMessages({ messages: [message] });
  if (then) await store.withdrawMessages({ ids: [message.id] });
}

/** An order as a vend leaves it: lines, keys, mail. */
async function fulfilledOrder(store: Verbs, quantity: number, facts: Parameters<typeof anOrder>[0] = {}) {
  const keys = await freeKeys(store, quantity);
  const order = await waitingOrder(store, keys.sku, quantity, { status: 'fulfilled', ...facts });
  await assign(store, keys.ids, order);
  await queueKeyMail(store, order);
  return { order, keys };
}

/** `assigned` without a time. */
async function putOnHold(store: Verbs, keyId: number, order: OrderRow): Promise<void> {
  const hold = { email: order.email, orderId: inWords(order), coupon: null, assignedAt: null };
  await store.assignKeys({ assignments: [{ ...hold, keyId }] });
}

async function heldOrder(store: Verbs, status: OrderRow['status'] = 'held') {
  const key = await freeKey(store);
  const order = await waitingOrder(store, key.sku, 1, { status });
  await putOnHold(store, key.id, order);
  await store.insertHolds({ holds: [{ keyId: key.id, orderId: order.id, ttlMs: MINUTE }] });
  return { order, key };
}

/** A little of everything that a healthy shop may contain. */
async function healthyShop(store: Store): Promise<void> {
  await fulfilledOrder(store, 1);
  await fulfilledOrder(store, 3, { site: 'second-shop', source: 'bookly', externalId: 'compound:7' });
  await heldOrder(store);
  await waitingOrder(store, await storedSku(store), 1, { status: 'held' });
  await waitingOrder(store, await storedSku(store), 1, { createdAt: THREE_MINUTES_AGO() });
  const short = await freeKeys(store, 2);
  await waitingOrder(store, short.sku, 3, { createdAt: THREE_MINUTES_AGO() });
  const stocked = await freeKeys(store, 2);
  await waitingOrder(store, stocked.sku, 1, { createdAt: new Date() });
  await storedOrders(store, [
    anOrder({ status: 'ignored' }),
    anOrder({ status: 'attention', reason: 'unmapped' }),
  ]);

  const kept = await fulfilledOrder(store, 1, { status: 'cancelled' });
  expect(kept.keys.ids).toHaveLength(1);
  const revoked = await fulfilledOrder(store, 1, { status: 'cancelled' });
  await store.revokeKeys({ keyIds: revoked.keys.ids });
  const replaced = await fulfilledOrder(store, 1);
  await store.revokeKeys({ keyIds: replaced.keys.ids });
  const replacement = await freeKey(store, replaced.keys.sku);
  await assign(store, [replacement.id], replaced.order);
  const withdrawn = await storedOrder(store, { status: 'cancelled' });
  await queueKeyMail(store, withdrawn, 'withdrawn');
  const mailedAgain = await fulfilledOrder(store, 1);
  await queueKeyMail(store, mailedAgain.order, 'withdrawn');
  // Cancelled after the mail, so that the key stayed, and then moved on by a newer revision.
  for (const status of ['held', 'attention', 'ignored'] as const) await fulfilledOrder(store, 1, { status });
  const { order, keys } = await fulfilledOrder(store, 1, { status: 'waiting' });
  const lines = [{ orderId: order.id, sku: keys.sku, quantity: 2 }];
  await store.replaceLines({ orderIds: [order.id], lines });
}

/** By promise: one breach of it, and the example by which it is named. */
const BREACHES: Record<string, (opened: OpenedStore) => Promise<string>> = {
  'a key belongs to at most one order': async ({ store, peek }) => {
    await peek('ALTER TABLE license_keys DROP CONSTRAINT license_keys_text'); // no verb can store a text twice
    const sku = await storedSku(store);
    for (let twice = 0; twice < 2; twice++) await store.insertKeys({ keys: [{ licenseKey: 'TWICE', sku }] });
    const [one, two] = await store.findKeysByText({ keys: ['TWICE'] });
    return `keys:${Math.min(the(one).id, the(two).id)},${Math.max(the(one).id, the(two).id)}`;
  },
  'a booking is one order': async ({ store }) => {
    await storedOrders(store, [
      anOrder({ site: 'a:b', externalId: 'c', status: 'ignored' }),
      anOrder({ site: 'a', externalId: 'b:c', status: 'ignored' }),
    ]);
    return 'amelia@a:b:c';
  },
  'a fulfilled order holds exactly the keys it is owed': async ({ store }) => {
    const { order, keys } = await fulfilledOrder(store, 2);
    await store.releaseKeys({ keyIds: keys.ids.slice(1) });
    return inWords(order);
  },
  'an assigned key belongs to an order that may hold it': async ({ store }) => {
    const { key } = await heldOrder(store, 'waiting');
    return `key:${key.id}`;
  },
  'no assignment without a queued mail': async ({ store }) => {
    const key = await freeKey(store);
    const order = await waitingOrder(store, key.sku, 1, { status: 'fulfilled' });
    await assign(store, [key.id], order);
    return inWords(order);
  },
  'no mail without a committed assignment': async ({ store }) => {
    const order = await waitingOrder(store, await storedSku(store));
    const message = aMessage({ orderId: order.id });
    await store.insertMessages({ messages: [message] });
    return `message:${message.id}`;
  },
  'no order waits two minutes while stock that fits exists': async ({ store }) => {
    const { sku } = await freeKeys(store, 2);
    return inWords(await waitingOrder(store, sku, 2, { createdAt: THREE_MINUTES_AGO() }));
  },
  'a held key has an order in `held`': async ({ store }) => {
    const { keys } = await fulfilledOrder(store, 1);
    const keyId = the(keys.ids[0]);
    await store.insertHolds({ holds: [{ keyId, orderId: (await storedOrder(store)).id, ttlMs: MINUTE }] });
    return `key:${keyId}`;
  },
};

/** Other ways to break the same promises. */
const MORE_BREACHES: [promise: string, what: string, breach: (opened: OpenedStore) => Promise<string>][] = [
  [
    'a fulfilled order holds exactly the keys it is owed',
    'an order with a key too many',
    async ({ store }) => {
      const { order, keys } = await fulfilledOrder(store, 1);
      await assign(store, [(await freeKey(store, keys.sku)).id], order);
      return inWords(order);
    },
  ],
  [
    'a fulfilled order holds exactly the keys it is owed',
    'an order with a key of another product',
    async ({ store }) => {
      const { order, keys } = await fulfilledOrder(store, 1);
      await store.releaseKeys({ keyIds: keys.ids });
      await assign(store, [(await freeKey(store)).id], order);
      return inWords(order);
    },
  ],
  [
    'an assigned key belongs to an order that may hold it',
    'a key of an order that does not exist',
    async ({ store }) => {
      const { id: keyId } = await freeKey(store);
      const nobody = { email: null, orderId: 'amelia:nobody', coupon: null, assignedAt: new Date() };
      await store.assignKeys({ assignments: [{ ...nobody, keyId }] });
      return `key:${keyId}`;
    },
  ],
  [
    'an assigned key belongs to an order that may hold it',
    'a held key without a hold',
    async ({ store }) => {
      const { key } = await heldOrder(store);
      await store.deleteHolds({ keyIds: [key.id] });
      return `key:${key.id}`;
    },
  ],
  [
    'no assignment without a queued mail',
    'an order whose only mail was withdrawn',
    async ({ store }) => {
      const key = await freeKey(store);
      const order = await waitingOrder(store, key.sku, 1, { status: 'fulfilled' });
      await assign(store, [key.id], order);
      await queueKeyMail(store, order, 'withdrawn');
      return inWords(order);
    },
  ],
  [
    'no assignment without a queued mail',
    'an order that waits for more, and of whose keys no mail was made',
    async ({ store }) => {
      const key = await freeKey(store);
      const order = await waitingOrder(store, key.sku, 2);
      await assign(store, [key.id], order);
      return inWords(order);
    },
  ],
  [
    'no order waits two minutes while stock that fits exists',
    'an order that lacks no more than is there',
    async ({ store }) => {
      const { sku, ids } = await freeKeys(store, 3);
      const order = await waitingOrder(store, sku, 4, { createdAt: THREE_MINUTES_AGO() });
      await assign(store, ids.slice(0, 2), order);
      await assign(store, [the((await freeKeys(store, 1, sku)).ids[0])], order);
      await queueKeyMail(store, order);
      return inWords(order);
    },
  ],
  [
    'a held key has an order in `held`',
    'a hold on a key that was released',
    async ({ store }) => {
      const { key } = await heldOrder(store);
      await store.releaseKeys({ keyIds: [key.id] });
      return `key:${key.id}`;
    },
  ],
  [
    'no mail without a committed assignment',
    'a mail of an order that does not exist',
    async ({ store }) => {
      const message = aMessage({ orderId: 2_000_000_000, id: uuid() });
      await store.insertMessages({ messages: [message] });
      return `message:${message.id}`;
    },
  ],
];

export function exercisePromises({ verb, openFresh }: Exercise): void {
  verb('verifyPromises', () => {
    const countOf = async (store: Store, promise: string): Promise<PromiseCount> => {
      const count = (await store.verifyPromises()).find((each) => each.promise === promise);
      return the(count);
    };
    let shop: Promise<OpenedStore> | null = null;
    /** One healthy shop, in a database of its own, for all of these tests; each breach adds to it. */
    const openShop = () => {
      shop ??= openFresh().then(async (opened) => {
        await healthyShop(opened.store);
        return opened;
      });
      return shop;
    };

    it('finds nothing wrong in an empty store', async () => {
      const { store } = await openFresh();
      const counts = await store.verifyPromises();
      expect(counts.length).toBeGreaterThan(0);
      for (const count of counts) expect(count).toMatchObject({ checked: 0, violations: 0, examples: [] });
    });
    it('finds nothing wrong in a healthy shop, and looks at something for every promise', async () => {
      const { store } = await openShop();
      for (const count of await store.verifyPromises()) {
        expect(count, count.promise).toMatchObject({ violations: 0, examples: [] });
        expect(count.checked, count.promise).toBeGreaterThan(0);
      }
    });
    it('waits for no lock', async () => {
      const { store } = await openShop();
      const key = await freeKey(store);
      await openTransaction(store, async (tx) => {
        await tx.claimKeys({ sku: key.sku, limit: 1, afterId: 0 });
        const order = await storedOrder(tx, { status: 'ignored' });
        await putOnHold(tx, key.id, order);
      });
      for (const count of await store.verifyPromises()) expect(count.violations, count.promise).toBe(0);
    });
    it('has a breach to be tried for each promise', async () => {
      const { store } = await openShop();
      const promises = (await store.verifyPromises()).map((count) => count.promise);
      expect(promises.toSorted()).toEqual(Object.keys(BREACHES).toSorted());
    });

    const breaches = [
      ...Object.entries(BREACHES).map(([promise, breach]) => [promise, 'a plain breach', breach] as const),
      ...MORE_BREACHES,
    ];
    for (const [promise, what, breach] of breaches) {
      it(`counts and names ${what} of “${promise}”`, async () => {
        const opened = await openShop();
        const before = await countOf(opened.store, promise);
        const example = await breach(opened);
        const after = await countOf(opened.store, promise);
        expect(after.violations).toBeGreaterThan(before.violations);
        expect(after.examples).toContain(example);
      });
    }
    it('owes no mail for a key that was revoked', async () => {
      const { store } = await openShop();
      const promise = 'no assignment without a queued mail';
      const before = await countOf(store, promise);
      const key = await freeKey(store);
      const order = await waitingOrder(store, key.sku, 1, { status: 'fulfilled' });
      await assign(store, [key.id], order);
      await queueKeyMail(store, order, 'withdrawn');
      await store.revokeKeys({ keyIds: [key.id] });
      expect((await countOf(store, promise)).violations).toBe(before.violations);
    });
    it('names five offenders at most, and counts them all', async () => {
      const { store } = await openShop();
      const promise = 'no assignment without a queued mail';
      const before = await countOf(store, promise);
      for (let nth = 0; nth < 7; nth++) await BREACHES[promise]?.(await openShop());
      const after = await countOf(store, promise);
      expect(after.violations).toBe(before.violations + 7);
      expect(after.examples).toHaveLength(5);
    });
  });
}
