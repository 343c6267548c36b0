import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKeys } from '../../server/keys/find-keys.ts';
import { StoreError } from '../../server/store/store-error.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

describe.each(engines())('finding keys on %s', (engine) => {
  let world: World;
  let desk: Desk;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
  });
  afterAll(() => world.close());

  test('a key in stock is told with the import that brought it, and when; its text is masked', async () => {
    const { importId } = await desk.bringIn('FIND-A', ['FIND-A-7K2M', 'FIND-A-7K2N']);
    const begun = await world.store.findImport({ id: importId ?? '' });
    const viewer = await desk.as('viewer');
    const [key, ...others] = (await viewer.keys.find({ query: ' FIND-A-7K2M\n' })).keys;
    expect(others).toEqual([]);
    expect(key).toEqual({
      keyId: expect.any(Number),
      masked: '••••-7K2M',
      sku: 'FIND-A',
      status: 'available',
      orderId: null,
      importId,
      importedAt: begun?.createdAt.toISOString(),
    });
  });

  test('an ending that many keys have gives the newest 25, and says that there are more', async () => {
    const keys = Array.from({ length: 27 }, (_, nth) => `FIND-B${String(nth).padStart(2, '0')}-SAME`);
    const batches = [
      await desk.bringIn('FIND-B', keys.slice(0, 20)),
      await desk.bringIn('FIND-B', keys.slice(20)),
    ];
    const found = await (await desk.as('viewer')).keys.find({ query: '…same' });
    const ids = found.keys.map(({ keyId }) => keyId);
    expect([ids.length, found.isMore]).toEqual([25, true]);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(new Set(found.keys.map((key) => key.importId))).toEqual(
      new Set(batches.map((batch) => batch.importId)),
    );
    expect(found.keys.every(({ importedAt }) => importedAt !== null)).toBe(true);
  });

  test('what is no key finds nothing, and strangers find nothing out', async () => {
    const viewer = await desk.as('viewer');
    for (const query of ['', ' ', '*', 'FIND-%', "' OR 1=1 --", '\0', '𝒳'.repeat(250)])
      expect(await viewer.keys.find({ query })).toEqual({ keys: [], isMore: false });
    await expect(desk.caller(undefined).keys.find({ query: 'FIND-A-7K2M' })).rejects.toThrow(
      /staff token is missing/,
    );
  });

  test('a search that fails or is refused repeats no word of what was typed', async () => {
    const away = () => Promise.reject(new StoreError('store.unavailable', 'looking up', 'x'));
    const broken = openDesk(world, { store: { ...world.store, lookupKeys: away } });
    const typed = 'FIND-SECRET-1234';
    const failed = await (await broken.as('viewer')).keys.find({ query: typed }).catch(String);
    const refused = await (await desk.as('viewer')).keys.find({ query: typed.repeat(50) }).catch(String);
    for (const error of [failed, refused]) {
      expect(error).toContain('Error');
      expect(error).not.toContain('SECRET');
    }
  });

  test('a key that came before imports were kept has no import', async () => {
    await desk.bringIn('FIND-C', ['FIND-C-0001']);
    await world.store.insertKeys({ keys: [{ licenseKey: 'FIND-C-0002', sku: 'FIND-C' }] });
    expect((await findKeys(world, { query: 'FIND-C-0002' })).keys).toMatchObject([
      { sku: 'FIND-C', importId: null, importedAt: null },
    ]);
  });
});
