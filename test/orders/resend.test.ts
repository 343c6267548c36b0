import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordAudit } from '../../server/audit/record.ts';
import { verifyTrail } from '../../server/audit/verify.ts';
import { revealKey } from '../../server/keys/reveal.ts';
import { getOrder } from '../../server/orders/get-order.ts';
import { resendOrder } from '../../server/orders/resend.ts';
import { lookupOrders } from '../../server/orders/lookup.ts';
import { valueOf } from '../../server/errors.ts';
import { StoreError } from '../../server/store/store-error.ts';
import type { Store } from '../../server/store/store.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

const HOUR_MS = 60 * 60_000;

describe.each(engines())('a resend on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let next = 100;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 50);
  });
  afterAll(() => world.close());

  async function sold(about: Partial<Parameters<typeof booking>[0]> = {}): Promise<string> {
    const externalId = String((next += 1));
    await world.send(booking({ externalId, ...about }));
    return externalId;
  }
  async function freshCourse(stock: number): Promise<{ kind: 'service'; id: string; name: null }> {
    const id = String((next += 1));
    await world.map(id, `COURSE-${id}`);
    await world.stock(`COURSE-${id}`, stock);
    return { kind: 'service', id, name: null };
  }
  const resend = (id: string, about: { reason?: string; email?: string } = {}) =>
    resendOrder(desk.deps, { orderId: `amelia:${id}`, reason: 'buyer asked', actor: 'staff:1', ...about });

  test('queues a second mail with the same key, and says who wanted it and why', async () => {
    const id = await sold();
    const before = await world.keysOf(id);
    const { messageId } = valueOf(await resend(id));
    expect(await world.keysOf(id)).toEqual(before);
    const mails = await world.mailsOf(id);
    expect(mails).toHaveLength(2);
    expect(mails.find((mail) => mail.id === messageId)).toMatchObject({
      kind: 'key',
      status: 'queued',
      recipient: `buyer-${id}@example.test`,
    });
    const page = valueOf(await getOrder(world, { orderId: `amelia:${id}` }));
    expect(page.timeline.findLast((entry) => entry.kind === 'audit')).toMatchObject({
      who: 'staff:1',
      what: 'order.resent',
      why: 'buyer asked',
      refs: { message: messageId, keys: before.map((key) => key.id) },
    });
    expect(await world.broken()).toEqual([]);
  });

  test('for a reason that ends in half an emoji leaves the trail unbroken', async () => {
    const id = await sold();
    expect((await resend(id, { reason: 'called \ud83d' })).ok).toBe(true);
    const order = await world.order(id);
    await world.store.transaction((tx) =>
      recordAudit(tx, [
        {
          ...{ subject: `item:\udc11${id}`, at: new Date(), actor: 'cli', action: 'mapping.saved' },
          ...{ fromStatus: null, toStatus: null, reason: '\ud83d', refs: { did: '1 × \ud83d' } },
        },
      ]),
    );
    const [line] = await world.store.findAudit({ subject: `item:\ufffd${id}` });
    expect(line).toMatchObject({ reason: '\ufffd', refs: { did: '1 × \ufffd' } });
    expect((await world.store.findAudit({ subject: `order:${order?.id}` })).at(-1)?.reason).toBe(
      'called \ufffd',
    );
    expect((await verifyTrail(world.store)).map(({ violations }) => violations)).toEqual([0, 0]);
  });

  test('to a corrected address moves the order there; the old address still finds it, and its unsent mail stays', async () => {
    const id = await sold({ email: { value: 'tpyo@example.test', where: 'x' } });
    const { messageId } = valueOf(await resend(id, { email: ' Typo@Example.test ' }));
    expect((await world.order(id))?.email).toBe('typo@example.test');
    expect(await world.keysOf(id)).toMatchObject([
      { assignedToEmail: 'typo@example.test', status: 'assigned' },
    ]);
    const mails = await world.mailsOf(id);
    expect(mails.map(({ id: mail, recipient, status }) => [mail === messageId, recipient, status])).toEqual(
      expect.arrayContaining([
        [false, 'tpyo@example.test', 'withdrawn'],
        [true, 'typo@example.test', 'queued'],
      ]),
    );
    for (const query of ['tpyo@example.test', 'typo@example.test']) {
      const { orders } = valueOf(await lookupOrders(world, { query }));
      expect(orders.map((order) => order.orderId)).toEqual([`amelia:${id}`]);
    }
    expect(await world.broken()).toEqual([]);
  });

  test.each(['nobody', 'a@b', 'x@example.com\r\nBcc: y@example.com', `${'x'.repeat(250)}@example.com`])(
    'to %j is refused',
    async (email) => {
      expect(await resend(await sold(), { email })).toMatchObject({ fault: { code: 'email.invalid' } });
    },
  );

  test.each(['', '   ', 'x'.repeat(201)])('for the reason %j is refused', async (reason) => {
    expect(await resend(await sold(), { reason })).toMatchObject({ fault: { code: 'reason.missing' } });
  });

  test('happens at most five times within an hour', async () => {
    const id = await sold();
    for (let time = 0; time < 5; time++) expect((await resend(id)).ok).toBe(true);
    expect(await resend(id)).toMatchObject({ fault: { code: 'resend.too_many' } });
    expect(await world.mailsOf(id)).toHaveLength(6);
    desk.ahead(HOUR_MS + 1000);
    expect((await resend(id)).ok).toBe(true);
  });

  test('that a buyer asked for has a limit of its own, two within an hour, and takes nothing from that of staff', async () => {
    const id = await sold();
    const ask = () =>
      resendOrder(desk.deps, {
        orderId: `amelia:${id}`,
        reason: 'asked on the page for buyers',
        actor: 'buyer',
        limitFor: 'buyer',
      });
    expect([(await ask()).ok, (await ask()).ok]).toEqual([true, true]);
    expect(await ask()).toMatchObject({ fault: { code: 'resend.too_many' } });
    for (let time = 0; time < 5; time++) expect((await resend(id)).ok).toBe(true);
    expect(await resend(id)).toMatchObject({ fault: { code: 'resend.too_many' } });
    desk.ahead(HOUR_MS + 1000);
    expect((await ask()).ok).toBe(true);
  });

  test('asked for ten times at once, happens five times', async () => {
    const id = await sold();
    const answers = await Promise.all(Array.from({ length: 10 }, () => resend(id)));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(5);
    expect(await world.mailsOf(id)).toHaveLength(6);
  });

  test('is only for a fulfilled order that has keys', async () => {
    const waiting = await sold({ quantity: 49 });
    expect((await world.order(waiting))?.status).toBe('waiting');
    expect(await resend(waiting)).toMatchObject({ fault: { code: 'order.not_fulfilled' } });
    expect(await resend('no-such')).toMatchObject({ fault: { code: 'order.unknown' } });
    const revoked = await sold();
    await world.store.revokeKeys({ keyIds: (await world.keysOf(revoked)).map((key) => key.id) });
    expect(await resend(revoked)).toMatchObject({ fault: { code: 'order.no_keys' } });
    expect(await resendOrder(desk.deps, { orderId: 'nonsense', reason: 'x', actor: 'cli' })).toMatchObject({
      fault: { code: 'order.unknown' },
    });
  });

  test('whose COMMIT answer was lost is not done twice', async () => {
    const id = await sold();
    let lost = false;
    const store: Store = {
      ...world.store,
      async transaction(work) {
        const result = await world.store.transaction(work);
        if (lost) return result;
        lost = true;
        throw new StoreError('store.lost', 'testing', 'ECONNRESET');
      },
    };
    const deps = openDesk(world, { store }).deps;
    const answer = await resendOrder(deps, { orderId: `amelia:${id}`, reason: 'again', actor: 'cli' });
    expect(answer.ok).toBe(true);
    expect((await world.mailsOf(id)).filter(({ kind }) => kind === 'key')).toHaveLength(2);
  });

  test('to an address that bounced is refused, with the way out; to another one, or when it is let through, it goes', async () => {
    const item = await freshCourse(5);
    const id = await sold({ item, email: { value: 'gone@example.test', where: 'x' } });
    const [mail] = await world.mailsOf(id);
    await world.store.saveSuppression({
      address: 'gone@example.test',
      reason: 'bounced',
      provider: 'postmark',
      messageId: mail?.id ?? '',
      since: new Date('2026-11-20T23:59:00Z'),
      detail: '550 5.1.1, HardBounce',
    });
    const refused = await resend(id);
    expect(refused).toMatchObject({
      fault: {
        code: 'email.suppressed',
        sentence: expect.stringContaining(
          `Mail to that address bounced on 2026-11-20, so none is sent there, and nothing was changed. Give order amelia:${id} another one:`,
        ),
      },
    });
    expect(JSON.stringify(refused)).not.toContain('gone@');
    expect(await resend(id, { email: 'GONE@example.test' })).toMatchObject({
      fault: { code: 'email.suppressed' },
    });
    expect(await world.mailsOf(id)).toHaveLength(1);
    const other = await sold({ item });
    expect(await resend(other, { email: 'gone@example.test' })).toMatchObject({ ok: false });
    expect((await world.order(other))?.email).toBe(`buyer-${other}@example.test`);

    expect(await getOrder(world, { orderId: `amelia:${id}` })).toMatchObject({
      value: { suppressed: { reason: 'bounced', since: '2026-11-20T23:59:00.000Z' } },
    });
    expect((await resend(id, { email: 'back@example.test' })).ok).toBe(true);
    expect(await getOrder(world, { orderId: `amelia:${id}` })).toMatchObject({ value: { suppressed: null } });
    await world.store.deleteSuppressions({ addresses: ['gone@example.test'] });
    expect((await resend(id, { email: 'gone@example.test' })).ok).toBe(true);
    expect(await world.broken()).toEqual([]);
  });

  test('of a waiting order corrects its address: the buyer is told at once, and the key goes there', async () => {
    const item = await freshCourse(0);
    const id = await sold({ item, email: { value: `tpyo-${next}@example.test`, where: 'x' } });
    const wrong = (await world.order(id))?.email ?? '';
    const right = `typo-${next}@example.test`;
    expect(await resend(id)).toMatchObject({
      fault: { code: 'order.not_fulfilled', sentence: expect.stringContaining('--email') },
    });
    expect(await resend(id, { email: wrong })).toMatchObject({ fault: { code: 'order.not_fulfilled' } });
    const { messageId } = valueOf(await resend(id, { email: right }));
    expect(await world.order(id)).toMatchObject({ status: 'waiting', email: right });
    const mails = await world.mailsOf(id);
    expect(mails.map((mail) => [mail.id === messageId, mail.kind, mail.recipient, mail.status])).toEqual(
      expect.arrayContaining([
        [false, 'key_waiting', wrong, 'withdrawn'],
        [true, 'key_waiting', right, 'queued'],
      ]),
    );
    expect(mails).toHaveLength(2);
    const due = await world.store.transaction((tx) => tx.lockDueMessages({ priority: 1, limit: 1000 }));
    expect(due.map((mail) => mail.id)).toContain(messageId);
    const page = valueOf(await getOrder(world, { orderId: `amelia:${id}` }));
    expect(page.alternates).toContain(wrong);
    const entry = page.timeline.findLast(({ kind }) => kind === 'audit');
    expect(entry).toMatchObject({
      who: 'staff:1',
      what: 'order.resent_to_new_address',
      why: 'buyer asked',
      refs: { message: messageId },
    });
    expect(entry?.refs).not.toHaveProperty('keys');
    await world.stock(`COURSE-${item.id}`, 1);
    await world.core.restock.fill([`COURSE-${item.id}`]);
    expect((await world.mailsOf(id)).filter(({ kind }) => kind === 'key')).toMatchObject([
      { recipient: right, status: 'queued' },
    ]);
    expect(await world.keysOf(id)).toMatchObject([{ assignedToEmail: right }]);
    expect(await world.broken()).toEqual([]);
  });

  test('of a waiting order tells the buyer whatever the product says of waiting, but no address that bounced', async () => {
    const item = await freshCourse(0);
    const [product] = await world.store.findProducts({ skus: [`COURSE-${item.id}`] });
    if (!product) throw new Error('no product');
    await world.store.saveProduct({ ...product, tellWaiting: false });
    const id = await sold({ item });
    expect(await world.mailsOf(id)).toEqual([]);
    await world.store.saveSuppression({
      address: `gone-${id}@example.test`,
      reason: 'bounced',
      provider: 'postmark',
      messageId: '',
      since: new Date(),
      detail: '550 5.1.1',
    });
    expect(await resend(id, { email: `gone-${id}@example.test` })).toMatchObject({
      fault: { code: 'email.suppressed' },
    });
    expect((await resend(id, { email: `right-${id}@example.test` })).ok).toBe(true);
    expect(await world.mailsOf(id)).toMatchObject([{ kind: 'key_waiting', status: 'queued' }]);
  });

  test('to other addresses is done five times an hour, while it waits and after; a resend is counted apart', async () => {
    const item = await freshCourse(0);
    const id = await sold({ item });
    const correct = (at: number) => resend(id, { email: `try-${at}-${id}@example.test` });
    for (let time = 0; time < 4; time++) expect((await correct(time)).ok).toBe(true);
    const twice = await Promise.all([correct(4), correct(5)]);
    expect(twice.filter(({ ok }) => ok)).toHaveLength(1);
    await world.stock(`COURSE-${item.id}`, 1);
    await world.core.restock.fill([`COURSE-${item.id}`]);
    expect(await correct(6)).toMatchObject({ fault: { code: 'resend.too_many' } });
    for (let time = 0; time < 5; time++) expect((await resend(id)).ok).toBe(true);
    expect(await resend(id)).toMatchObject({ fault: { code: 'resend.too_many' } });
    desk.ahead(HOUR_MS + 1000);
    expect((await resend(id)).ok).toBe(true);
    expect((await correct(7)).ok).toBe(true);
    expect(await world.broken()).toEqual([]);
  });

  test('of a waiting order whose COMMIT answer was lost is done once, and answered', async () => {
    const item = await freshCourse(0);
    const id = await sold({ item });
    let lost = false;
    const store: Store = {
      ...world.store,
      async transaction(work) {
        const result = await world.store.transaction(work);
        if (lost) return result;
        lost = true;
        throw new StoreError('store.lost', 'testing', 'ECONNRESET');
      },
    };
    const { deps } = openDesk(world, { store });
    const wish = { orderId: `amelia:${id}`, reason: 'x', actor: 'cli', email: `back-${id}@example.test` };
    const { messageId } = valueOf(await resendOrder(deps, wish));
    expect((await world.mailsOf(id)).filter(({ status }) => status === 'queued')).toMatchObject([
      { id: messageId },
    ]);
  });

  test('of a waiting order looks for stock once more: a filler may have passed the locked order by', async () => {
    const item = await freshCourse(0);
    const id = await sold({ item });
    // The keys come, and their filler runs, while the order is locked here.
    const store: Store = {
      ...world.store,
      transaction: (work) =>
        world.store.transaction((tx) =>
          work({
            ...tx,
            async lockMessagesOfOrders(q) {
              await world.stock(`COURSE-${item.id}`, 1);
              expect(await world.core.restock.fill([`COURSE-${item.id}`])).toEqual([]);
              return tx.lockMessagesOfOrders(q);
            },
          }),
        ),
    };
    const { deps } = openDesk(world, { store });
    const email = `late-${id}@example.test`;
    const wish = { orderId: `amelia:${id}`, reason: 'x', actor: 'cli', email };
    expect((await resendOrder(deps, wish)).ok).toBe(true);
    expect(await world.order(id)).toMatchObject({ status: 'fulfilled', email });
    expect((await world.mailsOf(id)).filter(({ status }) => status === 'queued')).toMatchObject([
      { kind: 'key', recipient: email },
    ]);
    expect(await world.broken()).toEqual([]);
  });

  test('counts what staff sent alone: mails that the system sends by itself are no resends', async () => {
    const item = await freshCourse(0);
    const id = await sold({ item });
    expect((await world.mailsOf(id)).map(({ kind }) => kind)).toEqual(['key_waiting']);
    await world.stock(`COURSE-${item.id}`, 1);
    await world.core.restock.fill([`COURSE-${item.id}`]);
    for (let time = 0; time < 5; time++) expect((await resend(id)).ok).toBe(true);
    expect(await resend(id)).toMatchObject({ fault: { code: 'resend.too_many' } });
  });
});

describe.each(engines())('a look at a key on %s', (engine) => {
  let world: World;
  let desk: Desk;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 3);
  });
  afterAll(() => world.close());

  const look = (keyId: number, reason: string, store = world.store) =>
    revealKey({ ...desk.deps, store }, { keyId, reason, actor: 'staff:1' });

  test('that no order holds, taken eight times at once, succeeds eight times', async () => {
    const [free] = await world.store.findKeysByText({ keys: ['COURSE-A-000003'] });
    const keyId = free?.id ?? 0;
    const looks = await Promise.all(Array.from({ length: 8 }, (_, at) => look(keyId, `look ${at}`)));
    expect(looks.every((one) => one.ok)).toBe(true);
    const trail = await world.store.findAudit({ subject: `key:${keyId}` });
    expect(trail.map(({ reason }) => reason).toSorted()).toEqual(looks.map((_, at) => `look ${at}`));
    expect(trail[0]?.refs).toEqual({ revealed: keyId });
    expect(await world.broken()).toEqual([]);
  });

  test('that an order holds is on the trail of the order, and gives it no second key', async () => {
    await world.send(booking({ externalId: 'holder' }));
    const [key] = await world.keysOf('holder');
    const order = await world.order('holder');
    expect(await look(key?.id ?? 0, 'on the phone')).toMatchObject({ value: { orderId: 'amelia:holder' } });
    const trail = await world.store.findAudit({ subject: `order:${order?.id}` });
    expect(trail.at(-1)).toMatchObject({ action: 'key.revealed', refs: { revealed: key?.id } });
    expect(await world.broken()).toEqual([]);
  });

  test('whose order is cancelled at the same moment is on the trail of the key', async () => {
    await world.send(booking({ externalId: 'fleeting' }));
    const [key] = await world.keysOf('fleeting');
    const keyId = key?.id ?? 0;
    const store: Store = {
      ...world.store,
      transaction: (work) =>
        world.store.transaction((tx) =>
          work({
            ...tx,
            async lockOrders(q) {
              await world.send(booking({ externalId: 'fleeting', status: 'cancelled' }));
              return tx.lockOrders(q);
            },
          }),
        ),
    };
    expect(await look(keyId, 'just in time', store)).toMatchObject({
      value: { status: 'available', orderId: null },
    });
    await world.send(booking({ externalId: 'next' }));
    expect((await world.keysOf('next')).map(({ id }) => id)).toEqual([keyId]);
    expect(await world.store.findAudit({ subject: `key:${keyId}` })).toMatchObject([
      { reason: 'just in time' },
    ]);
    expect(await world.broken()).toEqual([]);
  });
});
