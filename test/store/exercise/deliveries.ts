import { expect, it } from 'vitest';
import type { DeliveryRow } from '../../../server/store/rows.ts';
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
