import { expect, it } from 'vitest';
import type { NewKey } from '../../../server/store/rows.ts';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import {
  AT,
  assign,
  freeKey,
  freeKeys,
  ids,
  inWords,
  lookAlikes,
  storedKeys,
  storedOrder,
  storedSku,
  the,
  unique,
  uuid,
} from './world.ts';

export function exerciseKeys({ verb, store, opened }: Exercise): void {
  const claim = (sku: string, limit: number, afterId = 0) =>
    store().transaction(async (tx) => ids(await tx.claimKeys({ sku, limit, afterId })));
  const available = async (sku: string) => the((await store().countAvailable({ skus: [sku] }))[0]).available;
  const assignment = (keyId: number, orderId: string) => ({
    keyId,
    orderId,
    email: 'ada@example.test',
    coupon: null,
    assignedAt: AT,
  });

  verb('assignKeys', () => {
    it('gives each key its own order, e-mail, coupon and time', async () => {
      const { sku, ids: keyIds, texts } = await freeKeys(store(), 3);
      const [one, two, untouched] = keyIds.map((id, nth) => ({ id, text: the(texts[nth]) }));
      const later = new Date(AT.getTime() + 1);
      await store().assignKeys({
        assignments: [
          { keyId: the(two).id, email: null, orderId: 'bookly@shop:5', coupon: null, assignedAt: later },
          {
            keyId: the(one).id,
            email: 'ädä@example.test',
            orderId: 'amelia:13',
            coupon: 'SPRING 😀',
            assignedAt: AT,
          },
        ],
      });
      expect(await store().findKey({ id: the(one).id })).toEqual({
        id: the(one).id,
        licenseKey: the(one).text,
        status: 'assigned',
        productSku: sku,
        assignedToEmail: 'ädä@example.test',
        assignedOrderId: 'amelia:13',
        assignedCouponCode: 'SPRING 😀',
        assignedAt: AT,
      });
      expect(await store().findKey({ id: the(two).id })).toMatchObject({
        status: 'assigned',
        assignedToEmail: null,
        assignedOrderId: 'bookly@shop:5',
        assignedAt: later,
      });
      expect(await store().findKey({ id: the(untouched).id })).toMatchObject({ status: 'available' });
    });
    it('puts a key on hold when there is no time of assignment', async () => {
      const { id } = await freeKey(store());
      const order = await storedOrder(store(), { status: 'held' });
      await store().assignKeys({ assignments: [{ ...assignment(id, inWords(order)), assignedAt: null }] });
      expect(await store().findKey({ id })).toMatchObject({
        status: 'assigned',
        assignedOrderId: inWords(order),
        assignedAt: null,
      });
    });
    it("does not wait for a stranger's locked key", async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 2);
      const stranger = await openTransaction(store(), (tx) => tx.claimKeys({ sku, limit: 1, afterId: 0 }));
      const free = the(keyIds[1]);
      await store().assignKeys({ assignments: [assignment(free, 'amelia:13')] });
      expect(ids(stranger.value)).toEqual([keyIds[0]]);
      expect(await store().findKey({ id: free })).toMatchObject({ status: 'assigned' });
    });
    it('does nothing for an empty list', async () => {
      await expect(store().assignKeys({ assignments: [] })).resolves.toBeUndefined();
    });
  });

  verb('claimKeys', () => {
    it('gives the oldest free keys of the product, as many as asked', async () => {
      const keys = await freeKeys(store(), 5);
      await freeKeys(store(), 2);
      expect(await claim(keys.sku, 3)).toEqual(keys.ids.slice(0, 3));
    });
    it('gives fewer when there are fewer, and none for an unknown product', async () => {
      const keys = await freeKeys(store(), 2);
      expect(await claim(keys.sku, 9)).toEqual(keys.ids);
      expect(await claim(unique('SKU'), 9)).toEqual([]);
    });
    it('begins after afterId', async () => {
      const keys = await freeKeys(store(), 4);
      expect(await claim(keys.sku, 9, the(keys.ids[1]))).toEqual(keys.ids.slice(2));
      expect(await claim(keys.sku, 9, the(keys.ids[3]))).toEqual([]);
    });
    it('passes over keys that are assigned or revoked', async () => {
      const keys = await freeKeys(store(), 3);
      await assign(store(), keys.ids.slice(0, 1), await storedOrder(store()));
      await store().revokeKeys({ keyIds: keys.ids.slice(1, 2) });
      expect(await claim(keys.sku, 9)).toEqual(keys.ids.slice(2));
    });
    it('skips what other open transactions have claimed, and locks no more than it gives', async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 10);
      const claimed: number[][] = [];
      for (let buyer = 0; buyer < 4; buyer++) {
        claimed.push(
          ids((await openTransaction(store(), (tx) => tx.claimKeys({ sku, limit: 2, afterId: 0 }))).value),
        );
      }
      expect(claimed).toEqual([0, 2, 4, 6].map((at) => keyIds.slice(at, at + 2)));
      expect(await claim(sku, 9)).toEqual(keyIds.slice(8));
    });
    it('never gives one key to two of eight buyers who claim at the same moment', async () => {
      const { sku } = await freeKeys(store(), 24);
      const order = await storedOrder(store());
      const buys = Array.from({ length: 8 }, () =>
        store().transaction(async (tx) => {
          const keyIds = ids(await tx.claimKeys({ sku, limit: 2, afterId: 0 }));
          await assign(tx, keyIds, order);
          return keyIds;
        }),
      );
      const given = (await Promise.all(buys)).flat();
      expect(new Set(given).size).toBe(given.length);
      expect(await available(sku)).toBe(24 - given.length);
    });
    it('gives a key back to the head of the queue when its transaction is rolled back', async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 3);
      const undone = await openTransaction(store(), async (tx) => {
        const claimed = await tx.claimKeys({ sku, limit: 2, afterId: 0 });
        await tx.assignKeys({ assignments: claimed.map(({ id }) => assignment(id, 'amelia:13')) });
      });
      await undone.rollback();
      expect(await claim(sku, 9)).toEqual(keyIds);
    });
  });

  verb('claimKeysPatiently', () => {
    const patiently = (sku: string, limit: number, waitMs: number) =>
      store().transaction(async (tx) => ids(await tx.claimKeysPatiently({ sku, limit, waitMs })));

    it('gives the oldest free keys when nobody holds them', async () => {
      const keys = await freeKeys(store(), 3);
      expect(await patiently(keys.sku, 2, 1000)).toEqual(keys.ids.slice(0, 2));
      expect(await patiently(keys.sku, 9, 1000)).toEqual(keys.ids);
    });
    it('gives none when none is free', async () => {
      expect(await patiently(await storedSku(store()), 1, 1000)).toEqual([]);
    });
    it('waits for the holder, and then gives the one key that is truly free', async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 3);
      const holder = await openTransaction(store(), async (tx) => {
        const claimed = ids(await tx.claimKeys({ sku, limit: 3, afterId: 0 }));
        await tx.assignKeys({ assignments: claimed.slice(0, 2).map((id) => assignment(id, 'amelia:13')) });
      });
      const patient = patiently(sku, 1, 20_000);
      await expectWaiting(patient, store());
      expect(await claim(sku, 3), 'an impatient claim finds nothing').toEqual([]);
      expect(await available(sku), 'though three are free by committed state').toBe(3);
      await holder.commit();
      expect(await patient).toEqual(keyIds.slice(2));
    });
    it('gives up with store.lock_timeout, and leaves the connection usable', async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 1);
      const holder = await openTransaction(store(), (tx) => tx.claimKeys({ sku, limit: 1, afterId: 0 }));
      await expectStoreError(patiently(sku, 1, 100), 'store.lock_timeout');
      await holder.rollback();
      expect(await patiently(sku, 1, 100)).toEqual(keyIds);
    });
  });

  verb('countAvailable', () => {
    it('counts free keys by product, and gives 0 for one without any', async () => {
      const keys = await freeKeys(store(), 4);
      const [none, unknown] = [await storedSku(store()), unique('SKU')];
      await assign(store(), keys.ids.slice(0, 1), await storedOrder(store()));
      await store().revokeKeys({ keyIds: keys.ids.slice(1, 2) });
      const counts = await store().countAvailable({ skus: [none, keys.sku, unknown] });
      expect(new Map(counts.map((count) => [count.sku, count.available]))).toEqual(
        new Map([
          [keys.sku, 2],
          [none, 0],
          [unknown, 0],
        ]),
      );
    });
    it('counts keys that others have locked or assigned without a commit', async () => {
      const { sku } = await freeKeys(store(), 3);
      const other = await openTransaction(store(), async (tx) => {
        const [one] = await tx.claimKeys({ sku, limit: 3, afterId: 0 });
        await tx.assignKeys({ assignments: [assignment(the(one).id, 'amelia:13')] });
      });
      expect(await available(sku)).toBe(3);
      await other.commit();
      expect(await available(sku)).toBe(2);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().countAvailable({ skus: [] })).toEqual([]);
    });
  });

  verb('findKeysByText', () => {
    it('tells apart keys that differ in one byte', async () => {
      const texts = lookAlikes(unique('KEY'));
      const { sku, ids: keyIds } = await storedKeys(store(), texts);
      for (const [nth, licenseKey] of texts.entries()) {
        expect(await store().findKeysByText({ keys: [licenseKey] })).toEqual([
          { id: keyIds[nth], licenseKey, productSku: sku },
        ]);
      }
    });
    it('gives those of the asked that are stored, whatever their status', async () => {
      const keys = await freeKeys(store(), 2);
      await store().revokeKeys({ keyIds: keys.ids.slice(0, 1) });
      const found = await store().findKeysByText({ keys: [...keys.texts, unique('KEY')] });
      expect(found.map((key) => key.licenseKey).toSorted()).toEqual(keys.texts);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findKeysByText({ keys: [] })).toEqual([]);
    });
  });

  verb('findKey', () => {
    it('gives the key', async () => {
      const key = await freeKey(store());
      expect(await store().findKey({ id: key.id })).toEqual({
        id: key.id,
        licenseKey: key.text,
        status: 'available',
        productSku: key.sku,
        assignedToEmail: null,
        assignedOrderId: null,
        assignedCouponCode: null,
        assignedAt: null,
      });
    });
    it('gives null for an unknown id', async () => {
      expect(await store().findKey({ id: 2_000_000_000 })).toBeNull();
    });
  });

  verb('findKeysOfOrders', () => {
    it('gives the keys assigned to or held for the orders, by id', async () => {
      const [one, two] = [await storedOrder(store()), await storedOrder(store())];
      const keys = await freeKeys(store(), 5);
      const [a, b, c, d] = keys.ids.map((id) => id);
      await assign(store(), [the(d), the(a)], one);
      await assign(store(), [the(b)], two);
      await store().assignKeys({ assignments: [{ ...assignment(the(c), inWords(one)), assignedAt: null }] });
      expect(ids(await store().findKeysOfOrders({ orderIds: [inWords(one), inWords(two)] }))).toEqual([
        a,
        b,
        c,
        d,
      ]);
      expect(ids(await store().findKeysOfOrders({ orderIds: [inWords(two), 'amelia:none'] }))).toEqual([b]);
    });
    it('tells apart orders whose ids differ in one byte', async () => {
      const orderIds = lookAlikes(`amelia:${unique('x')}`);
      const keys = await freeKeys(store(), orderIds.length);
      await store().assignKeys({
        assignments: orderIds.map((orderId, nth) => assignment(the(keys.ids[nth]), orderId)),
      });
      for (const [nth, orderId] of orderIds.entries()) {
        expect(ids(await store().findKeysOfOrders({ orderIds: [orderId] }))).toEqual([keys.ids[nth]]);
      }
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findKeysOfOrders({ orderIds: [] })).toEqual([]);
    });
  });

  verb('insertKeys', () => {
    it('keeps the first of two equal texts, and loses no new one beside it', async () => {
      const first = await freeKey(store());
      const [sku, fresh] = [await storedSku(store()), unique('KEY')];
      await store().insertKeys({ keys: [first.text, fresh].map((licenseKey) => ({ licenseKey, sku })) });
      const found = await store().findKeysByText({ keys: [first.text, fresh] });
      expect(new Map(found.map((key) => [key.licenseKey, key.productSku]))).toEqual(
        new Map([
          [first.text, first.sku],
          [fresh, sku],
        ]),
      );
    });
    it('gives ids in the order of the list, so that the oldest is the first imported', async () => {
      const { ids: keyIds } = await freeKeys(store(), 50);
      expect(keyIds).toEqual(keyIds.toSorted((a, b) => a - b));
    });
    it('takes a key of 200 bytes', async () => {
      const text = `${'ü'.repeat(90)}${unique('-')}`.padEnd(110, '0');
      expect(Buffer.byteLength(text)).toBe(200);
      expect((await storedKeys(store(), [text])).ids).toHaveLength(1);
    });
    it('takes 5,000 keys in one call, and claims and assigns them in one call each', async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 5000);
      expect(await available(sku)).toBe(5000);
      const order = await storedOrder(store());
      await store().transaction(async (tx) => {
        const claimed = ids(await tx.claimKeys({ sku, limit: 5000, afterId: 0 }));
        expect(claimed).toEqual(keyIds);
        await assign(tx, claimed, order);
      });
      expect(ids(await store().findKeysOfOrders({ orderIds: [inWords(order)] }))).toEqual(keyIds);
      expect(await available(sku)).toBe(0);
    });
    it('makes the second of two importers wait, and both see one row a key', async () => {
      const texts = Array.from({ length: 3 }, () => unique('KEY'));
      const [one, two] = [await storedSku(store()), await storedSku(store())];
      const keysOf = (sku: string, some: string[]): NewKey[] =>
        some.map((licenseKey) => ({ licenseKey, sku }));
      const first = await openTransaction(store(), (tx) =>
        tx.insertKeys({ keys: keysOf(one, texts.slice(0, 2)) }),
      );
      const second = store().transaction(async (tx) => {
        await tx.insertKeys({ keys: keysOf(two, texts.slice(1)) });
        return tx.findKeysByText({ keys: texts });
      });
      await expectWaiting(second, store());
      await first.commit();
      const seen = (await second).toSorted((a, b) => (a.licenseKey < b.licenseKey ? -1 : 1));
      expect(seen.map((key) => key.productSku)).toEqual([one, one, two]);
    });
    it('says nothing of the keys when the database refuses them', async () => {
      const planted = unique('PLANTED-LICENSE-KEY');
      const refused: NewKey[] = JSON.parse(JSON.stringify([{ licenseKey: planted, sku: null }]));
      await expectStoreError(store().insertKeys({ keys: refused }), 'store.fault', [planted]);
      const work = store().transaction((tx) => tx.insertKeys({ keys: refused }));
      await expectStoreError(work, 'store.fault', [planted]);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertKeys({ keys: [] })).resolves.toBeUndefined();
    });
  });

  verb('deleteKeys', () => {
    it('takes keys out with all that is kept beside them, and no others', async () => {
      const keys = await freeKeys(store(), 3);
      const importId = uuid();
      const tail = unique('t').slice(-4);
      await store().insertImportedKeys({ rows: keys.ids.map((keyId) => ({ keyId, importId, tail })) });
      await store().transaction((tx) => tx.deleteKeys({ keyIds: keys.ids.slice(0, 2).toReversed() }));
      expect(ids(await store().findKeysByText({ keys: keys.texts }))).toEqual(keys.ids.slice(2));
      expect(await store().findImportedKeys({ importId, keyIds: keys.ids })).toEqual(keys.ids.slice(2));
      const left = await opened().peek(
        `SELECT key_id FROM key_tails WHERE key_id IN (${keys.ids.join(', ')})`,
      );
      expect(left.map((row) => Number(row['key_id']))).toEqual(keys.ids.slice(2));
    });
    it("waits for nobody else's keys", async () => {
      const keys = await freeKeys(store(), 2);
      await openTransaction(store(), (tx) => tx.lockKeys({ ids: keys.ids.slice(0, 1) }));
      await store().deleteKeys({ keyIds: keys.ids.slice(1) });
      expect(await available(keys.sku)).toBe(1);
    });
    it('does nothing for an empty list', async () => {
      const { sku } = await freeKeys(store(), 1);
      await store().deleteKeys({ keyIds: [] });
      expect(await available(sku)).toBe(1);
    });
  });

  verb('lockFreeKeys', () => {
    const lockFree = (keyIds: number[]) => store().transaction((tx) => tx.lockFreeKeys({ ids: keyIds }));

    it('gives those of the asked that are free, by id', async () => {
      const { ids: keyIds } = await freeKeys(store(), 5);
      await assign(store(), keyIds.slice(0, 1), await storedOrder(store()));
      await store().revokeKeys({ keyIds: keyIds.slice(2, 3) });
      const asked = [...keyIds.slice(0, 4).toReversed(), 2_000_000_000];
      expect(await lockFree(asked)).toEqual([keyIds[1], keyIds[3]]);
    });
    it('passes over what another transaction holds, and locks what it gives', async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 3);
      await openTransaction(store(), (tx) => tx.claimKeys({ sku, limit: 1, afterId: 0 }));
      const mine = await openTransaction(store(), (tx) => tx.lockFreeKeys({ ids: keyIds }));
      expect(mine.value).toEqual(keyIds.slice(1));
      expect(await lockFree(keyIds)).toEqual([]);
      expect(await claim(sku, 9)).toEqual([]);
    });
    it('gives a key to a buyer or to who takes it out, never to both', async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 40);
      const order = await storedOrder(store());
      const buy = () =>
        store().transaction(async (tx) => {
          const bought = ids(await tx.claimKeys({ sku, limit: 5, afterId: 0 }));
          await assign(tx, bought, order);
          return bought;
        });
      const takeOut = () =>
        store().transaction(async (tx) => {
          const free = await tx.lockFreeKeys({ ids: keyIds });
          await tx.deleteKeys({ keyIds: free });
          return free;
        });
      const [first, removed, second] = await Promise.all([buy(), takeOut(), buy()]);
      const bought = [...first, ...second];
      expect(new Set([...bought, ...removed]).size).toBe(bought.length + removed.length);
      const held = ids(await store().findKeysOfOrders({ orderIds: [inWords(order)] }));
      expect(held).toEqual(bought.toSorted((a, b) => a - b));
    });
    it('gives nothing for an empty list', async () => {
      expect(await lockFree([])).toEqual([]);
    });
  });

  verb('lockKeys', () => {
    it('gives whole keys, whatever their status, by id', async () => {
      const { ids: keyIds } = await freeKeys(store(), 3);
      await store().revokeKeys({ keyIds: keyIds.slice(0, 1) });
      const locked = await store().transaction((tx) => tx.lockKeys({ ids: keyIds.toReversed() }));
      expect(ids(locked)).toEqual(keyIds);
      expect(locked[0]).toEqual(await store().findKey({ id: the(keyIds[0]) }));
    });
    it('waits for another holder, and then gives what that one wrote', async () => {
      const { ids: keyIds } = await freeKeys(store(), 2);
      const first = await openTransaction(store(), async (tx) => {
        await tx.lockKeys({ ids: keyIds.slice(0, 1) });
        await tx.revokeKeys({ keyIds: keyIds.slice(0, 1) });
      });
      const second = store().transaction((tx) => tx.lockKeys({ ids: keyIds }));
      await expectWaiting(second, store());
      await first.commit();
      expect((await second).map((key) => key.status)).toEqual(['revoked', 'available']);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().transaction((tx) => tx.lockKeys({ ids: [] }))).toEqual([]);
    });
  });

  verb('lockKeysOfOrders', () => {
    const lock = (orderIds: string[]) =>
      store().transaction(async (tx) => ids(await tx.lockKeysOfOrders({ orderIds })));

    it('gives the same keys as findKeysOfOrders, by id', async () => {
      const order = await storedOrder(store());
      const { ids: keyIds } = await freeKeys(store(), 3);
      await assign(store(), keyIds.toReversed(), order);
      const orderIds = [inWords(order)];
      const locked = await store().transaction((tx) => tx.lockKeysOfOrders({ orderIds }));
      expect(locked).toEqual(await store().findKeysOfOrders({ orderIds }));
      expect(ids(locked)).toEqual(keyIds);
    });
    it('waits for another holder, and then gives what that one left', async () => {
      const order = await storedOrder(store());
      const { ids: keyIds } = await freeKeys(store(), 2);
      await assign(store(), keyIds, order);
      const first = await openTransaction(store(), async (tx) => {
        await tx.lockKeysOfOrders({ orderIds: [inWords(order)] });
        await tx.releaseKeys({ keyIds: keyIds.slice(0, 1) });
      });
      const second = lock([inWords(order)]);
      await expectWaiting(second, store());
      await first.commit();
      expect(await second).toEqual(keyIds.slice(1));
    });
    it('gives nothing for an empty list', async () => {
      expect(await lock([])).toEqual([]);
    });
  });

  verb('releaseKeys', () => {
    it('makes a key available again, with no trace of the order, at the head of its queue', async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 3);
      const order = await storedOrder(store(), { coupon: 'SPRING' });
      await assign(store(), keyIds.slice(0, 2), order);
      await store().releaseKeys({ keyIds: keyIds.slice(0, 1) });
      expect(await store().findKey({ id: the(keyIds[0]) })).toMatchObject({
        status: 'available',
        assignedToEmail: null,
        assignedOrderId: null,
        assignedCouponCode: null,
        assignedAt: null,
      });
      expect(await claim(sku, 9)).toEqual([keyIds[0], keyIds[2]]);
    });
    it('does nothing for an empty list', async () => {
      const { sku } = await freeKeys(store(), 1);
      await store().releaseKeys({ keyIds: [] });
      expect(await available(sku)).toBe(1);
    });
  });

  verb('revokeKeys', () => {
    it('takes a key out of sale for good and keeps its history', async () => {
      const { sku, ids: keyIds } = await freeKeys(store(), 2);
      const order = await storedOrder(store(), { coupon: 'SPRING' });
      await assign(store(), keyIds.slice(0, 1), order);
      await store().revokeKeys({ keyIds: keyIds.slice(0, 1) });
      expect(await store().findKey({ id: the(keyIds[0]) })).toMatchObject({
        status: 'revoked',
        assignedToEmail: order.email,
        assignedOrderId: inWords(order),
        assignedCouponCode: 'SPRING',
        assignedAt: AT,
      });
      expect(await claim(sku, 9)).toEqual(keyIds.slice(1));
    });
    it('does nothing for an empty list', async () => {
      const { sku } = await freeKeys(store(), 1);
      await store().revokeKeys({ keyIds: [] });
      expect(await available(sku)).toBe(1);
    });
  });
}
