import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/engines.ts';
import { arrivalOf, booking, openWorld, type World } from '../support/world.ts';

describe.each(engines())('one key per purchase on %s', (engine) => {
  let world: World;
  let next = 0;
  const id = () => String((next += 1));
  const item = { kind: 'service' as const, id: '9', name: null };
  beforeAll(async () => {
    world = await openWorld(engine);
    await world.map('9', 'SERIES');
    await world.stock('SERIES', 50);
    await world.store.saveMapping({
      site: '',
      source: 'amelia',
      kind: 'service',
      itemId: '9',
      sku: 'SERIES',
      quantity: 1,
      per: 'purchase',
    });
  });
  afterAll(() => world.close());

  it('a recurring purchase in one delivery gives one key, to its first booking', async () => {
    const [a, b, c] = [id(), id(), id()];
    const purchase = { id: `amelia-payment:${a}`, lead: true };
    const events = [a, b, c].map((externalId) => booking({ externalId, item, purchase }));
    const receipt = await world.core.queue.submit(arrivalOf(events));
    expect(receipt.orders.map((order) => order.status)).toEqual(['fulfilled', 'ignored', 'ignored']);
    expect(await world.keysOf(a)).toHaveLength(1);
  });

  it('the bookings of one purchase, delivered apart and at once through two services, give one key', async () => {
    const second = await world.second();
    const bookings = Array.from({ length: 12 }, id);
    const purchase = { id: `bookly-series:${bookings[0]}`, lead: true };
    const receipts = await Promise.all(
      bookings.map((externalId, index) =>
        world.send(booking({ externalId, item, purchase }), index % 2 ? { core: second.core } : {}),
      ),
    );
    const words = receipts.map((receipt) => receipt.status).sort();
    expect(words).toEqual(['fulfilled', ...Array<string>(11).fill('ignored')]);
  });

  it('cancelling the booking that answers for the others is for a person; another one just ends', async () => {
    const [a, b] = [id(), id()];
    const purchase = { id: `amelia-payment:${a}`, lead: true };
    await world.send(booking({ externalId: a, item, purchase, rev: 1 }));
    await world.send(booking({ externalId: b, item, purchase, rev: 1 }));
    expect(
      (await world.send(booking({ externalId: a, item, purchase, rev: 2, status: 'cancelled' }))).status,
    ).toBe('attention');
    expect(await world.order(a)).toMatchObject({ status: 'fulfilled' });
    expect(
      (await world.send(booking({ externalId: b, item, purchase, rev: 2, status: 'cancelled' }))).status,
    ).toBe('cancelled');
    await world.core.idle();
    expect(await world.broken()).toEqual([]);
  });
});
