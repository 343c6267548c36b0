import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueOf } from '../../server/errors.ts';
import { composeMails } from '../../server/mail/compose.ts';
import { replaceKey } from '../../server/keys/replace.ts';
import { revokeKey } from '../../server/keys/revoke.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { loadBrand } from '../../server/mail/brand.ts';

describe.each(engines())('a key that is replaced or revoked, on %s', (engine) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(engine);
  });
  afterAll(() => shop.close());

  const replace = (keyId: number, reason = 'does not activate') =>
    replaceKey(shop.desk.deps, { keyId, reason, actor: 'staff:7' });
  const revoke = (keyId: number, reason = 'refunded') =>
    revokeKey(shop.desk.deps, { keyId, reason, mayTakeStock: true, actor: 'staff:7' });
  const keyOf = async (id: string) => (await shop.keys(id))[0]?.id ?? 0;
  const freeKey = async (sku: string) => {
    const [key] = await shop.world.store.transaction((tx) => tx.claimKeys({ sku, limit: 1, afterId: 0 }));
    return key?.id ?? 0;
  };

  test('goes, another comes, and one mail tells the buyer that it replaces the old one', async () => {
    const course = await shop.course(3);
    const id = await shop.book(course);
    await shop.deliver(id);
    const oldKeyId = await keyOf(id);
    const done = valueOf(await replace(oldKeyId));
    expect(done).toMatchObject({ oldKeyId, masked: '••••-0002' });
    expect((await shop.keys(id)).map((key) => key.id)).toEqual([done.newKeyId]);
    expect((await shop.keys(id, 'revoked')).map((key) => key.id)).toEqual([oldKeyId]);
    const mails = await shop.keyMails(id);
    expect(mails.map(({ status }) => status)).toEqual(['accepted', 'queued']);
    expect((await shop.trail(id)).at(-1)).toMatchObject({
      actor: 'staff:7',
      action: 'order.key_replaced',
      reason: 'does not activate',
      refs: { revoked: [oldKeyId], keys: [done.newKeyId], message: done.messageId },
    });
    const queued = mails.filter((mail) => mail.id === done.messageId);
    const drafts = await composeMails({ ...shop.desk.deps, brand: loadBrand(), lowStock: 10 }, queued);
    const draft = drafts.get(done.messageId);
    expect(JSON.stringify(draft)).toContain(`${course.sku}-000002`);
    expect(JSON.stringify(draft)).not.toContain(`${course.sku}-000001`);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('before its mail has left takes the older mail with it, so that one goes out', async () => {
    const course = await shop.course(2);
    const id = await shop.book(course);
    const { messageId } = valueOf(await replace(await keyOf(id)));
    const open = (await shop.keyMails(id)).filter(({ status }) => status !== 'withdrawn');
    expect(open.map((mail) => mail.id)).toEqual([messageId]);
    expect(await shop.world.broken()).toEqual([]);
  });

  test('without another in stock stays as it is', async () => {
    const course = await shop.course(1);
    const id = await shop.book(course);
    const keyId = await keyOf(id);
    const lines = await shop.trail(id);
    expect(await replace(keyId)).toMatchObject({
      fault: {
        code: 'stock.short',
        sentence: expect.stringContaining(`1 × ${course.sku} wanted, 0 in stock`),
      },
    });
    expect(await keyOf(id)).toBe(keyId);
    expect(await shop.trail(id)).toEqual(lines);
  });

  test('must be one that a buyer has', async () => {
    const course = await shop.course(3);
    const [id, held] = [await shop.book(course), await shop.book(course, { status: 'pending' })];
    const keyId = await keyOf(id);
    const onHold = await keyOf(held);
    const free = await freeKey(course.sku);
    expect(await replace(free)).toMatchObject({ fault: { code: 'key.not_live' } });
    for (const act of [replace, revoke])
      expect(await act(onHold)).toMatchObject({ fault: { code: 'key.on_hold' } });
    valueOf(await revoke(keyId));
    for (const act of [replace, revoke]) {
      expect(await act(keyId)).toMatchObject({
        fault: {
          code: 'key.not_live',
          sentence: `Key ${keyId} is revoked already; nothing was changed. The page of an order lists the keys that it has now.`,
        },
      });
      expect(await act(999_999)).toMatchObject({ fault: { code: 'key.unknown' } });
      expect(await act(keyId, '')).toMatchObject({ fault: { code: 'reason.missing' } });
    }
    const kept = await shop.book(course);
    await shop.deliver(kept);
    const keptKey = await keyOf(kept);
    const { orders } = await (await shop.desk.as('support')).orders.lookup({ query: kept });
    expect(orders.length).toBeGreaterThan(0);
    await (await shop.desk.as('support')).orders.cancel({ orderId: `amelia:${kept}`, reason: 'x' });
    expect(await replace(keptKey)).toMatchObject({ fault: { code: 'key.order_not_fulfilled' } });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('revoked leaves its order as it is, and nothing is made up for', async () => {
    const course = await shop.course(3);
    const id = await shop.book(course, { rev: 1 });
    const keyId = await keyOf(id);
    expect(valueOf(await revoke(keyId))).toEqual({ keyId, status: 'revoked', orderId: `amelia:${id}` });
    expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' });
    expect((await shop.trail(id)).at(-1)).toMatchObject({
      action: 'order.key_revoked',
      fromStatus: 'fulfilled',
      toStatus: 'fulfilled',
      refs: { revoked: [keyId] },
    });
    await shop.world.core.fillAll();
    expect(await shop.keys(id)).toEqual([]);
    // The worker finds nothing to say, and withdraws the mail.
    const [mail] = await shop.keyMails(id);
    await shop.world.store.withdrawMessages({ ids: [mail?.id ?? ''] });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('in stock is found by its text or its ending, and revoked by who looks after the stock alone', async () => {
    const course = await shop.course(2);
    const [support, admin] = [await shop.desk.as('support'), await shop.desk.as('admin')];
    await shop.desk.bringIn(course.sku, [`${course.sku}-0BAD`]);
    const { keys, isMore } = await support.keys.find({ query: ` ${course.sku}-0BAD ` });
    const [bad] = keys;
    expect(isMore).toBe(false);
    expect(keys).toEqual([
      {
        ...{ keyId: bad?.keyId, masked: '••••-0BAD', sku: course.sku, status: 'available', orderId: null },
        importId: expect.stringMatching(/^[\da-f-]{36}$/),
        importedAt: expect.stringMatching(/^2\d{3}-/),
      },
    ]);
    expect((await support.keys.find({ query: '*0bad' })).keys).toContainEqual(bad);
    expect((await support.keys.find({ query: '' })).keys).toEqual([]);
    const wish = { keyId: bad?.keyId ?? 0, reason: 'the vendor took it back' };
    await expect(support.keys.revoke(wish)).rejects.toThrow(/in stock; nothing was changed.*ask an admin/);
    expect(await shop.free(course.sku)).toBe(3);
    expect(await admin.keys.revoke(wish)).toMatchObject({ status: 'revoked' });
    expect((await support.keys.find({ query: `${course.sku}-0BAD` })).keys).toMatchObject([
      { status: 'revoked' },
    ]);
    const id = await shop.book(course);
    expect((await support.keys.find({ query: `${course.sku}-000001` })).keys).toMatchObject([
      { status: 'assigned', orderId: `amelia:${id}` },
    ]);
    expect(await support.keys.revoke({ ...wish, keyId: await keyOf(id) })).toMatchObject({
      status: 'revoked',
    });
  });

  test('that was seen in stock and sold since is not taken from its buyer unawares', async () => {
    const course = await shop.course(1);
    const keyId = await freeKey(course.sku);
    const id = await shop.book(course);
    const wish = { keyId, reason: 'bad in the vendor’s list', mayTakeStock: true, actor: 'cli' };
    expect(await revokeKey(shop.desk.deps, { ...wish, inStock: true })).toMatchObject({
      fault: { code: 'key.sold', sentence: expect.stringContaining(`order amelia:${id} has it`) },
    });
    expect(await shop.keys(id)).toHaveLength(1);
    expect(valueOf(await revokeKey(shop.desk.deps, wish))).toMatchObject({ orderId: `amelia:${id}` });
  });

  test('revoked while it is free is out of stock, on its own trail', async () => {
    const course = await shop.course(2);
    const keyId = await freeKey(course.sku);
    valueOf(await revoke(keyId, 'leaked'));
    expect(await shop.free(course.sku)).toBe(1);
    expect(await shop.world.store.findAudit({ subject: `key:${keyId}` })).toMatchObject([
      {
        actor: 'staff:7',
        action: 'key.revoked',
        fromStatus: 'available',
        toStatus: 'revoked',
        reason: 'leaked',
      },
    ]);
    expect(await revoke(keyId)).toMatchObject({ fault: { code: 'key.not_live' } });
    expect(await shop.world.broken()).toEqual([]);
  });

  test('whose COMMIT answer was lost is replaced or revoked once, and told so', async () => {
    const course = await shop.course(4);
    const id = await shop.book(course);
    const first = openDesk(shop.world, { store: loseFirstAnswer(shop.world.store) }).deps;
    const keyId = await keyOf(id);
    const done = valueOf(await replaceKey(first, { keyId, reason: 'x', actor: 'cli' }));
    expect((await shop.keys(id)).map((key) => key.id)).toEqual([done.newKeyId]);
    expect(done.masked).toBe('••••-0002');
    for (const target of [done.newKeyId, await freeKey(course.sku)]) {
      const { deps } = openDesk(shop.world, { store: loseFirstAnswer(shop.world.store) });
      expect(
        valueOf(await revokeKey(deps, { keyId: target, reason: 'x', mayTakeStock: true, actor: 'cli' }))
          .status,
      ).toBe('revoked');
    }
    expect(await shop.free(course.sku)).toBe(1);
    expect(await shop.world.broken()).toEqual([]);
  });
});
