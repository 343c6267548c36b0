import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreError } from '../../server/store/store-error.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { refusal } from '../support/procedures.ts';
import { booking, openWorld, type World } from '../support/world.ts';

describe.each(engines())('the procedures on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let admin: Awaited<ReturnType<Desk['as']>>;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    admin = await desk.as('admin');
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 20);
    await world.send(booking({ externalId: '13' }));
  });
  afterAll(() => world.close());

  test('keys.import answers lines as the contract says', async () => {
    const text = 'N-1\nN-2\nN-1\n\u0007x\n';
    const dry = await admin.keys.import({ sku: 'NEW', text, dryRun: true });
    expect(dry).toMatchObject({ added: 2, duplicates: [3], invalid: [{ line: 4 }], newProduct: true });
    expect(dry.importId).toBeUndefined();
    const real = await admin.keys.import({ sku: 'NEW', text, dryRun: false });
    expect(real).toMatchObject({
      added: 2,
      duplicates: [3],
      invalid: [{ line: 4, why: 'has a control character inside' }],
    });
    expect(real.importId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await refusal(admin.keys.import({ sku: 'no good', text, dryRun: true }))).toMatch(
      /^BAD_REQUEST: A SKU has/,
    );
  });

  test('keys.reveal shows the key, and the order’s page shows who looked and why', async () => {
    const { keys } = await admin.orders.get({ orderId: 'amelia:13' });
    const keyId = keys[0]?.keyId ?? 0;
    expect(await admin.keys.reveal({ keyId, reason: 'buyer on the phone' })).toEqual({
      keyId,
      licenseKey: 'COURSE-A-000001',
      sku: 'COURSE-A',
      status: 'assigned',
      orderId: 'amelia:13',
    });
    const page = await admin.orders.get({ orderId: 'amelia:13' });
    expect(page.timeline.at(-1)).toMatchObject({
      what: 'key.revealed',
      why: 'buyer on the phone',
      refs: { revealed: keyId },
    });
    expect(page.timeline.at(-1)?.who).toMatch(/^staff:\d+$/);
    expect(await refusal(admin.keys.reveal({ keyId: 999_999, reason: 'x' }))).toMatch(/^NOT_FOUND/);
    expect(await refusal(admin.keys.reveal({ keyId, reason: ' ' }))).toMatch(/^BAD_REQUEST: A reason/);
  });

  test('keys.reveal asked for ten times at once leaves ten lines', async () => {
    await world.send(booking({ externalId: 'looked-at' }));
    const [key] = await world.keysOf('looked-at');
    const look = (reason: string) => admin.keys.reveal({ keyId: key?.id ?? 0, reason });
    await Promise.all(Array.from({ length: 10 }, (_, at) => look(`look ${at}`)));
    const { timeline } = await admin.orders.get({ orderId: 'amelia:looked-at' });
    expect(timeline.filter((entry) => entry.what === 'key.revealed')).toHaveLength(10);
  });

  test('keys.reveal of a free key is on that key’s own trail', async () => {
    const [free] = await world.store.findKeysByText({ keys: ['COURSE-A-000020'] });
    await admin.keys.reveal({ keyId: free?.id ?? 0, reason: 'checking' });
    expect(await world.store.findAudit({ subject: `key:${free?.id}` })).toMatchObject([
      { action: 'key.revealed' },
    ]);
  });

  test('orders.lookup, orders.resend and orders.replay work together', async () => {
    const { orders } = await admin.orders.lookup({ query: 'buyer-13@example.test' });
    expect(orders).toMatchObject([{ orderId: 'amelia:13', status: 'fulfilled', keysMasked: ['••••-0001'] }]);
    const { messageId } = await admin.orders.resend({ orderId: 'amelia:13', reason: 'lost' });
    expect((await world.mailsOf('13')).map((mail) => mail.id)).toContain(messageId);
    expect(await refusal(admin.orders.replay({ orderId: 'amelia:404', reason: 'x' }))).toMatch(/^CONFLICT/);
    expect(await refusal(admin.orders.get({ orderId: 'amelia:404' }))).toMatch(
      /^NOT_FOUND: There is no order amelia:404/,
    );
  });

  test('stock.list counts every product', async () => {
    await admin.products.save({ sku: 'EMPTY', name: 'Nothing yet', reason: 'soon' });
    const { products } = await admin.stock.list();
    expect(products.find((line) => line.sku === 'EMPTY')).toMatchObject({
      name: 'Nothing yet',
      available: 0,
      waiting: 0,
    });
    expect(products.find((line) => line.sku === 'COURSE-A')).toMatchObject({
      available: 18,
      assigned: 2,
      perDay: 2,
      runsOutAt: expect.stringMatching(/^20\d\d-/),
    });
    expect(products.find((line) => line.sku === 'EMPTY')).toMatchObject({ perDay: 0, runsOutAt: null });
  });

  test('products.save changes what is named and keeps the rest', async () => {
    await admin.products.save({
      sku: 'P-1',
      name: 'One',
      lowStock: 5,
      activationUrl: 'https://example.com/redeem',
      reason: 'a new course',
    });
    const { product, created } = await admin.products.save({
      sku: 'P-1',
      lowStock: null,
      reason: 'as all others',
    });
    expect(created).toBe(false);
    expect(product).toMatchObject({
      name: 'One',
      lowStock: null,
      activationUrl: 'https://example.com/redeem',
    });
    const trail = await world.store.findAudit({ subject: 'sku:P-1' });
    expect(trail.map(({ action, reason, refs }) => [action, reason, refs.did])).toEqual([
      ['product.created', 'a new course', 'new product'],
      ['product.changed', 'as all others', 'changed: lowStock'],
    ]);
    expect(await refusal(admin.products.save({ sku: 'P-1', reason: ' ' }))).toMatch(/^BAD_REQUEST: A reason/);
    for (const activationUrl of ['javascript:alert(1)', 'http://example.com/redeem'])
      expect(await refusal(admin.products.save({ sku: 'P-1', activationUrl, reason: 'x' }))).toMatch(
        /^BAD_REQUEST/,
      );
    expect(product.tellWaiting).toBe(true);
    expect((await admin.products.save({ sku: 'P-1', tellWaiting: false, reason: 'x' })).product).toEqual({
      ...product,
      tellWaiting: false,
    });
    expect((await admin.products.list()).products.find(({ sku }) => sku === 'P-1')?.tellWaiting).toBe(false);
  });

  test('a mapping makes its product, releases the orders that waited for it, and can be taken back', async () => {
    const item = { kind: 'service' as const, id: '77', name: null };
    expect((await world.send(booking({ externalId: '77', item }))).status).toBe('attention');
    const wish = { source: 'amelia' as const, kind: 'service' as const, itemId: '77', sku: 'BRAND-NEW' };
    const saved = await admin.products.mappings.save({ ...wish, reason: 'a new course' });
    expect(saved).toMatchObject({
      newProduct: true,
      mapping: { ...wish, site: '', quantity: 1, per: 'booking' },
    });
    expect((await world.order('77'))?.status).toBe('waiting');
    expect((await admin.products.mappings.list()).mappings).toContainEqual(saved.mapping);
    const out = { ...wish, reason: 'it is over' };
    expect(await admin.products.mappings.delete(out)).toEqual({ deleted: true });
    expect(await refusal(admin.products.mappings.delete(out))).toMatch(/^NOT_FOUND/);
    const trail = await world.store.findAudit({ subject: 'item:amelia:service:77' });
    expect(trail.map(({ action, reason, refs }) => [action, reason, refs.did])).toEqual([
      ['mapping.saved', 'a new course', '1 × BRAND-NEW per booking'],
      ['mapping.deleted', 'it is over', '1 × BRAND-NEW per booking'],
    ]);
  });

  test('verify.run counts every promise', async () => {
    const { kept, promises } = await admin.verify.run();
    expect(kept).toBe(true);
    expect(promises.length).toBeGreaterThan(5);
  });

  test('control characters are no part of an id or a name, on any engine', async () => {
    expect(await refusal(admin.orders.get({ orderId: 'amelia:\u0000' }))).toMatch(
      /^NOT_FOUND: There is no order of that name/,
    );
    const reason = 'a story';
    const item = { source: 'amelia', kind: 'service', itemId: '1\u0000', sku: null, reason } as const;
    const wrong = /^BAD_REQUEST: [^]*without control characters/;
    expect(await refusal(admin.products.save({ sku: 'A', name: 'n\u0000m', reason }))).toMatch(wrong);
    const instructions = 'one\ntwo\u001b[2J';
    expect(await refusal(admin.products.save({ sku: 'A', instructions, reason }))).toMatch(wrong);
    expect(await refusal(admin.products.mappings.save(item))).toMatch(wrong);
    const { product } = await admin.products.save({ sku: 'LINES', instructions: 'one\n\ttwo\r\n', reason });
    expect(product.instructions).toBe('one\n\ttwo\r\n');
  });

  test('wrong shapes are told by field and rule, never with the value', async () => {
    const call = admin.orders.lookup({ query: `SECRET-KEY-${'x'.repeat(600)}` });
    const told = await refusal(call);
    expect(told).toMatch(/^BAD_REQUEST/);
    expect(told).not.toContain('SECRET-KEY');
  });
});

describe('faults nobody planned', () => {
  test.each([
    [
      new StoreError('store.unavailable', 'testing', 'x'),
      'SERVICE_UNAVAILABLE: The database does not answer',
    ],
    [new StoreError('store.duplicate', 'testing', 'x'), 'CONFLICT: Somebody changed the same thing'],
    [new StoreError('store.fault', 'testing', '42'), 'INTERNAL_SERVER_ERROR: Something went wrong here'],
    [new Error('with SECRET-KEY-1 inside'), 'INTERNAL_SERVER_ERROR: Something went wrong here'],
  ])('%s', async (error, told) => {
    const world = await openWorld(engines()[0] ?? 'postgres');
    try {
      const store = { ...world.store, stockLevels: () => Promise.reject(error) };
      const caller = await openDesk(world, { store }).as('admin');
      const answer = await refusal(caller.stock.list());
      expect(answer).toContain(told);
      expect(answer).not.toContain('SECRET-KEY');
    } finally {
      await world.close();
    }
  });
});
