import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BookingEvent } from '../../shared/booking-event.ts';
import type { Store } from '../../server/store/store.ts';
import { engines } from '../support/engines.ts';
import { arrivalOf, booking, openWorld, type World } from '../support/world.ts';

// Longer histories of one booking: what was once seen by a buyer is never forgotten, and nobody is left without a mail.
describe.each(engines())('histories on %s', (engine) => {
  let world: World;
  let next = 0;
  const id = () => String((next += 1));
  const course = async (stock: number, per: 'booking' | 'purchase' = 'booking') => {
    const itemId = id();
    const sku = `SKU-${itemId}`;
    await world.map(itemId, sku);
    const mapping = {
      site: '',
      source: 'amelia' as const,
      kind: 'service' as const,
      itemId,
      sku,
      quantity: 1,
      per,
    };
    await world.store.saveMapping(mapping);
    await world.stock(sku, stock);
    return { sku, item: { kind: 'service' as const, id: itemId, name: null } };
  };
  /** Sends the steps one after the other; each is a booking with the next revision. */
  const live = async (base: Partial<BookingEvent>, steps: Partial<BookingEvent>[]): Promise<string> => {
    const externalId = id();
    for (const [index, step] of steps.entries()) {
      await world.send(booking({ externalId, rev: index + 1, ...base, ...step }));
    }
    return externalId;
  };
  const send = (externalId: string, about: Partial<BookingEvent>) =>
    world.send(booking({ externalId, ...about }));
  /** Begins a try to send the order's mails, as the worker does, and ends it so. */
  const tried = async (externalId: string, status: 'unknown' | 'retrying' | 'withdrawn' | 'accepted') => {
    for (const mail of await world.mailsOf(externalId)) {
      if (mail.status === 'withdrawn' || mail.status === 'accepted') continue;
      await world.store.leaseMessages({ ids: [mail.id], token: 't', leaseMs: 60_000 });
      await world.store.settleMessages({
        isTry: true,
        ids: [mail.id],
        status,
        retryInMs: null,
        lastCode: null,
        lastError: null,
        acceptedAt: null,
      });
    }
  };
  const given = async (externalId: string) =>
    (await world.keysOf(externalId)).filter((key) => key.assignedAt !== null);
  const cancelled = { status: 'cancelled' as const };
  const pending = { status: 'pending' as const };

  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(async () => {
    await world.core.idle();
    expect(await world.broken()).toEqual([]);
    await world.close();
  });

  it('an order that was undecided for a moment still owns its purchase', async () => {
    const { sku, item } = await course(1, 'purchase');
    const [locked, mayEnd] = [deferred(), deferred()];
    const other = world.store.transaction(async (tx) => {
      await tx.claimKeys({ sku, limit: 1, afterId: 0 });
      locked.resolve();
      await mayEnd.promise;
    });
    await locked.promise;
    const receipt = send(id(), { item, purchase: { id: `p-${sku}`, lead: true } });
    const elsewhere = await course(1);
    await send(id(), { item: elsewhere.item });
    mayEnd.resolve();
    await other;
    expect((await receipt).status).toBe('fulfilled');
  });

  it('a booking that is not sold does not answer for the one that is', async () => {
    const { item } = await course(1, 'purchase');
    const purchase = { id: `p-${item.id}`, lead: true };
    const gone = id();
    await send(gone, { item, purchase, rev: 2, ...cancelled });
    await send(gone, { item, purchase, rev: 1 });
    expect((await send(id(), { item, purchase, rev: 1 })).status).toBe('fulfilled');
  });

  it('approved again after its mail was withdrawn, the buyer gets a new mail with the same key', async () => {
    const { item } = await course(2);
    const externalId = await live({ item }, [{}]);
    await tried(externalId, 'retrying');
    await send(externalId, { item, rev: 2, ...cancelled });
    await tried(externalId, 'withdrawn');
    const before = await given(externalId);
    expect((await send(externalId, { item, rev: 3 })).status).toBe('fulfilled');
    expect((await given(externalId)).map((key) => key.id)).toEqual(before.map((key) => key.id));
    expect((await world.mailsOf(externalId)).filter((mail) => mail.status === 'queued')).toHaveLength(1);
  });

  it('a key that may have been read never goes to another buyer, though its mail was withdrawn later', async () => {
    const { item } = await course(1);
    const externalId = await live({ item }, [{}]);
    await tried(externalId, 'unknown');
    await send(externalId, { item, rev: 2, ...cancelled });
    await tried(externalId, 'withdrawn');
    await send(externalId, { item, rev: 3 });
    await send(externalId, { item, rev: 4, ...cancelled });
    expect((await send(id(), { item })).status).toBe('waiting');
    expect(await given(externalId)).toHaveLength(1);
  });

  it('a kept key counts when the booking comes back larger, and when it comes back smaller', async () => {
    const { item } = await course(10);
    for (const [first, second, keys] of [
      [1, 3, 3],
      [3, 1, 3],
    ] as const) {
      const externalId = await live({ item }, [{ quantity: first }]);
      await tried(externalId, 'accepted');
      await send(externalId, { item, rev: 2, ...cancelled });
      await send(externalId, { item, rev: 3, quantity: second });
      expect(await given(externalId)).toHaveLength(keys);
      expect(await world.broken()).toEqual([]);
    }
  });

  it('a kept key is enough for cancelled, pending, approved: nothing is held or claimed beside it', async () => {
    const { sku, item } = await course(2);
    const externalId = await live({ item }, [{}]);
    await tried(externalId, 'accepted');
    for (const [rev, step] of [
      [2, cancelled],
      [3, pending],
      [4, {}],
    ] as const) {
      await send(externalId, { item, rev, ...step });
      expect(await world.broken()).toEqual([]);
    }
    expect(await world.keysOf(externalId)).toHaveLength(1);
    expect(await world.store.countAvailable({ skus: [sku] })).toEqual([{ sku, available: 1 }]);
  });

  it('a kept key counts when the larger booking has to wait for stock', async () => {
    const { sku, item } = await course(1);
    const externalId = await live({ item }, [{}]);
    await tried(externalId, 'accepted');
    await send(externalId, { item, rev: 2, ...cancelled });
    expect((await send(externalId, { item, rev: 3, quantity: 3 })).status).toBe('waiting');
    await world.stock(sku, 5, 100);
    await world.core.restock.fill([sku]);
    expect(await given(externalId)).toHaveLength(3);
    expect(await world.broken()).toEqual([]);
  });

  it('a hold that changes its size gives back what it held, in the books too', async () => {
    const { item } = await course(4);
    const externalId = await live({ item }, [pending, { quantity: 2 }]);
    expect(await given(externalId)).toHaveLength(2);
    for (let buyers = 0; buyers < 2; buyers += 1) await send(id(), { item });
    expect(await world.broken()).toEqual([]);
  });

  it('a late pending without a revision leaves a waiting order waiting, and restock serves it', async () => {
    const { sku, item } = await course(0);
    const externalId = await live({ item }, [
      { rev: null, ...pending },
      { rev: null },
      { rev: null, ...pending },
    ]);
    expect(await world.order(externalId)).toMatchObject({ status: 'waiting' });
    await world.stock(sku, 1);
    await world.core.restock.fill([sku]);
    expect(await world.order(externalId)).toMatchObject({ status: 'fulfilled' });
  });

  it('an unmapped order that learned a newer revision is released by its mapping, once', async () => {
    const externalId = id();
    const itemId = id();
    const item = { kind: 'service' as const, id: itemId, name: null };
    for (const rev of [1, 2]) {
      const arrival = arrivalOf(booking({ externalId, item, rev }));
      const body = {
        v: 1,
        source: 'amelia',
        rev,
        booking: {
          id: Number(externalId),
          status: 'approved',
          type: 'appointment',
          serviceId: Number(itemId),
          customer: { id: 1, email: 'a@example.test', phone: String(rev) },
        },
      };
      arrival.delivery.body = new TextEncoder().encode(JSON.stringify(body));
      await world.core.queue.submit(arrival);
    }
    expect(await world.order(externalId)).toMatchObject({ status: 'attention', rev: 2 });
    await world.map(itemId, `SKU-${itemId}`);
    await world.stock(`SKU-${itemId}`, 1);
    await world.core.reconsider(null);
    expect(await world.order(externalId)).toMatchObject({ status: 'fulfilled' });
    expect(await world.core.reconsider(null)).toBe(0);
  });

  it('a COMMIT that lands only after it was given up for lost is answered with what it did', async () => {
    let landed: Promise<unknown> = Promise.resolve();
    let lose = true;
    const own = await openWorld(engine, {
      wrap: (store): Store => ({
        ...store,
        async transaction(work) {
          if (!lose) return store.transaction(work);
          lose = false;
          // The first COMMIT is still on its way when the second try begins, and lands before that ends.
          const first = store.transaction(work);
          landed = first;
          await first;
          const { StoreError } = await import('../../server/store/store-error.ts');
          throw new StoreError('store.duplicate', 'inserting deliveries', 'test');
        },
      }),
    });
    await own.map('1', 'A');
    await own.stock('A', 2);
    expect((await own.send(booking({ externalId: '1' }))).status).toBe('fulfilled');
    await landed;
    expect(await own.keysOf('1')).toHaveLength(1);
    await own.close();
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
