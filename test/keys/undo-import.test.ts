import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { newUuid } from '../../server/ids.ts';
import { importKeys } from '../../server/keys/import.ts';
import { listImports } from '../../server/keys/list-imports.ts';
import { undoImport, type UndoneImport } from '../../server/keys/undo-import.ts';
import type { Store } from '../../server/store/store.ts';
import { deferred } from '../support/deferred.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { booking, openWorld, type World } from '../support/world.ts';

const numbered = (prefix: string, from: number, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}-${String(from + at).padStart(6, '0')}`);

describe.each(engines())('undoing an import on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let next = 0;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
  });
  afterAll(() => world.close());

  /** A product of its own, sold as a course of its own. */
  async function freshCourse(): Promise<{ sku: string; item: { kind: 'service'; id: string; name: null } }> {
    const id = String((next += 1));
    const sku = `BATCH-${id}`;
    await world.map(id, sku);
    return { sku, item: { kind: 'service', id, name: null } };
  }
  const orderNumber = () => String(1000 + (next += 1));
  const free = async (sku: string) => (await world.store.countAvailable({ skus: [sku] }))[0]?.available;
  const bringIn = async (sku: string, keys: string[]) => (await desk.bringIn(sku, keys)).importId ?? '';
  const undo = async (importId: string, store: Store = world.store): Promise<UndoneImport> =>
    valueOf(
      await undoImport({ ...desk.deps, store }, { importId, reason: 'the wrong file', actor: 'staff:1' }),
    );

  test('takes the unsold keys out; what is sold or revoked stays, and the file may come again', async () => {
    const { sku, item } = await freshCourse();
    const keys = numbered(sku, 1, 1205);
    const importId = await bringIn(sku, keys);
    const [sold, held, revoked] = [orderNumber(), orderNumber(), orderNumber()];
    await world.send(booking({ externalId: sold, item, quantity: 2 }));
    await world.send(booking({ externalId: held, item, status: 'pending' }));
    await world.send(booking({ externalId: revoked, item }));
    const [bad] = await world.keysOf(revoked);
    await world.store.revokeKeys({ keyIds: [bad?.id ?? 0] });

    const admin = await desk.as('admin');
    const wish = { importId, reason: 'the wrong file' };
    const said = { importId, sku, removed: 1201, kept: { assigned: 2, held: 1, revoked: 1 }, left: 0 };
    expect(await admin.keys.undoImport({ ...wish, dryRun: true })).toEqual(said);
    expect(await free(sku)).toBe(1201);
    expect(await admin.keys.undoImport(wish)).toEqual(said);
    expect(await free(sku)).toBe(0);
    expect(await world.keysOf(sold)).toHaveLength(2);
    expect(await admin.keys.undoImport(wish)).toEqual({ ...said, removed: 0 });

    const again = await desk.bringIn(sku, keys);
    expect(again).toMatchObject({ added: 1201, duplicateTotal: 4 });
    expect(await world.broken()).toEqual([]);
  });

  test('takes out a key on hold, or one that no mail brought, when its order gives it back', async () => {
    const { sku, item } = await freshCourse();
    const keys = numbered(sku, 1, 3);
    const importId = await bringIn(sku, keys);
    const [pending, lapsing, sold] = [orderNumber(), orderNumber(), orderNumber()];
    await world.send(booking({ externalId: pending, item, status: 'pending' }));
    await world.send(booking({ externalId: lapsing, item, status: 'pending' }));
    await world.send(booking({ externalId: sold, item }));
    await undo(importId);
    for (const externalId of [pending, lapsing, sold])
      await world.send(booking({ externalId, item, status: 'cancelled' }));
    expect(await free(sku)).toBe(0);
    expect(await world.keysOf(pending)).toEqual([]);
    const trail = await world.store.findAudit({ subject: `import:${importId}` });
    expect(trail.slice(-3)).toMatchObject(
      [1, 1, 1].map((removed) => ({ action: 'import.undone', actor: 'webhook', refs: { removed } })),
    );
    expect(await world.store.findImport({ id: importId })).toMatchObject({ removed: 3 });
    expect(await desk.bringIn(sku, keys)).toMatchObject({ added: 3 });
    expect(await world.broken()).toEqual([]);
  });

  test('leaves no key in stock when an order gives one back at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { sku, item } = await freshCourse();
      const importId = await bringIn(sku, numbered(sku, 1, 3));
      const id = orderNumber();
      await world.send(booking({ externalId: id, item, status: 'pending' }));
      const cancelled = booking({ externalId: id, item, status: 'cancelled' });
      await (round % 2 === 0
        ? Promise.all([undo(importId), world.send(cancelled)])
        : Promise.all([world.send(cancelled), undo(importId)]));
      expect(await free(sku)).toBe(0);
      expect(await world.store.findImport({ id: importId })).toMatchObject({ removed: 3 });
    }
    expect(await world.broken()).toEqual([]);
  });

  test('leaves a trail with the reason and the counts, and without keys', async () => {
    const { sku } = await freshCourse();
    const importId = await bringIn(sku, numbered(sku, 1, 1500));
    await undo(importId);
    const trail = await world.store.findAudit({ subject: `import:${importId}` });
    expect(trail.slice(-2)).toMatchObject(
      [1000, 500].map((removed) => ({
        action: 'import.undone',
        actor: 'staff:1',
        reason: 'the wrong file',
        refs: { sku, removed },
      })),
    );
    expect(JSON.stringify(trail)).not.toContain(`${sku}-000001`);
    expect(await world.store.findImport({ id: importId })).toMatchObject({ added: 1500, removed: 1500 });
  });

  test('an import that still runs is stopped, and adds no key after the undo', async () => {
    const { sku } = await freshCourse();
    const underWay = deferred();
    const undone = deferred();
    async function* lines() {
      yield `${numbered(sku, 1, 1001).join('\n')}\n`;
      // The first chunk is in by the time that more is asked for.
      underWay.resolve();
      await undone.promise;
      yield numbered(sku, 1002, 1500).join('\n');
    }
    const running = importKeys(desk.deps, {
      sku,
      lines: lines(),
      dryRun: false,
      actor: 'cli',
      origin: 'long.txt',
    });
    await underWay.promise;
    const [row] = await world.store.listImports({ beforeId: null, limit: 1 });
    expect(await undo(row?.id ?? '')).toMatchObject({ sku, removed: 1000 });
    undone.resolve();
    expect(await running).toMatchObject({ ok: false, fault: { code: 'import.undone' } });
    expect(await free(sku)).toBe(0);
    expect(await world.broken()).toEqual([]);
  });

  test('a chunk that is being written is waited for, and taken out with the rest', async () => {
    const { sku } = await freshCourse();
    const writing = deferred();
    const mayEnd = deferred();
    const store: Store = {
      ...world.store,
      transaction: (work) =>
        world.store.transaction((tx) =>
          work({
            ...tx,
            insertImportedKeys: async (q) => {
              writing.resolve();
              await mayEnd.promise;
              return tx.insertImportedKeys(q);
            },
          }),
        ),
    };
    const running = openDesk(world, { store }).bringIn(sku, numbered(sku, 1, 20));
    await writing.promise;
    const [row] = await world.store.listImports({ beforeId: null, limit: 1 });
    const undoing = undo(row?.id ?? '');
    mayEnd.resolve();
    // The chunk or the undo came first; either way nothing of it is left.
    await Promise.allSettled([running, undoing]);
    expect(await undoing).toMatchObject({ left: 0 });
    expect(await free(sku)).toBe(0);
    expect(await world.broken()).toEqual([]);
  });

  test('keys that are being sold are passed over; the last look takes those that came free', async () => {
    const { sku } = await freshCourse();
    const importId = await bringIn(sku, numbered(sku, 1, 10));
    const locked = deferred();
    const mayEnd = deferred();
    const seller = world.store.transaction(async (tx) => {
      await tx.claimKeys({ sku, limit: 3, afterId: 0 });
      locked.resolve();
      await mayEnd.promise;
    });
    await locked.promise;
    expect(await undo(importId)).toMatchObject({ removed: 7, left: 3 });
    let looks = 0;
    const store: Store = {
      ...world.store,
      async listFreeImportedKeys(q) {
        if ((looks += 1) === 2) {
          mayEnd.resolve();
          await seller;
        }
        return world.store.listFreeImportedKeys(q);
      },
    };
    expect(await undo(importId, store)).toMatchObject({ removed: 3, left: 0 });
    expect(await free(sku)).toBe(0);
  });

  test('amid a flash sale on two servers no key is sold and taken out, and none is lost', async () => {
    const { sku, item } = await freshCourse();
    const bad = await bringIn(sku, numbered(`${sku}-BAD`, 1, 1200));
    await bringIn(sku, numbered(`${sku}-GOOD`, 1, 150));
    const other = await world.second();
    const buyers = Array.from({ length: 300 }, orderNumber);
    const sale = buyers.map((externalId, index) =>
      world.send(booking({ externalId, item }), index % 2 === 0 ? {} : { core: other.core }),
    );
    const undone = await undo(bad);
    const receipts = await Promise.all(sale);
    const words = receipts.map((receipt) => receipt.status);
    const [fulfilled, waiting] = ['fulfilled', 'waiting'].map(
      (word) => words.filter((status) => status === word).length,
    );
    expect((fulfilled ?? 0) + (waiting ?? 0)).toBe(300);
    expect(undone.left).toBe(0);
    expect(undone.removed + undone.kept.assigned).toBe(1200);
    const given = (await Promise.all(buyers.map((externalId) => world.keysOf(externalId)))).flat();
    expect(new Set(given.map((key) => key.id)).size).toBe(given.length);
    await Promise.all([world.core.idle(), other.core.idle()]);
    await world.core.restock.fill([sku]);
    // Whoever waits now waits for a key that is not there.
    const left = (await free(sku)) ?? 0;
    const unserved = (await world.store.listWaiting({ sku, afterId: 0, limit: 400 })).length;
    expect(Math.min(left, unserved)).toBe(0);
    expect(await world.broken()).toEqual([]);
  });

  test('two at once take each key out once, in one whole trail', async () => {
    const { sku } = await freshCourse();
    const importId = await bringIn(sku, numbered(sku, 1, 2500));
    const second = await world.second();
    const both = await Promise.all([undo(importId), undo(importId, second.store)]);
    expect(both.reduce((sum, { removed }) => sum + removed, 0)).toBe(2500);
    expect(await world.store.findImport({ id: importId })).toMatchObject({ removed: 2500 });
    expect(await free(sku)).toBe(0);
    expect(await world.broken()).toEqual([]);
  });

  test('an answer to the COMMIT that is lost counts nothing twice', async () => {
    const { sku } = await freshCourse();
    const importId = await bringIn(sku, numbered(sku, 1, 30));
    expect(await undo(importId, loseFirstAnswer(world.store))).toMatchObject({ removed: 30 });
    expect(await world.store.findImport({ id: importId })).toMatchObject({ removed: 30 });
    const trail = await world.store.findAudit({ subject: `import:${importId}` });
    expect(trail.filter(({ action }) => action === 'import.undone')).toHaveLength(1);
  });

  test('imports are listed newest first, page by page, with what became of their keys', async () => {
    const { sku, item } = await freshCourse();
    const ids: string[] = [];
    for (let index = 0; index < 27; index += 1) ids.push(await bringIn(sku, [`${sku}-LIST-${index}`]));
    await world.send(booking({ externalId: orderNumber(), item }));
    await undo(ids[26] ?? '');
    const viewer = await desk.as('viewer');
    const first = await viewer.keys.imports({});
    expect(first.imports.map((row) => row.importId)).toEqual(ids.slice(2).toReversed());
    expect(first.imports[0]).toEqual({
      importId: ids[26],
      sku,
      actor: 'cli',
      origin: 'keys.txt',
      added: 1,
      removed: 1,
      createdAt: expect.any(String),
      undoneAt: expect.any(String),
      now: { available: 0, assigned: 0, held: 0, revoked: 0 },
    });
    const second = await viewer.keys.imports({ cursor: first.next });
    expect(second.imports.slice(0, 2)).toMatchObject([
      { importId: ids[1], now: { available: 1 } },
      { importId: ids[0], undoneAt: null, now: { available: 0, assigned: 1 } },
    ]);
    await expect(viewer.keys.imports({ cursor: 'x' })).rejects.toThrow(/page mark/);
  });

  test('undo is for admins, wants a reason, and names what it cannot find', async () => {
    const { sku } = await freshCourse();
    const importId = await bringIn(sku, numbered(sku, 1, 3));
    for (const role of ['viewer', 'support'] as const)
      await expect((await desk.as(role)).keys.undoImport({ importId, reason: 'x' })).rejects.toThrow(
        /may not/,
      );
    await expect(desk.caller(undefined).keys.imports({})).rejects.toThrow(/token/);
    const admin = await desk.as('admin');
    await expect(admin.keys.undoImport({ importId, reason: ' ' })).rejects.toThrow(/reason/);
    for (const unknown of [newUuid(), "x' OR 1=1", ''])
      await expect(admin.keys.undoImport({ importId: unknown, reason: 'x' })).rejects.toThrow(
        /There is no import/,
      );
    expect(await free(sku)).toBe(3);
  });
});

test('a page of imports counts a hundred thousand keys at most, one import after another', async () => {
  let [atOnce, most] = [0, 0];
  const counted: string[] = [];
  const row = (nth: number, added: number, removed = 0) => ({
    ...{ id: newUuid(), sku: `S-${nth}`, actor: 'cli', origin: 'x', added, removed },
    ...{ createdAt: new Date(0), undoneAt: null },
  });
  const rows = [row(1, 60_000), row(2, 1_000_000), row(3, 70_000, 30_000), row(4, 1)];
  const { imports } = valueOf(
    await listImports(
      {
        store: {
          listImports: async () => rows,
          async countImportedKeys({ importId }) {
            most = Math.max(most, (atOnce += 1));
            await Promise.resolve();
            atOnce -= 1;
            counted.push(importId);
            return [{ status: 'available', count: 7 }];
          },
        },
      },
      {},
    ),
  );
  const seven = { available: 7, assigned: 0, held: 0, revoked: 0 };
  expect(imports.map(({ now }) => now)).toEqual([seven, null, seven, null]);
  expect([counted, most]).toEqual([[rows[0]?.id, rows[2]?.id], 1]);
});
