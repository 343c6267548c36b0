import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import {
  NEWEST,
  anOrder,
  assign,
  freeKey,
  ids,
  inWords,
  lookAlikes,
  storedKeys,
  storedOrder,
  storedOrders,
  the,
  unique,
  uuid,
} from './world.ts';

export function exerciseLookups({ verb, store }: Exercise): void {
  verb('lookupByEmail', () => {
    it('gives the orders with this address, newest first, page by page', async () => {
      const email = `${unique('ada')}@example.test`;
      const orders = [];
      for (let nth = 0; nth < 3; nth++) orders.push(await storedOrder(store(), { email }));
      await storedOrder(store(), { email: `x${email}` });
      const newest = ids(orders).toReversed();
      expect(ids(await store().lookupByEmail({ email, ...NEWEST, limit: 2 }))).toEqual(newest.slice(0, 2));
      const next = { beforeId: the(newest[1]), limit: 2 };
      expect(ids(await store().lookupByEmail({ email, ...next }))).toEqual(newest.slice(2));
    });
    it('finds an order by its other addresses too, once each', async () => {
      const email = `${unique('ada')}@example.test`;
      const first = await storedOrder(store(), { email });
      const second = await storedOrder(store());
      const rows = [first, second].map((order) => ({ orderId: order.id, email }));
      await store().insertAlternates({ rows });
      expect(await store().lookupByEmail({ email, ...NEWEST })).toEqual([second, first]);
      expect(ids(await store().lookupByEmail({ email, ...NEWEST, limit: 1 }))).toEqual([second.id]);
    });
    it('tells apart addresses that differ in one byte', async () => {
      const emails = lookAlikes(unique('ada')).map((start) => `${start}@example.test`);
      const orders = await storedOrders(
        store(),
        emails.map((email) => anOrder({ email })),
      );
      for (const [nth, email] of emails.entries()) {
        expect(ids(await store().lookupByEmail({ email, ...NEWEST }))).toEqual([the(orders[nth]).id]);
      }
    });
  });

  verb('lookupByCoupon', () => {
    it('gives the orders with this coupon, newest first, page by page', async () => {
      const coupon = unique('SPRING');
      const orders = [];
      for (let nth = 0; nth < 3; nth++) orders.push(await storedOrder(store(), { coupon }));
      await storedOrder(store(), { coupon: `${coupon}0` });
      const newest = ids(orders).toReversed();
      expect(ids(await store().lookupByCoupon({ coupons: [coupon], ...NEWEST, limit: 2 }))).toEqual(
        newest.slice(0, 2),
      );
      const next = { beforeId: the(newest[1]), limit: 2 };
      expect(ids(await store().lookupByCoupon({ coupons: [coupon], ...next }))).toEqual(newest.slice(2));
    });
  });

  verb('lookupByName', () => {
    const lookup = async (name: string, page = NEWEST) => ids(await store().lookupByName({ name, ...page }));

    it('gives the orders whose name starts with the text, letter case aside, newest first', async () => {
      const start = unique('Özlem');
      const orders = [];
      for (const name of [start, `${start.toUpperCase()} YILMAZ`, `${start.toLowerCase()} demir`]) {
        orders.push(await storedOrder(store(), { name }));
      }
      await storedOrder(store(), { name: `Dr ${start}` });
      const newest = ids(orders).toReversed();
      expect(await lookup(start)).toEqual(newest);
      expect(await lookup(start.toLowerCase())).toEqual(newest);
      expect(await lookup(start, { ...NEWEST, limit: 1 })).toEqual(newest.slice(0, 1));
      expect(await lookup(start, { beforeId: the(newest[1]), limit: 9 })).toEqual(newest.slice(2));
    });
    it('takes %, _ and \\ for letters, not for wildcards', async () => {
      const start = unique('Wild');
      const names = ['50%', '50_', '50\\', '50!', '50x', "50'"].map((end) => `${start} ${end}`);
      const orders = await storedOrders(
        store(),
        names.map((name) => anOrder({ name })),
      );
      for (const [nth, name] of names.entries())
        expect(await lookup(name), name).toEqual([the(orders[nth]).id]);
      expect(await lookup(`${start} __`)).toEqual([]);
    });
  });

  verb('lookupByKey', () => {
    it('gives the order that holds the key with exactly this text', async () => {
      const texts = lookAlikes(unique('KEY'));
      const keys = await storedKeys(store(), texts);
      const orders = await storedOrders(
        store(),
        texts.map(() => anOrder()),
      );
      for (const [nth, order] of orders.entries()) await assign(store(), [the(keys.ids[nth])], order);
      for (const [nth, licenseKey] of texts.entries()) {
        expect(await store().lookupByKey({ licenseKey })).toEqual([inWords(the(orders[nth]))]);
      }
    });
    it('gives nothing for a free key or an unknown one', async () => {
      expect(await store().lookupByKey({ licenseKey: (await freeKey(store())).text })).toEqual([]);
      expect(await store().lookupByKey({ licenseKey: unique('KEY') })).toEqual([]);
    });
  });

  verb('lookupByTail', () => {
    it('gives the orders that hold a key with these last four characters, as many as asked', async () => {
      const tail = '9Q😀ä';
      const texts = Array.from({ length: 4 }, () => `${unique('KEY')}-${tail}`);
      const keys = await storedKeys(store(), texts);
      const rows = keys.ids.map((keyId) => ({ keyId, importId: uuid(), tail }));
      await store().insertImportedKeys({ rows });
      const orders = await storedOrders(store(), [anOrder(), anOrder(), anOrder()]);
      for (const [nth, order] of orders.entries()) await assign(store(), [the(keys.ids[nth])], order);
      const holders = orders.map(inWords);
      expect((await store().lookupByTail({ tails: [tail], limit: 9 })).toSorted()).toEqual(
        holders.toSorted(),
      );
      expect(await store().lookupByTail({ tails: [tail], limit: 2 })).toHaveLength(2);
      expect(await store().lookupByTail({ tails: ['9q😀ä'], limit: 9 })).toEqual([]);
    });
  });
}
