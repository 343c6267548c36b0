import { expect, it } from 'vitest';
import type { DeliveryFilter, DeliveryRow } from '../../../server/store/rows.ts';
import type { Verbs } from '../../../server/store/store.ts';
import { RECEIPT_STATUSES } from '../../../shared/statuses.ts';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { AT, aDelivery, storedOrder, the, unique, uuid } from './world.ts';

const MIB = 1024 * 1024;

/** Bytes compare by value, whatever class the driver made of them. */
function sameDelivery(found: DeliveryRow | null, stored: DeliveryRow): void {
  const { body, ...facts } = the(found);
  const { body: storedBody, ...storedFacts } = stored;
  expect(body).toBeInstanceOf(Uint8Array);
  expect(Buffer.compare(body, storedBody), 'the same bytes').toBe(0);
  expect(facts).toEqual(storedFacts);
}

export function exerciseDeliveries({ verb, store }: Exercise): void {
  const NO_FILTER: DeliveryFilter = { source: null, site: null, since: null, until: null, replays: true };
  const later = (ms: number) => new Date(AT.getTime() + ms);
  const stored = async (deliveries: DeliveryRow[]) => {
    await store().insertDeliveries({ deliveries });
    return deliveries;
  };

  verb('countDeliveries', () => {
    const count = (facts: Partial<Parameters<Verbs['countDeliveries']>[0]>) =>
      store().countDeliveries({ ...NO_FILTER, verdicts: [...RECEIPT_STATUSES], limit: 100, ...facts });

    it('counts those of these verdicts that fit every filter', async () => {
      const site = unique('site');
      await stored([
        aDelivery({ site, verdict: 'attention' }),
        aDelivery({ site, verdict: 'attention', receivedAt: later(5) }),
        aDelivery({ site, verdict: 'held', source: 'bookly' }),
        aDelivery({ site, verdict: 'held', replayOf: uuid() }),
        aDelivery({ verdict: 'attention' }),
      ]);
      expect(await count({ site })).toBe(4);
      expect(await count({ site, verdicts: ['attention'] })).toBe(2);
      expect(await count({ site, verdicts: ['attention', 'held'], source: 'amelia' })).toBe(3);
      expect(await count({ site, replays: false })).toBe(3);
      expect(await count({ site, since: later(5) })).toBe(1);
      expect(await count({ site, until: later(5) })).toBe(3);
      expect(await count({ site, verdicts: ['spooled'] })).toBe(0);
    });
    it('counts no further than asked', async () => {
      const site = unique('site');
      await stored(Array.from({ length: 5 }, () => aDelivery({ site })));
      expect(await count({ site, limit: 3 })).toBe(3);
      expect(await count({ site, limit: 5 })).toBe(5);
    });
    it('counts nothing for no verdict', async () => {
      expect(await count({ verdicts: [] })).toBe(0);
    });
  });

  verb('listDeliveries', () => {
    const held = (facts: Partial<DeliveryRow>) => aDelivery({ verdict: 'held', ...facts });
    const list = async (facts: Partial<Parameters<Verbs['listDeliveries']>[0]>) => {
      const all = { ...NO_FILTER, verdict: 'held' as const, from: null, direction: 'oldest first' as const };
      const rows = await store().listDeliveries({ ...all, limit: 100, ...facts });
      return rows.map(({ id }) => id);
    };

    it('gives the deliveries of a verdict by time and id, in both directions, from any of them on', async () => {
      const site = unique('site');
      const [c, a, d, b] = await stored([2, 0, 2, 1].map((ms) => held({ site, receivedAt: later(ms) })));
      const order = [the(a), the(b), ...[the(c), the(d)].toSorted((x, y) => (x.id < y.id ? -1 : 1))];
      const inOrder = order.map(({ id }) => id);
      expect(await list({ site })).toEqual(inOrder);
      expect(await list({ site, direction: 'newest first' })).toEqual(inOrder.toReversed());
      for (const [nth, from] of order.entries()) {
        expect(await list({ site, from })).toEqual(inOrder.slice(nth + 1));
        const newest = { site, from, direction: 'newest first' as const };
        expect(await list(newest)).toEqual(inOrder.slice(0, nth).toReversed());
      }
      expect(await list({ site, limit: 2 })).toEqual(inOrder.slice(0, 2));
    });
    it('gives whole rows, without their bodies', async () => {
      const site = unique('site');
      const [delivery] = await stored([held({ site, flag: 'look', replayOf: uuid() })]);
      const rows = await store().listDeliveries({
        ...NO_FILTER,
        site,
        verdict: 'held',
        from: null,
        direction: 'newest first',
        limit: 9,
      });
      expect(rows).toEqual([{ ...the(delivery), body: new Uint8Array(0) }]);
    });
    it('joins all filters', async () => {
      const site = unique('site');
      const [one, bookly, replay] = await stored([
        held({ site }),
        held({ site, source: 'bookly', receivedAt: later(1) }),
        held({ site, receivedAt: later(2), replayOf: uuid() }),
        held({ site, receivedAt: later(3), verdict: 'waiting' }),
      ]);
      const named = (...rows: (DeliveryRow | undefined)[]) => rows.map((row) => the(row).id);
      expect(await list({ site })).toEqual(named(one, bookly, replay));
      expect(await list({ site, source: 'amelia' })).toEqual(named(one, replay));
      expect(await list({ site, replays: false })).toEqual(named(one, bookly));
      expect(await list({ site, since: later(1), until: later(2) })).toEqual(named(bookly));
      expect(await list({ site: unique('site') })).toEqual([]);
    });
  });

  verb('findDelivery', () => {
    it('gives null for an unknown id', async () => {
      expect(await store().findDelivery({ id: uuid() })).toBeNull();
    });
    it('gives the delivery with its body', async () => {
      const delivery = aDelivery();
      await store().insertDeliveries({ deliveries: [delivery] });
      sameDelivery(await store().findDelivery({ id: delivery.id }), delivery);
    });
  });

  verb('findDeliveriesOfOrder', () => {
    it('gives what spoke of the order, oldest first, without bodies', async () => {
      const order = await storedOrder(store());
      const deliveries = [2, 0, 1].map((minutes) =>
        aDelivery({ receivedAt: new Date(AT.getTime() + minutes * 60_000), flag: `minute ${minutes}` }),
      );
      await store().insertDeliveries({ deliveries: [...deliveries, aDelivery()] });
      await store().linkDeliveries({
        links: deliveries.map((delivery) => ({ deliveryId: delivery.id, orderId: order.id })),
      });
      const found = await store().findDeliveriesOfOrder({ orderId: order.id });
      expect(found.map((delivery) => delivery.flag)).toEqual(['minute 0', 'minute 1', 'minute 2']);
      expect(found.map((delivery) => delivery.body.byteLength)).toEqual([0, 0, 0]);
      expect(found[0]?.headers).toEqual({ 'content-type': 'application/json' });
    });
    it('gives nothing for an order nobody spoke of', async () => {
      expect(await store().findDeliveriesOfOrder({ orderId: (await storedOrder(store())).id })).toEqual([]);
    });
  });

  verb('findStoredDeliveries', () => {
    it('gives those of the asked that are stored', async () => {
      const [one, two] = [aDelivery(), aDelivery()];
      await store().insertDeliveries({ deliveries: [one, two] });
      const found = await store().findStoredDeliveries({ ids: [one.id, uuid(), two.id] });
      expect(found.map((delivery) => delivery.id).toSorted()).toEqual([one.id, two.id].toSorted());
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findStoredDeliveries({ ids: [] })).toEqual([]);
    });
  });

  verb('insertDeliveries', () => {
    it('keeps every fact, byte by byte', async () => {
      const everyByte = Uint8Array.from({ length: 512 }, (_, at) => at % 256);
      const full = aDelivery({
        site: 'second-shop',
        source: 'bookly',
        hook: 'bookly_appointment_status_changed',
        contentType: 'application/x-www-form-urlencoded; charset=utf-8',
        body: everyByte,
        headers: { 'user-agent': "WordPress/6.8; “quotes” \\ backslash ' apostrophe 😀", 'x-empty': '' },
        verdict: 'attention',
        flag: 'Two products for one booking 😀',
        orders: [
          {
            orderId: 'amelia:13',
            status: 'fulfilled',
            emailAt: 'booking.customer.email',
            couponAt: 'booking.coupon',
          },
          { orderId: 'amelia:14', status: 'waiting', note: 'out of “stock”' },
        ],
        replayOf: uuid(),
      });
      const bare = aDelivery({
        hook: null,
        contentType: null,
        body: new Uint8Array(0),
        headers: {},
        orders: [],
      });
      const zeros = aDelivery({ body: new Uint8Array(64) });
      await store().insertDeliveries({ deliveries: [full, bare, zeros] });
      for (const delivery of [full, bare, zeros]) {
        sameDelivery(await store().findDelivery({ id: delivery.id }), delivery);
      }
    });
    it('takes every verdict', async () => {
      const deliveries = RECEIPT_STATUSES.map((verdict) => aDelivery({ verdict }));
      await store().insertDeliveries({ deliveries });
      const stored = await store().findStoredDeliveries({ ids: deliveries.map(({ id }) => id) });
      expect(stored.map((delivery) => delivery.verdict).toSorted()).toEqual([...RECEIPT_STATUSES].toSorted());
    });
    it('refuses a second row with the same id, and says nothing of what was in it', async () => {
      const planted = unique('PLANTED-LICENSE-KEY');
      const delivery = aDelivery({ flag: planted, body: new TextEncoder().encode(planted) });
      await store().insertDeliveries({ deliveries: [delivery] });
      const again = store().insertDeliveries({ deliveries: [{ ...delivery, hook: 'another' }] });
      await expectStoreError(again, 'store.duplicate', [planted, Buffer.from(planted).toString('hex')]);
      sameDelivery(await store().findDelivery({ id: delivery.id }), delivery);
    });
    it('takes twenty bodies of 1 MiB in one call', async () => {
      const deliveries = Array.from({ length: 20 }, (_, nth) =>
        aDelivery({ body: new Uint8Array(MIB).fill(nth).fill(0, 0, 512) }),
      );
      await store().transaction((tx) => tx.insertDeliveries({ deliveries }));
      const last = the(deliveries.at(-1));
      sameDelivery(await store().findDelivery({ id: last.id }), last);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertDeliveries({ deliveries: [] })).resolves.toBeUndefined();
    });
  });

  verb('linkDeliveries', () => {
    it('does nothing for a link that is there, and keeps the new ones', async () => {
      const delivery = aDelivery();
      await store().insertDeliveries({ deliveries: [delivery] });
      const [one, two] = [await storedOrder(store()), await storedOrder(store())];
      const link = (orderId: number) => ({ deliveryId: delivery.id, orderId });
      await store().linkDeliveries({ links: [link(one.id)] });
      await store().linkDeliveries({ links: [link(one.id), link(two.id)] });
      for (const order of [one, two]) {
        expect(await store().findDeliveriesOfOrder({ orderId: order.id })).toHaveLength(1);
      }
    });
    it('does nothing for an empty list', async () => {
      await expect(store().linkDeliveries({ links: [] })).resolves.toBeUndefined();
    });
  });
}
