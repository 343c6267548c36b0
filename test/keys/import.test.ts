import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultError } from '../../server/errors.ts';
import { importKeys } from '../../server/keys/import.ts';
import { StoreError } from '../../server/store/store-error.ts';
import type { Store, Verbs } from '../../server/store/store.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

const numbered = (prefix: string, from: number, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}-${String(from + at).padStart(6, '0')}`);

/** The store, with one verb of its transactions replaced. */
function withVerb(store: Store, change: (tx: Verbs) => Partial<Verbs>): Store {
  return { ...store, transaction: (work) => store.transaction((tx) => work({ ...tx, ...change(tx) })) };
}

describe.each(engines())('importing keys on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let next = 0;
  const newSku = () => `SKU-${(next += 1)}`;
  const free = async (sku: string) => (await world.store.countAvailable({ skus: [sku] }))[0]?.available;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
  });
  afterAll(() => world.close());

  test('puts keys into stock under a new product, and says by line what it left out', async () => {
    const sku = newSku();
    const report = await desk.bringIn(sku, [
      'license_key',
      `${sku}-A1`,
      '',
      `${sku}-B2`,
      ` ${sku}-A1`,
      'x\u0001y',
    ]);
    expect(report).toMatchObject({
      sku,
      newProduct: true,
      added: 2,
      duplicates: [{ line: 5, of: 'file', firstLine: 2 }],
      duplicateTotal: 1,
      invalid: [{ line: 6, why: 'has a control character inside' }],
      invalidTotal: 1,
    });
    expect(await free(sku)).toBe(2);
    expect(await world.store.findProducts({ skus: [sku] })).toMatchObject([{ sku, name: sku }]);
  });

  test('leaves a trail of its beginning, each thousand and its end, with counts and without keys', async () => {
    const sku = newSku();
    const { importId } = await desk.bringIn(sku, numbered(sku, 1, 1003), {
      actor: 'staff:7',
      origin: ' may\u001b[2J.csv\n',
    });
    const trail = await world.store.findAudit({ subject: `import:${importId}` });
    expect(trail).toMatchObject([
      {
        action: 'import.started',
        actor: 'staff:7',
        reason: `keys of ${sku} from may [2J.csv`,
        refs: { sku },
      },
      { action: 'import.added', actor: 'staff:7', refs: { sku, added: 1000 } },
      { action: 'import.added', refs: { sku, added: 3 } },
      { action: 'import.finished', refs: { sku, added: 1003, duplicates: 0, invalid: 0 } },
    ]);
    expect(await world.store.findAudit({ subject: `sku:${sku}` })).toMatchObject([
      { action: 'product.created', actor: 'staff:7', refs: { did: 'new product, by an import' } },
    ]);
    expect(JSON.stringify(trail)).not.toContain(`${sku}-000001`);
  });

  test('done again adds nothing, and names the product that has the keys', async () => {
    const [one, two] = [newSku(), newSku()];
    const keys = numbered(one, 1, 1500);
    expect((await desk.bringIn(one, keys)).added).toBe(1500);
    const again = await desk.bringIn(two, ['fresh-1', ...keys]);
    expect(again).toMatchObject({ added: 1, duplicateTotal: 1500, invalidTotal: 0 });
    expect(again.duplicates).toHaveLength(1000);
    expect(again.duplicates[0]).toEqual({ line: 2, of: 'stock', sku: one });
  });

  test('a dry run says the same and writes nothing', async () => {
    const [one, two] = [newSku(), newSku()];
    await desk.bringIn(one, numbered(one, 1, 10));
    const report = await desk.bringIn(two, [...numbered(one, 6, 10), numbered(one, 6, 1)[0] ?? ''], {
      dryRun: true,
    });
    expect(report).toMatchObject({ importId: null, newProduct: true, added: 5, duplicateTotal: 6 });
    expect(await free(two)).toBe(0);
    expect(await world.store.findProducts({ skus: [two] })).toEqual([]);
  });

  test('a file without a single good key writes nothing', async () => {
    const sku = newSku();
    expect(await desk.bringIn(sku, ['a\u0007', 'x'.repeat(201)])).toMatchObject({
      importId: null,
      added: 0,
      invalidTotal: 2,
    });
    expect(await world.store.findProducts({ skus: [sku] })).toEqual([]);
  });

  test.each(['', 'two words', 'x'.repeat(65), 'ä'])('%j is no SKU', async (sku) => {
    const result = await importKeys(desk.deps, {
      sku,
      lines: 'A-1',
      dryRun: false,
      actor: 'cli',
      origin: 'x',
    });
    expect(result).toMatchObject({ ok: false, fault: { code: 'sku.invalid' } });
  });

  test('of racing imports that overlap, exactly one counts each key', async () => {
    const sku = newSku();
    const all = numbered(sku, 0, 3000);
    const pieces = [0, 1, 2, 3, 4, 5].map((at) => all.slice(at * 300, at * 300 + 1500));
    const reports = await Promise.all(
      pieces.map((piece, at) => desk.bringIn(sku, at % 2 ? piece.toReversed() : piece)),
    );
    const added = reports.reduce((sum, report) => sum + report.added, 0);
    expect(added).toBe(3000);
    expect(await free(sku)).toBe(3000);
    for (const [at, report] of reports.entries()) {
      expect(report.added + report.duplicateTotal).toBe(1500);
      const rows = await world.store.findKeysByText({ keys: pieces[at] ?? [] });
      const keyIds = rows.map(({ id }) => id);
      const mine = await world.store.findImportedKeys({ importId: report.importId ?? '', keyIds });
      expect(mine).toHaveLength(report.added);
    }
  });

  test('waiting orders are served as soon as a chunk is in, oldest first', async () => {
    const sku = newSku();
    await world.map(sku, sku);
    const item = { kind: 'service' as const, id: sku, name: null };
    const ids = ['w1', 'w2', 'w3'].map((name) => `${sku}-${name}`);
    for (const externalId of ids)
      expect((await world.send(booking({ externalId, item }))).status).toBe('waiting');
    await desk.bringIn(sku, numbered(sku, 1, 2));
    const orders = await Promise.all(ids.map((id) => world.order(id)));
    expect(orders.map((order) => order?.status)).toEqual(['fulfilled', 'fulfilled', 'waiting']);
    expect(await world.broken()).toEqual([]);
  });

  test('keys that are in stay in when serving fails; the import still succeeds', async () => {
    const sku = newSku();
    await world.map(sku, sku);
    await world.send(booking({ externalId: sku, item: { kind: 'service', id: sku, name: null } }));
    let asked = 0;
    const restocked = () => Promise.reject(new Error(`no ${(asked += 1)}`));
    const input = { sku, lines: numbered(sku, 1, 2).join('\n'), dryRun: false, actor: 'cli', origin: 'x' };
    const result = await importKeys({ ...desk.deps, restocked }, input);
    expect(asked).toBe(1);
    expect(result).toMatchObject({ ok: true, value: { added: 2 } });
    expect(await free(sku)).toBe(2);
  });

  test('a deadlock runs the chunk again', async () => {
    const sku = newSku();
    let failures = 3;
    const store = withVerb(world.store, (tx) => ({
      insertImportedKeys: async (q) => {
        if (failures-- > 0) throw new StoreError('store.transient', 'testing', '1213');
        return tx.insertImportedKeys(q);
      },
    }));
    const report = await openDesk(world, { store }).bringIn(sku, numbered(sku, 1, 20));
    expect(report).toMatchObject({ added: 20, duplicateTotal: 0 });
  });

  test('a COMMIT whose answer was lost is neither repeated nor counted twice', async () => {
    const sku = newSku();
    let lost = false;
    const store: Store = {
      ...world.store,
      transaction: async (work) => {
        let wroteKeys = false;
        const result = await world.store.transaction((tx) =>
          work({
            ...tx,
            insertKeys: (q) => {
              wroteKeys = true;
              return tx.insertKeys(q);
            },
          }),
        );
        if (!wroteKeys || lost) return result;
        lost = true;
        throw new StoreError('store.lost', 'testing', 'ECONNRESET');
      },
    };
    const report = await openDesk(world, { store }).bringIn(sku, numbered(sku, 1, 20));
    expect(lost).toBe(true);
    expect(report).toMatchObject({ added: 20, duplicateTotal: 0 });
    expect(await free(sku)).toBe(20);
  });

  test('cut off in the middle, it says what is in, and run again it adds the rest', async () => {
    const sku = newSku();
    const keys = numbered(sku, 1, 2500);
    let chunks = 0;
    const store = withVerb(world.store, (tx) => ({
      insertKeys: async (q) => {
        chunks += 1;
        if (chunks === 2) throw new StoreError('store.fault', 'testing', '99');
        return tx.insertKeys(q);
      },
    }));
    const broken = openDesk(world, { store }).bringIn(sku, keys);
    await expect(broken).rejects.toThrow(FaultError);
    await expect(broken).rejects.toThrow('cut off after 1000 new keys');
    expect(await desk.bringIn(sku, keys)).toMatchObject({ added: 1500, duplicateTotal: 1000 });
  });

  test('progress is told after each chunk', async () => {
    const sku = newSku();
    const told: unknown[] = [];
    await desk.bringIn(sku, numbered(sku, 1, 2100), { onProgress: (so) => told.push(so) });
    expect(told).toEqual([
      { keys: 1000, added: 1000 },
      { keys: 2000, added: 2000 },
      { keys: 2100, added: 2100 },
    ]);
  });
});
