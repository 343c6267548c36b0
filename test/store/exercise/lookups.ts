import { describe, expect, it } from 'vitest';
import type { NewOrder } from '../../../server/store/rows.ts';
import { searchName, searchSurname } from '../../../server/store/search-name.ts';
import type { Verbs } from '../../../server/store/store.ts';
import type { Exercise } from './exercise.ts';
import {
  NEWEST,
  anOrder,
  assign,
  freeKey,
  freeKeys,
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
  const NOTHING = { emails: [], coupons: [], names: [] };

  verb('lookupByNamePrefix', () => {
    type Prefix = Parameters<Verbs['lookupByNamePrefix']>[0];
    const lookup = async (prefix: string, facts: Partial<Prefix> = {}) =>
      ids(await store().lookupByNamePrefix({ prefix, of: 'name', after: null, limit: 100, ...facts }));
    const stored = async (names: string[]) =>
      ids(
        await storedOrders(
          store(),
          names.map((name) => anOrder({ name })),
        ),
      );

    it('gives names that begin with the text, letter case aside, in order of the name and the id', async () => {
      const start = unique('Ada');
      const [zoe, exact, ann, again] = await stored([
        `${start} Zoë`,
        start.toUpperCase(),
        `${start} Ann`,
        `${start} ZOË`,
      ]);
      await stored([`Dr ${start}`, start.slice(0, -1)]);
      const inOrder = [exact, ann, ...[the(zoe), the(again)].toSorted((a, b) => a - b)];
      expect(await lookup(start)).toEqual(inOrder);
      expect(await lookup(start.toLowerCase(), { limit: 2 })).toEqual(inOrder.slice(0, 2));
      expect(await lookup(`${start} z`)).toEqual(inOrder.slice(2));
    });
    it('gives last words that begin with the text, those of single words too', async () => {
      const start = unique('Love');
      const [lace, alone, joy] = await stored([`Ada ${start}lace`, `${start}`, `Bob van ${start}joy`]);
      await stored([`${start}lace Ada`, `Ada ${start}lace jr`]);
      expect(await lookup(start, { of: 'surname' })).toEqual([alone, joy, lace]);
    });
    it.each(['name', 'surname'] as const)(
      'goes on after any order, also among those of one %s',
      async (of) => {
        const word = unique('many');
        const names = ['b', 'a', 'b', 'b', 'c', 'b'].map((end) => `${word}${end}`);
        await stored(names);
        const whole = await store().lookupByNamePrefix({ prefix: word, of, after: null, limit: 9 });
        expect(whole).toHaveLength(names.length);
        for (const [nth, { id, name }] of whole.entries()) {
          const after = { text: the(of === 'name' ? searchName(name) : searchSurname(name)), id };
          expect(await lookup(word, { of, after })).toEqual(ids(whole.slice(nth + 1)));
        }
      },
    );
    it('takes %, _ and \\ for letters, and no name for one that begins with anything', async () => {
      const start = unique('Wild');
      const order = await stored([`${start}50%_\\ off`]);
      await storedOrder(store(), { name: null });
      for (const prefix of [`${start}50%`, `${start}50%_`, `${start}50%_\\`])
        expect(await lookup(prefix), prefix).toEqual(order);
      for (const prefix of [`${start}%`, `${start}5_`, `${start}\\`])
        expect(await lookup(prefix), prefix).toEqual([]);
    });
    it('ends where names that begin with something else begin', async () => {
      const start = unique('end');
      const [last] = await stored([`${start}\u{10fffd}`]);
      await stored([`${start.slice(0, -1)}\u{10fffd}`]);
      expect(await lookup(start)).toEqual([last]);
    });
  });

  verb('lookupByWords', () => {
    describe('by e-mail', () => {
      it('gives the orders with this address, newest first, page by page', async () => {
        const email = `${unique('ada')}@example.test`;
        const orders = [];
        for (let nth = 0; nth < 3; nth++) orders.push(await storedOrder(store(), { email }));
        await storedOrder(store(), { email: `x${email}` });
        const newest = ids(orders).toReversed();
        expect(
          ids(await store().lookupByWords({ ...NOTHING, emails: [email], ...NEWEST, limit: 2 })),
        ).toEqual(newest.slice(0, 2));
        const next = { beforeId: the(newest[1]), limit: 2 };
        expect(ids(await store().lookupByWords({ ...NOTHING, emails: [email], ...next }))).toEqual(
          newest.slice(2),
        );
      });
      it('finds an order by its other addresses too, once each', async () => {
        const email = `${unique('ada')}@example.test`;
        const first = await storedOrder(store(), { email });
        const second = await storedOrder(store());
        const rows = [first, second].map((order) => ({ orderId: order.id, email }));
        await store().insertAlternates({ rows });
        expect(await store().lookupByWords({ ...NOTHING, emails: [email], ...NEWEST })).toEqual([
          second,
          first,
        ]);
        expect(
          ids(await store().lookupByWords({ ...NOTHING, emails: [email], ...NEWEST, limit: 1 })),
        ).toEqual([second.id]);
      });
      it('tells apart addresses that differ in one byte', async () => {
        const emails = lookAlikes(unique('ada')).map((start) => `${start}@example.test`);
        const orders = await storedOrders(
          store(),
          emails.map((email) => anOrder({ email })),
        );
        for (const [nth, email] of emails.entries()) {
          expect(ids(await store().lookupByWords({ ...NOTHING, emails: [email], ...NEWEST }))).toEqual([
            the(orders[nth]).id,
          ]);
        }
      });
    });

    describe('by coupon', () => {
      it('gives the orders with this coupon, newest first, page by page', async () => {
        const coupon = unique('SPRING');
        const orders = [];
        for (let nth = 0; nth < 3; nth++) orders.push(await storedOrder(store(), { coupon }));
        await storedOrder(store(), { coupon: `${coupon}0` });
        const newest = ids(orders).toReversed();
        expect(
          ids(await store().lookupByWords({ ...NOTHING, coupons: [coupon], ...NEWEST, limit: 2 })),
        ).toEqual(newest.slice(0, 2));
        const next = { beforeId: the(newest[1]), limit: 2 };
        expect(ids(await store().lookupByWords({ ...NOTHING, coupons: [coupon], ...next }))).toEqual(
          newest.slice(2),
        );
      });
      it('looks for more coupons than one, newest first, as many as asked in all', async () => {
        const [a, b] = [unique('a'), unique('b')];
        const orders = [];
        for (const coupon of [a, b, a, b]) orders.push(await storedOrder(store(), { coupon }));
        await storedOrder(store(), { coupon: null });
        const newest = ids(orders).toReversed();
        expect(ids(await store().lookupByWords({ ...NOTHING, coupons: [a, b, a], ...NEWEST }))).toEqual(
          newest,
        );
        const page = { ...NOTHING, coupons: [a, b], beforeId: the(newest[0]), limit: 2 };
        expect(ids(await store().lookupByWords(page))).toEqual(newest.slice(1, 3));
      });
    });

    describe('by name', () => {
      const lookup = async (name: string, page = NEWEST) =>
        ids(await store().lookupByWords({ ...NOTHING, names: [name], ...page }));

      it('gives the orders with this name or this last word, letter case aside, newest first, once each', async () => {
        const [first, last] = [unique('Özlem'), unique('Yılmaz')];
        const orders = [];
        for (const name of [`${first} ${last}`, `${first.toUpperCase()} ${last}`, last, `Dr. Ö. ${last}`]) {
          orders.push(await storedOrder(store(), { name }));
        }
        for (const name of [
          `${last} ${first}`,
          `${last}s`,
          `x${last}`,
          `${last} `,
          `${first}-${last}`,
          null,
        ]) {
          await storedOrder(store(), { name });
        }
        const [one, two, three, four] = ids(orders);
        expect(await lookup(`${first} ${last}`)).toEqual([two, one]);
        expect(await lookup(`${first} ${last}`.toLowerCase())).toEqual([two, one]);
        expect(await lookup(last)).toEqual([four, three, two, one]);
        expect(await lookup(last, { ...NEWEST, limit: 3 })).toEqual([four, three, two]);
        expect(await lookup(last, { beforeId: the(two), limit: 9 })).toEqual([one]);
        expect(await lookup(unique('nobody'))).toEqual([]);
      });
      it('takes %, _ and \\ for letters, not for wildcards', async () => {
        const start = unique('Wild');
        const names = ['50%', '50_', '50\\', '50!', '50x', "50'"].map((end) => `${start}${end}`);
        const orders = await storedOrders(
          store(),
          names.map((name) => anOrder({ name })),
        );
        for (const [nth, name] of names.entries())
          expect(await lookup(name), name).toEqual([the(orders[nth]).id]);
        expect(await lookup(`${start}50_x`)).toEqual([]);
      });
      it('tells apart names that differ in one byte', async () => {
        const names = lookAlikes(unique('name')).filter((name) => name === name.toLowerCase());
        const orders = await storedOrders(
          store(),
          names.map((name) => anOrder({ name })),
        );
        for (const [nth, name] of names.entries()) {
          if (!name.endsWith(' ')) expect(await lookup(name), name).toEqual([the(orders[nth]).id]);
        }
      });
      it('compares what fits of a name that is too long for its index', async () => {
        const name = `${unique('Long')} ${'n'.repeat(400)}`;
        const order = await storedOrder(store(), { name });
        expect(await lookup(name)).toEqual([order.id]);
        expect(await lookup(the(searchSurname(name)))).toContain(order.id);
      });
    });

    it('joins e-mails, coupons and names, each order once, newest first', async () => {
      const [email, coupon, name] = [`${unique('ada')}@example.test`, unique('SPRING'), unique('Ada')];
      const facts: Partial<NewOrder>[] = [{ email }, { coupon }, { name }, { email, coupon, name }, {}];
      const orders = [];
      for (const each of facts) orders.push(await storedOrder(store(), each));
      const [one, two, three, all] = ids(orders);
      const words = { emails: [email, `x${email}`], coupons: [coupon], names: [name, 'nobody of this name'] };
      expect(ids(await store().lookupByWords({ ...words, ...NEWEST }))).toEqual([all, three, two, one]);
      const page = { beforeId: the(three), limit: 1 };
      expect(ids(await store().lookupByWords({ ...words, ...page }))).toEqual([two]);
    });
    it('finds nothing by texts that no database likes', async () => {
      const words = ['\0', 'x\0y', 'x\ud800y', '%', "'; DROP TABLE orders; --", 'x'.repeat(5000)];
      expect(await store().lookupByWords({ emails: words, coupons: words, names: words, ...NEWEST })).toEqual(
        [],
      );
    });
    it('gives nothing for no words', async () => {
      expect(await store().lookupByWords({ ...NOTHING, ...NEWEST })).toEqual([]);
    });
  });

  verb('lookupKeys', () => {
    it('finds a key by its whole text, whoever has it, with its import', async () => {
      const [free, sold] = [await freeKey(store()), await freeKey(store())];
      const order = await storedOrder(store());
      await assign(store(), [sold.id], order);
      const importId = uuid();
      await store().insertImportedKeys({ rows: [{ keyId: free.id, importId, tail: 'k001' }] });
      const found = await store().lookupKeys({ licenseKeys: [free.text, sold.text], tails: [], limit: 9 });
      expect(found).toMatchObject([
        { id: sold.id, status: 'assigned', assignedOrderId: inWords(order), importId: null },
        { id: free.id, licenseKey: free.text, status: 'available', assignedOrderId: null, importId },
      ]);
    });
    it('finds the newest keys by their last four characters, as many as asked', async () => {
      const { ids: keyIds } = await freeKeys(store(), 5);
      const rows = keyIds.map((keyId) => ({ keyId, importId: uuid(), tail: 'ä9😀x' }));
      await store().insertImportedKeys({ rows });
      const found = await store().lookupKeys({ licenseKeys: [], tails: ['ä9😀x', 'none'], limit: 3 });
      expect(ids(found)).toEqual(keyIds.toReversed().slice(0, 3));
      expect(await store().lookupKeys({ licenseKeys: [], tails: ['Ä9😀X'], limit: 3 })).toEqual([]);
      expect(await store().lookupKeys({ licenseKeys: [], tails: [], limit: 3 })).toEqual([]);
    });
  });

  verb('lookupHolders', () => {
    describe('by whole keys', () => {
      it('gives the order that holds the key with exactly this text', async () => {
        const texts = lookAlikes(unique('KEY'));
        const keys = await storedKeys(store(), texts);
        const orders = await storedOrders(
          store(),
          texts.map(() => anOrder()),
        );
        for (const [nth, order] of orders.entries()) await assign(store(), [the(keys.ids[nth])], order);
        for (const [nth, licenseKey] of texts.entries()) {
          expect(await store().lookupHolders({ licenseKeys: [licenseKey], tails: [], limit: 9 })).toEqual([
            inWords(the(orders[nth])),
          ]);
        }
      });
      it('gives nothing for a free key or an unknown one', async () => {
        expect(
          await store().lookupHolders({ licenseKeys: [(await freeKey(store())).text], tails: [], limit: 9 }),
        ).toEqual([]);
        expect(await store().lookupHolders({ licenseKeys: [unique('KEY')], tails: [], limit: 9 })).toEqual(
          [],
        );
      });
    });

    describe('by tails', () => {
      const ending = async (tail: string, count: number) => {
        const keys = await storedKeys(
          store(),
          Array.from({ length: count }, () => `${unique('KEY')}-${tail}`),
        );
        const rows = keys.ids.map((keyId) => ({ keyId, importId: uuid(), tail }));
        await store().insertImportedKeys({ rows });
        return keys.ids;
      };

      it('gives the orders that hold a key with these last four characters, as many as asked', async () => {
        const tail = '9Q😀ä';
        const keyIds = await ending(tail, 4);
        const orders = await storedOrders(store(), [anOrder(), anOrder(), anOrder()]);
        for (const [nth, order] of orders.entries()) await assign(store(), [the(keyIds[nth])], order);
        const newest = orders.map(inWords).toReversed();
        expect(await store().lookupHolders({ licenseKeys: [], tails: [tail], limit: 9 })).toEqual(newest);
        expect(await store().lookupHolders({ licenseKeys: [], tails: [tail], limit: 2 })).toEqual(
          newest.slice(0, 2),
        );
        expect(await store().lookupHolders({ licenseKeys: [], tails: ['9q😀ä'], limit: 9 })).toEqual([]);
      });
      it('looks for more tails than one, and gives an order with both once', async () => {
        const [a, b] = [await ending('ab12', 2), await ending('AB12', 1)];
        const [one, two] = await storedOrders(store(), [anOrder(), anOrder()]);
        await assign(store(), [the(a[0]), the(b[0])], the(one));
        await assign(store(), [the(a[1])], the(two));
        const found = await store().lookupHolders({ licenseKeys: [], tails: ['ab12', 'AB12'], limit: 9 });
        expect(found).toEqual([the(one), the(two)].map(inWords));
      });
      it('gives an order with two of them once, and passes over keys that nobody has', async () => {
        const keyIds = await ending('FREE', 60);
        const [one, two] = await storedOrders(store(), [anOrder(), anOrder()]);
        await assign(store(), keyIds.slice(0, 1), the(two));
        await assign(store(), keyIds.slice(1, 3), the(one));
        const found = await store().lookupHolders({ licenseKeys: [], tails: ['FREE'], limit: 9 });
        expect(found).toEqual([the(one), the(two)].map(inWords));
      });
      it('looks at the newest 500 keys of a tail, and no further', async () => {
        const keyIds = await ending('same', 501);
        const [old, newer] = await storedOrders(store(), [anOrder(), anOrder()]);
        await assign(store(), keyIds.slice(0, 1), the(old));
        await assign(store(), keyIds.slice(1, 2), the(newer));
        const found = await store().lookupHolders({ licenseKeys: [], tails: ['same'], limit: 9 });
        expect(found).toEqual([inWords(the(newer))]);
      });
    });

    it('joins keys and tails, each order once', async () => {
      const { ids: keyIds, texts } = await freeKeys(store(), 2);
      const [tail, importId] = [unique('t'), uuid()];
      await store().insertImportedKeys({ rows: keyIds.map((keyId) => ({ keyId, importId, tail })) });
      const order = await storedOrder(store());
      await assign(store(), keyIds, order);
      const asked = { licenseKeys: [...texts, 'x\0y'], tails: [tail, 'x\0'], limit: 9 };
      expect(await store().lookupHolders(asked)).toEqual([inWords(order)]);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().lookupHolders({ licenseKeys: [], tails: [], limit: 9 })).toEqual([]);
    });
  });
}
