import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreError } from '../../server/store/store-error.ts';
import type { Store } from '../../server/store/store.ts';
import { engines } from '../support/engines.ts';
import { booking, arrivalOf, openWorld, type World } from '../support/world.ts';

describe.each(engines())('vending on %s', (engine) => {
  let world: World;
  let next = 1000;
  const id = () => String((next += 1));
  beforeAll(async () => {
    world = await openWorld(engine);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 400);
  });
  afterAll(() => world.close());

  it('gives the oldest free key to a booking, with one mail and one audit line', async () => {
    const externalId = id();
    const receipt = await world.send(
      booking({ externalId, coupon: { value: 'KEY10', where: 'couponCode' } }),
    );
    expect(receipt).toMatchObject({ status: 'fulfilled', orders: [{ orderId: `amelia:${externalId}` }] });
    const [key, ...more] = await world.keysOf(externalId);
    expect(more).toEqual([]);
    expect(key).toMatchObject({
      status: 'assigned',
      licenseKey: 'COURSE-A-000001',
      assignedToEmail: `buyer-${externalId}@example.test`,
      assignedCouponCode: 'KEY10',
    });
    expect(key?.assignedAt).toBeInstanceOf(Date);
    expect(await world.mailsOf(externalId)).toMatchObject([{ kind: 'key', status: 'queued', attempts: 0 }]);
    const order = await world.order(externalId);
    const trail = await world.store.findAudit({ subject: `order:${order?.id}` });
    expect(trail).toMatchObject([
      { action: 'order.fulfilled', fromStatus: null, toStatus: 'fulfilled', seq: 1 },
    ]);
  });

  it('a replayed delivery vends nothing', async () => {
    const event = booking({ externalId: id() });
    await world.send(event);
    expect((await world.send(event)).status).toBe('duplicate');
    expect(await world.keysOf(event.externalId)).toHaveLength(1);
    expect(await world.mailsOf(event.externalId)).toHaveLength(1);
  });

  it('fifty copies at once through two services give one key, one mail and 49 duplicates', async () => {
    const second = await world.second();
    const event = booking({ externalId: id() });
    const receipts = await Promise.all(
      Array.from({ length: 50 }, (_, index) => world.send(event, index % 2 ? { core: second.core } : {})),
    );
    const words = receipts.map((receipt) => receipt.status);
    expect(words.filter((word) => word === 'fulfilled')).toHaveLength(1);
    expect(words.filter((word) => word === 'duplicate')).toHaveLength(49);
    expect(await world.keysOf(event.externalId)).toHaveLength(1);
    expect(await world.mailsOf(event.externalId)).toHaveLength(1);
  });

  it('several persons get several keys in one mail, all or none', async () => {
    const event = booking({ externalId: id(), quantity: 3 });
    expect((await world.send(event)).status).toBe('fulfilled');
    expect(await world.keysOf(event.externalId)).toHaveLength(3);
    expect(await world.mailsOf(event.externalId)).toHaveLength(1);
  });

  it('a delivery with several bookings makes one order each', async () => {
    const [a, b] = [id(), id()];
    const receipt = await world.core.queue.submit(
      arrivalOf([booking({ externalId: a }), booking({ externalId: b, purchase: { id: 'p', lead: false } })]),
    );
    expect(receipt.orders.map((order) => order.status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await world.keysOf(b)).toHaveLength(1);
  });

  it('another trusted address is an alternate, neither a conflict nor a new recipient', async () => {
    const event = booking({ externalId: id() });
    await world.send(event);
    const other = {
      ...event,
      hook: 'amelia_after_booking_approved',
      email: { value: 'ada@example.test', where: 'x' },
    };
    expect((await world.send(other)).status).toBe('duplicate');
    const order = await world.order(event.externalId);
    expect(order?.email).toBe(`buyer-${event.externalId}@example.test`);
    expect(await world.store.findAlternates({ orderId: order?.id ?? 0 })).toEqual(['ada@example.test']);
  });

  it('another quantity for a served booking tells the admin and moves nothing', async () => {
    const event = booking({ externalId: id(), rev: 1 });
    await world.send(event);
    expect((await world.send({ ...event, rev: 2, quantity: 2 })).status).toBe('attention');
    expect(await world.keysOf(event.externalId)).toHaveLength(1);
    expect(await world.order(event.externalId)).toMatchObject({ status: 'fulfilled', units: 1, rev: 2 });
  });

  it('a forgeable hook vends nothing and makes no order', async () => {
    const event = booking({ externalId: id(), authority: 'forgeable' });
    expect((await world.send(event)).status).toBe('ignored');
    expect(await world.order(event.externalId)).toBeNull();
  });

  it.each([
    ['0 persons', { quantity: 0 }, 'quantity'],
    ['10,000 persons', { quantity: 10_000 }, 'quantity'],
    ['no e-mail', { email: null }, 'no_email'],
    ['a course without a mapping', { item: { kind: 'service' as const, id: '404', name: null } }, 'unmapped'],
  ])('%s is for a person', async (_words, about, reason) => {
    const event = booking({ externalId: id(), ...about });
    expect((await world.send(event)).status).toBe('attention');
    expect(await world.order(event.externalId)).toMatchObject({ status: 'attention', reason });
    expect(await world.keysOf(event.externalId)).toEqual([]);
  });

  it('an address that comes later lets the waiting booking go', async () => {
    const event = booking({ externalId: id(), rev: 1, email: null });
    await world.send(event);
    const later = { ...event, rev: 2, email: { value: 'late@example.test', where: 'customer.email' } };
    expect((await world.send(later)).status).toBe('fulfilled');
  });

  it('mapping a course releases the orders that waited for it', async () => {
    const externalId = id();
    const item = { kind: 'service' as const, id: '77', name: null };
    // Through the front door, since a replay reads the stored bytes again.
    const body = { id: externalId, email: 'map@example.test', serviceId: 77, status: 'approved' };
    const event = booking({ externalId, item });
    const arrival = arrivalOf(event);
    arrival.delivery.body = new TextEncoder().encode(JSON.stringify(body));
    expect((await world.core.queue.submit(arrival)).status).toBe('attention');
    await world.map('77', 'COURSE-A');
    expect(await world.core.reconsider({ site: '', source: 'amelia', kind: 'service', itemId: '77' })).toBe(
      1,
    );
    expect(await world.order(externalId)).toMatchObject({ status: 'fulfilled', reason: null });
  });

  describe('cancelling', () => {
    it('before the first try withdraws the mail and returns the key to the head of its queue', async () => {
      const event = booking({ externalId: id() });
      await world.send(event);
      const [key] = await world.keysOf(event.externalId);
      expect((await world.send({ ...event, status: 'cancelled' })).status).toBe('cancelled');
      expect(await world.mailsOf(event.externalId)).toMatchObject([{ status: 'withdrawn' }]);
      expect(await world.store.findKey({ id: key?.id ?? 0 })).toMatchObject({
        status: 'available',
        assignedAt: null,
      });
      const nextBuyer = booking({ externalId: id() });
      await world.send(nextBuyer);
      expect(await world.keysOf(nextBuyer.externalId)).toMatchObject([{ id: key?.id }]);
    });

    it('after a try keeps the key with its order and tells the admin', async () => {
      const event = booking({ externalId: id(), rev: 1 });
      await world.send(event);
      const [mail] = await world.mailsOf(event.externalId);
      await world.store.leaseMessages({ ids: [mail?.id ?? ''], token: 'a', leaseMs: 60_000 });
      expect((await world.send({ ...event, rev: 2, status: 'cancelled' })).status).toBe('cancelled');
      expect(await world.keysOf(event.externalId)).toMatchObject([{ status: 'assigned' }]);
      // Approved again: the buyer keeps the same key, and no second mail goes out.
      const before = await world.keysOf(event.externalId);
      expect((await world.send({ ...event, rev: 3 })).status).toBe('fulfilled');
      expect(await world.keysOf(event.externalId)).toEqual(before);
      expect(await world.mailsOf(event.externalId)).toHaveLength(1);
    });

    it('keeps a key that arrived although no try is known: a backup was restored, and the provider told so', async () => {
      const event = booking({ externalId: id(), rev: 1 });
      await world.send(event);
      const [mail] = await world.mailsOf(event.externalId);
      await world.store.settleMessages({
        isTry: true,
        ids: [mail?.id ?? ''],
        status: 'delivered',
        retryInMs: null,
        lastCode: 'delivered',
        lastError: null,
        acceptedAt: new Date(),
      });
      const [key] = await world.keysOf(event.externalId);
      expect((await world.send({ ...event, rev: 2, status: 'cancelled' })).status).toBe('cancelled');
      expect(await world.mailsOf(event.externalId)).toMatchObject([{ status: 'delivered', attempts: 0 }]);
      expect(await world.store.findKey({ id: key?.id ?? 0 })).toMatchObject({ status: 'assigned' });
    });

    it('before the booking arrives leaves a tombstone: the late approval vends nothing without a revision', async () => {
      const event = booking({ externalId: id() });
      expect((await world.send({ ...event, status: 'cancelled' })).status).toBe('cancelled');
      expect((await world.send(event)).status).toBe('attention');
      expect(await world.order(event.externalId)).toMatchObject({ status: 'cancelled' });
      expect(await world.keysOf(event.externalId)).toEqual([]);
    });

    const levels = [
      { rev: 1, status: 'approved' as const },
      { rev: 2, status: 'cancelled' as const },
      { rev: 3, status: 'approved' as const },
    ];
    it.each(permutations([0, 1, 2]))(
      'approved (1), cancelled (2), approved (3) delivered as %i %i %i ends fulfilled',
      async (...order) => {
        const externalId = id();
        for (const index of order) await world.send(booking({ externalId, ...levels[index] }));
        expect(await world.order(externalId)).toMatchObject({ status: 'fulfilled', rev: 3 });
        const live = (await world.keysOf(externalId)).filter((key) => key.assignedAt !== null);
        expect(live).toHaveLength(1);
      },
    );
    it.each(permutations([0, 1, 2]))(
      'the same without revisions, as %i %i %i, ends cancelled, and an approval after the cancel is for a person',
      async (...order) => {
        const externalId = id();
        const words: string[] = [];
        for (const index of order) {
          words.push(
            (await world.send(booking({ externalId, status: levels[index]?.status ?? 'approved' }))).status,
          );
        }
        const cancelAt = order.indexOf(1);
        expect(words.slice(cancelAt)).toEqual([
          'cancelled',
          ...Array<string>(2 - cancelAt).fill('attention'),
        ]);
        expect(await world.order(externalId)).toMatchObject({ status: 'cancelled' });
      },
    );
  });

  describe('pending bookings', () => {
    it('hold their keys, and approval gives those very keys', async () => {
      const event = booking({ externalId: id(), rev: 1, status: 'pending' });
      expect((await world.send(event)).status).toBe('held');
      const held = await world.keysOf(event.externalId);
      expect(held).toMatchObject([{ status: 'assigned', assignedAt: null }]);
      expect(await world.mailsOf(event.externalId)).toEqual([]);
      expect((await world.send({ ...event, rev: 2, status: 'approved' })).status).toBe('fulfilled');
      expect((await world.keysOf(event.externalId)).map((key) => key.id)).toEqual(held.map((key) => key.id));
      expect(await world.broken()).toEqual([]);
    });

    it('an unpaid online gateway holds, and its payment sells', async () => {
      const payment = { gateway: 'stripe', status: 'pending', transactionId: null };
      const event = booking({ externalId: id(), rev: 1, payment });
      expect((await world.send(event)).status).toBe('held');
      const paid = { ...payment, status: 'paid', transactionId: 'ch_1' };
      expect((await world.send({ ...event, rev: 2, payment: paid })).status).toBe('fulfilled');
    });
  });

  it('keeps every promise in the database after all of this', async () => {
    await world.core.idle();
    expect(await world.broken()).toEqual([]);
  });
});

describe.each(engines())('faults while vending on %s', (engine) => {
  it('a lost COMMIT answer repairs itself: one key, one mail', async () => {
    let lose = 2;
    const world = await openWorld(engine, {
      wrap: (store): Store => ({
        ...store,
        transaction: async (work) => {
          const answer = await store.transaction(work);
          if (lose > 0) {
            lose -= 1;
            throw new StoreError('store.lost', 'committing', 'ECONNRESET');
          }
          return answer;
        },
      }),
    });
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 5);
    const receipt = await world.send(booking({ externalId: '1' }));
    expect(receipt.status).toBe('fulfilled');
    expect(await world.keysOf('1')).toHaveLength(1);
    expect(await world.mailsOf('1')).toHaveLength(1);
    await world.close();
  });

  it('one delivery that breaks the batch is kept for a person, and its neighbours are served', async () => {
    const world = await openWorld(engine);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 5);
    const poison = booking({ externalId: '2', name: { value: 'x'.repeat(5000), where: 'name' } });
    const receipts = await Promise.all([
      world.send(booking({ externalId: '1' })),
      world.send(poison),
      world.send(booking({ externalId: '3' })),
    ]);
    expect(receipts.map((receipt) => receipt.status)).toEqual(['fulfilled', 'attention', 'fulfilled']);
    const [receipt] = receipts.slice(1);
    expect(await world.store.findDelivery({ id: receipt?.deliveryId ?? '' })).toMatchObject({
      verdict: 'attention',
    });
    await world.close();
  });
});

function permutations(items: number[]): number[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
