import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveProduct } from '../../server/products/save-product.ts';
import { systemTimers } from '../../server/timers.ts';
import { saveMapping } from '../../server/products/mappings.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

describe.each(engines())('two who change one product on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());

  test('at the same moment, on two replicas, lose neither change', async () => {
    const other = await world.second();
    const tools = { clock: { now: () => new Date() }, timers: systemTimers, random: Math.random };
    const by = { reason: 'a story', actor: 'staff:1' };
    const [one, two] = [world.store, other.store].map((store) => ({ ...tools, store }));
    if (!one || !two) throw new Error('two replicas are needed');
    for (let nth = 1; nth <= 20; nth += 1) {
      const sku = `RACE-${nth}`;
      await saveProduct(one, { product: { sku }, ...by });
      const answers = await Promise.all([
        saveProduct(one, { product: { sku, lowStock: nth }, ...by }),
        saveProduct(two, { product: { sku, onCancel: 'revoke' }, ...by }),
      ]);
      expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
      expect(await world.store.findProducts({ skus: [sku] })).toMatchObject([
        { lowStock: nth, onCancel: 'revoke' },
      ]);
    }
  });

  test('name it for the first time at the same moment, by a mapping and by an import: it is made once, with one line', async () => {
    const desk = openDesk(world);
    for (let nth = 1; nth <= 20; nth += 1) {
      const sku = `FIRST-${nth}`;
      const item = { site: '', source: 'amelia', kind: 'service', itemId: String(nth) } as const;
      const mapping = { ...item, sku, quantity: 1, per: 'booking' } as const;
      const [mapped, imported] = await Promise.all([
        saveMapping(desk.deps, { mapping, reason: 'a story', actor: 'staff:1' }),
        desk.bringIn(sku, [`${sku}-KEY`]),
      ]);
      expect([mapped.ok, imported.added]).toEqual([true, 1]);
      expect(await world.store.findAudit({ subject: `sku:${sku}` })).toMatchObject([
        {
          action: 'product.created',
          refs: { did: expect.stringMatching(/^new product, by an? (mapping|import)$/) },
        },
      ]);
    }
  });

  test('set up a new one at the same moment, while an import names it: both changes stand, and one line says that it is new', async () => {
    const desk = openDesk(world);
    const by = { reason: 'a story', actor: 'staff:1' };
    for (let nth = 1; nth <= 20; nth += 1) {
      const sku = `NEW-${nth}`;
      const [one, two] = await Promise.all([
        saveProduct(desk.deps, { product: { sku, lowStock: nth }, ...by }),
        saveProduct(desk.deps, { product: { sku, onCancel: 'revoke' }, ...by }),
        desk.bringIn(sku, [`${sku}-KEY`]),
      ]);
      expect([one.ok, two.ok]).toEqual([true, true]);
      expect(await world.store.findProducts({ skus: [sku] })).toMatchObject([
        { lowStock: nth, onCancel: 'revoke' },
      ]);
      const [first, ...later] = await world.store.findAudit({ subject: `sku:${sku}` });
      expect(first?.action).toBe('product.created');
      expect(later.every(({ action }) => action === 'product.changed')).toBe(true);
      const told = [one, two].filter((answer) => answer.ok && answer.value.created).length;
      expect(later).toHaveLength(2 - told);
    }
  });
});
