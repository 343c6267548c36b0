import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { giveWithoutOrder } from '../../server/keys/give.ts';
import { lookupOrders } from '../../server/orders/lookup.ts';
import { anOrder, inWords, storedOrders } from '../store/exercise/world.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

describe.each(engines())('pages and names of the lookup on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());

  const store = async (names: (string | null)[]): Promise<string[]> =>
    (
      await storedOrders(
        world.store,
        names.map((name) => anOrder({ name, email: null, coupon: null })),
      )
    ).map(inWords);

  async function pages(query: string): Promise<string[][]> {
    const found: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = valueOf(await lookupOrders({ store: world.store }, { query, cursor }));
      found.push(page.orders.map(({ orderId }) => orderId));
      cursor = page.next;
      expect(found.length).toBeLessThan(50);
    } while (cursor !== undefined);
    return found;
  }
  const find = async (query: string) => (await pages(query)).flat();

  test('whole names come first, then names that begin so, then last words that do', async () => {
    const [whole, begins, last, lastBegins] = await store([
      'Quill',
      'Quillon Reed',
      'Ada Quill',
      'Bob Quillfeather',
    ]);
    // A last word as a whole is an exact find: the newest of these first.
    expect(await find('quill')).toEqual([last, whole, begins, lastBegins]);
  });

  test('a page ends one phase and begins the next, and every order is found once', async () => {
    const exact = await store(Array.from({ length: 30 }, () => 'Ada Pemberton'));
    const surnames = await store(
      Array.from({ length: 40 }, (_, nth) => `${nth % 2 === 0 ? 'Zoe' : 'Bob'} Pembertons`),
    );
    const names = await store(
      Array.from({ length: 40 }, (_, nth) => `Pemberton-${nth} ${nth % 2 === 0 ? 'Pembertony' : 'Hill'}`),
    );
    const found = await pages('Pemberton');
    expect(found.flat()).toHaveLength(110);
    expect(new Set(found.flat())).toEqual(new Set([...exact, ...names, ...surnames]));
    expect(found.flat().slice(0, 30)).toEqual(exact.toReversed());
    expect(new Set(found.flat().slice(30, 70))).toEqual(new Set(names));
    expect(found.map((page) => page.length)).toEqual([25, 25, 25, 25, 10]);
  });

  test('a cursor holds a place, and nothing of a key that was looked up', async () => {
    const coupon = 'LICE-NSEK-EY01';
    await storedOrders(
      world.store,
      Array.from({ length: 30 }, () => anOrder({ coupon })),
    );
    const { next } = valueOf(await lookupOrders({ store: world.store }, { query: coupon }));
    expect(Buffer.from(next ?? '', 'base64url').toString()).toMatch(/^\{"phase":"exact","beforeId":\d+\}$/);
  });

  test('a name is found as it is written in lists, with its words turned round', async () => {
    const [ada] = await store(['Ada Byronesque']);
    for (const query of [
      'Byronesque, Ada',
      'byronesque,ada',
      'Byronesque Ada',
      'ada  byronesque',
      ' ADA BYRONESQUE ',
    ])
      expect([query, await find(query)]).toEqual([query, [ada]]);
  });

  test('letters beyond ASCII are found in either case, and are no others', async () => {
    const [zoe, jose] = await store(['Zoë Ångström', 'José Ibáñez']);
    expect(await find('zoë å')).toEqual([zoe]);
    expect(await find('ÅNGSTRÖM')).toEqual([zoe]);
    expect(await find('IBÁÑEZ')).toEqual([jose]);
    expect(await find('Ibanez')).toEqual([]);
  });

  test.each(['%', '_', '%an%', '\\', '"', "'", '\u0000', 'a\u0000b', '\ud800', '🔑', 'x'.repeat(10_000)])(
    'the text %j is a text like any other',
    async (query) => {
      expect(await find(query)).toEqual([]);
    },
  );

  test('one letter finds who is called so, and not all whose name begins with it', async () => {
    const [whole] = await store(['Ð', 'Ðorđe']);
    expect(await find('ð')).toEqual([whole]);
  });

  test('an order of staff is found by its number alone, in any case', async () => {
    const desk = openDesk(world);
    await desk.bringIn('GIFT', ['GIFT-AAAA-BBBB-CCCC']);
    const wish = { sku: 'GIFT', quantity: 1, email: 'gift@example.test', reason: 'x', actor: 'cli' };
    const { orderId } = valueOf(await giveWithoutOrder(desk.deps, wish));
    const number = orderId.replace('staff:', '');
    for (const query of [orderId, number, number.toLowerCase()]) expect(await find(query)).toEqual([orderId]);
  });

  test('a full key finds its order alone, whatever else may be called so', async () => {
    const desk = openDesk(world);
    await desk.bringIn('ALIKE', ['Maxwell Key']);
    const wish = { sku: 'ALIKE', quantity: 1, email: 'alike@example.test', reason: 'x', actor: 'cli' };
    const { orderId } = valueOf(await giveWithoutOrder(desk.deps, wish));
    await store(['Maxwell Keys']);
    expect(await find('Maxwell Key')).toEqual([orderId]);
  });
});
