import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../support/engines.ts';
import { booking, type World } from '../support/world.ts';
import { openLists, REV } from './lists.ts';

describe.each(engines())('what is lacking on %s', (engine) => {
  let site: Awaited<ReturnType<typeof openLists>>;
  let world: World;

  beforeAll(async () => {
    site = await openLists(engine);
    world = site.world;
  });
  afterAll(() => site.close());

  const lackingOf = async (...bookings: Parameters<typeof site.list>[0]) =>
    (await site.list(bookings)).lacking;

  test('a cancel under a revision that WordPress never gave is lacking, and mailed when it stays so', async () => {
    await world.map('2', 'SOLD-OUT');
    const item = { kind: 'service' as const, id: '2', name: 'Key Workshop' };
    await world.send(booking({ externalId: '20', rev: REV + 9 }));
    await world.send(booking({ externalId: '21', rev: REV + 9, item }));
    await world.send(booking({ externalId: '22', rev: REV + 9, status: 'pending' }));
    for (const [id, status] of [
      ['20', 'fulfilled'],
      ['21', 'waiting'],
      ['22', 'held'],
    ] as const)
      expect(await world.order(id)).toMatchObject({ status });
    const off = ['20', '21', '22'].map((id) => [id, REV, 'off'] satisfies [string, number, 'off']);
    expect(await lackingOf(...off)).toEqual(['20', '21', '22']);
    expect(await site.alerts('lacking_booking')).toEqual([]);
    await site.age('booking_drift', 'since', 1);
    expect(await lackingOf(...off)).toEqual(['20', '21', '22']);
    expect(await site.alerts('lacking_booking')).toMatchObject(
      off.map(([id]) => ({
        orderId: `amelia:${id}`,
        detail: expect.stringMatching(/^cancelled in WordPress/),
      })),
    );
  });

  test('nothing is lacking of one that is not off, at the same revision, at none, or cancelled here too', async () => {
    expect(await lackingOf(['20', REV])).toEqual([]);
    expect(await lackingOf(['20', REV + 9, 'off'], ['21', 0, 'off'])).toEqual([]);
    await world.send(booking({ externalId: '22', rev: REV + 10, status: 'cancelled' }));
    expect(await lackingOf(['22', REV, 'off'])).toEqual([]);
    expect(await lackingOf(['22', REV + 11, 'off'])).toEqual(['22']);
  });

  test.each([
    [50, 50],
    [51, 1],
  ])('%i that stay lacking are told in %i alerts', async (bookings, alerts) => {
    const before = (await site.alerts('lacking_booking')).length;
    const ids = Array.from({ length: bookings }, (_, nth) => `${bookings}${1000 + nth}`);
    expect(await lackingOf(...ids)).toEqual(ids);
    await site.age('booking_drift', 'since', 1);
    await lackingOf(...ids);
    const told = (await site.alerts('lacking_booking')).slice(before);
    expect(told).toHaveLength(alerts);
    expect(site.logged.at(-1)).toEqual({
      event: 'drift.lacking',
      fields: { count: bookings, orders: ids.slice(0, 50).map((id) => `amelia:${id}`) },
    });
    if (alerts === 1)
      expect(told).toMatchObject([
        { orderId: null, detail: expect.stringMatching(/^the main site, amelia: 51 bookings/) },
      ]);
  });
});
