import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { lookupOrders } from '../../server/orders/lookup.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

describe.each(engines())('the lookup on %s', (engine) => {
  let world: World;
  let desk: Desk;
  const find = async (query: string) => {
    const { orders } = valueOf(await lookupOrders({ store: world.store }, { query }));
    return orders.map((order) => order.orderId);
  };

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    await world.map('1', 'COURSE-A');
    await desk.bringIn('COURSE-A', ['ABCD-TYUI-7H2K', 'ASDF-GHJK-XX99', 'short']);
    await world.send(
      booking({
        externalId: '13',
        email: { value: 'ada@example.test', where: 'x' },
        alternates: [{ value: 'ada@work.test', where: 'x' }],
        name: { value: 'Ada Lovelace', where: 'x' },
        coupon: { value: 'SPRING24', where: 'x' },
      }),
    );
    await world.send(
      booking({
        externalId: '14',
        email: { value: 'grace@example.test', where: 'x' },
        name: { value: 'Grace Hopper', where: 'x' },
      }),
    );
  });
  afterAll(() => world.close());

  test.each([
    ['its order id', 'amelia:13'],
    ['its booking number', '13'],
    ['its e-mail, in any case', ' Ada@Example.test '],
    ['another address of the same person', 'ada@work.test'],
    ['this address in any case', 'ADA@Work.test'],
    ['its name, in any case', 'ADA lovelace'],
    ['the last word of its name', 'lovelace'],
    ['its name as lists of people show it', 'Lovelace, Ada'],
    ['the beginning of a name, in any case', 'ada lov'],
    ['its coupon', 'SPRING24'],
    ['its coupon in lower case', 'spring24'],
    ['its full key', 'ABCD-TYUI-7H2K'],
    ['the last four characters of its key', '7H2K'],
    ['these in lower case', '7h2k'],
    ['these with a star', '*7H2K'],
    ['these after an ellipsis', '…7H2K'],
    ['these after three dots', '...7h2k'],
    ['the key as lists show it', '••••-7H2K'],
  ])('finds an order by %s', async (_how, query) => {
    expect(await find(query)).toEqual(['amelia:13']);
  });

  test.each([
    ['nothing', '   '],
    ['half a key', 'ABCD-TYUI'],
    ['half a coupon', 'SPRING'],
    ['half an address', 'ada@example'],
    ['an unknown order', 'amelia:99'],
    ['a wildcard', '%'],
    ['a free key', 'short'],
    ['a text that no database likes', "x'; DROP TABLE orders; --"],
  ])('finds nothing by %s', async (_how, query) => {
    expect(await find(query)).toEqual([]);
  });

  test('shows keys by their last four characters only', async () => {
    const { orders } = valueOf(await lookupOrders({ store: world.store }, { query: 'amelia:13' }));
    expect(orders).toMatchObject([
      {
        orderId: 'amelia:13',
        status: 'fulfilled',
        email: 'ada@example.test',
        name: 'Ada Lovelace',
        coupon: 'SPRING24',
        sku: 'COURSE-A',
        quantity: 1,
        keysMasked: ['••••-7H2K'],
      },
    ]);
    expect(JSON.stringify(orders)).not.toContain('ABCD');
  });

  test('gives many finds page by page, newest first, each once', async () => {
    const email = { value: 'many@example.test', where: 'x' };
    for (let at = 0; at < 60; at++) await world.send(booking({ externalId: `m${at}`, email }));
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = valueOf(
        await lookupOrders({ store: world.store }, { query: 'many@example.test', cursor }),
      );
      seen.push(...page.orders.map((order) => order.orderId));
      cursor = page.next;
      pages += 1;
    } while (cursor !== undefined);
    expect(pages).toBe(3);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, at) => `amelia:m${59 - at}`));
  });

  test('refuses a page mark that is not its own', async () => {
    for (const cursor of ['', 'x', 'YmVmb3JlOi0x', '-1'])
      expect(await lookupOrders({ store: world.store }, { query: 'x', cursor })).toMatchObject({
        fault: { code: 'lookup.bad_cursor' },
      });
  });

  test('finds a booking number on every site, and an order id on its own', async () => {
    await world.store.insertSite({ slug: 'second-shop', url: 'second.example.test' });
    const [first] = await world.store.findOrders({
      keys: [{ site: '', source: 'amelia', externalId: '14' }],
    });
    if (!first) throw new Error('order 14 is missing');
    const { id: _id, updatedAt: _updatedAt, ...facts } = first;
    await world.store.insertOrders({ orders: [{ ...facts, site: 'second-shop' }] });
    expect(await find('14')).toEqual(['amelia@second-shop:14', 'amelia:14']);
    expect(await find('amelia@second-shop:14')).toEqual(['amelia@second-shop:14']);
    expect(await find('amelia:14')).toEqual(['amelia:14']);
  });
});
