import { beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../server/store/store-error.ts';
import { accepted, badLogin, busy, cut, openOutboxWorld, refused } from './outbox-world.ts';
import type { SendOutcome } from '../../server/mail/classify.ts';
import type { OrderRow } from '../../server/store/rows.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let world = openOutboxWorld();
beforeEach(() => {
  world = openOutboxWorld();
});
const sentIds = () => world.sent.map(({ messageId }) => messageId);

function deferred() {
  let resolve: (outcome: SendOutcome) => void = () => {};
  const promise = new Promise<SendOutcome>((done) => (resolve = done));
  return { promise, resolve };
}

describe('a mail that goes well', () => {
  it('is written from the order and its keys, sent once, and settled with an audit line', async () => {
    const id = world.order(1, ['AAAA-0O0O', 'BBBB-0O0O']);
    const outbox = world.start();
    await outbox.drain();
    await world.pass(HOUR);
    expect(sentIds()).toEqual([id]);
    expect(world.sent[0]).toMatchObject({
      to: { name: 'Ann', address: 'ann@buyer.example' },
      subject: 'Your 2 license keys: AID',
      metadata: { message: id },
    });
    expect(world.sent[0]?.text).toMatch(/AAAA-0O0O[\s\S]*BBBB-0O0O[\s\S]*amelia:1/);
    expect(world.row(id)).toMatchObject({ status: 'accepted', attempts: 1, dueAt: null, lastError: null });
    expect(world.audit).toMatchObject([
      {
        subject: 'order:1',
        actor: 'mail',
        action: 'mail.accepted',
        fromStatus: 'queued',
        toStatus: 'accepted',
      },
    ]);
    expect(JSON.stringify([world.audit, [...world.messages.values()]])).not.toContain('AAAA');
  });

  it('wakes at once for mails queued here, and by itself for mails queued elsewhere', async () => {
    const outbox = world.start({ pollMs: 2 * SECOND });
    await world.settled();
    const first = world.order(1);
    outbox.wake();
    await world.settled();
    expect(world.row(first).status).toBe('accepted');
    const second = world.order(2);
    await world.pass(SECOND);
    expect(world.row(second).status).toBe('queued');
    await world.pass(SECOND);
    expect(world.row(second).status).toBe('accepted');
  });

  it('says that it is a copy when the keys were mailed before', async () => {
    world.order(1);
    const outbox = world.start();
    await outbox.drain();
    world.queue({ id: 'again', orderId: 1 });
    await outbox.drain();
    expect(world.sent.map(({ subject }) => subject)).toEqual([
      'Your license key: AID',
      'A copy of your license key: AID',
    ]);
  });

  it('is sent by one of two workers', async () => {
    for (let id = 1; id <= 50; id += 1) world.order(id);
    await Promise.all([world.start().drain(), world.start().drain()]);
    expect(sentIds()).toHaveLength(50);
    expect(new Set(sentIds()).size).toBe(50);
    expect(new Set(world.statuses())).toEqual(new Set(['accepted']));
  });
});

describe('a mail that does not go well', () => {
  it('is tried again with backoff and the same Message-ID', async () => {
    const id = world.order(1);
    world.answers.push(busy, busy);
    const outbox = world.start();
    await outbox.drain();
    expect(world.row(id)).toMatchObject({
      status: 'retrying',
      lastCode: 'smtp_451',
      lastError: 'busy (451)',
    });
    await world.pass(14 * SECOND);
    expect(sentIds()).toHaveLength(1);
    await world.pass(3 * SECOND);
    expect(sentIds()).toHaveLength(2);
    await world.pass(62 * SECOND);
    expect(sentIds()).toEqual([id, id, id]);
    expect(world.row(id)).toMatchObject({ status: 'accepted', attempts: 3 });
    expect(world.audit.map(({ action }) => action)).toEqual([
      'mail.retrying',
      'mail.retrying',
      'mail.accepted',
    ]);
    expect(world.alerts).toEqual([]);
  });

  it('is given up after three days, and a person is told', async () => {
    const id = world.order(1);
    for (let at = 0; at < 40; at += 1) world.answers.push(busy);
    world.start({ pollMs: MINUTE });
    await world.pass(4 * 24 * HOUR);
    expect(world.row(id)).toMatchObject({ status: 'failed', dueAt: null });
    expect(world.alerts).toMatchObject([{ kind: 'mail_failed', orderId: 'amelia:1' }]);
  });

  it('fails at once when refused for good: alert with the order, and the caller is told', async () => {
    const id = world.order(1);
    world.answers.push(refused);
    const outbox = world.start();
    await outbox.drain();
    expect(world.row(id)).toMatchObject({ status: 'failed', dueAt: null, lastCode: 'smtp_550' });
    expect(world.alerts).toMatchObject([
      { kind: 'mail_failed', orderId: 'amelia:1', detail: 'Refused for good: no such mailbox (550).' },
    ]);
    expect(world.failed.map((message) => message.id)).toEqual([id]);
    await world.pass(HOUR);
    expect(sentIds()).toHaveLength(1);
  });

  it('raises no alert about a mail to the admin, which would be told by another mail to the admin', async () => {
    world.told.push({
      id: 1,
      messageId: 'urgent',
      settledAt: null,
      settledBy: null,
      kind: 'attention',
      orderId: null,
      sku: null,
      detail: 'x',
      createdAt: new Date(),
    });
    world.queue({ id: 'urgent', kind: 'admin_attention', orderId: null });
    world.answers.push(refused);
    await world.start().drain();
    expect(world.row('urgent').status).toBe('failed');
    expect(world.alerts).toEqual([]);
    expect(world.logged).toContain('mail.failed');
  });

  it('leaves its alerts to the next digest when it was a mail to the admin, and only when it failed for good', async () => {
    const alert = {
      kind: 'attention',
      orderId: null,
      sku: null,
      detail: 'x',
      createdAt: new Date(),
    } as const;
    for (const [id, messageId] of ['refused', 'busy', 'fine'].entries()) {
      world.told.push({ ...alert, id, messageId, settledAt: null, settledBy: null });
      world.queue({ id: messageId, kind: 'admin_attention', orderId: null });
    }
    // In the order of their ids.
    world.answers.push(busy, accepted, refused);
    await world.start().drain();
    expect(world.told.map(({ messageId }) => messageId)).toEqual([null, 'busy', 'fine']);
    await world.pass(HOUR);
    expect(sentIds()).toEqual(['busy', 'fine', 'refused', 'busy']);
  });

  it('is sent a second time, once, when nobody knows whether it arrived', async () => {
    const id = world.order(1);
    world.answers.push(cut, cut);
    const outbox = world.start({ pollMs: MINUTE });
    await outbox.drain();
    expect(world.row(id).status).toBe('unknown');
    await world.pass(9 * MINUTE);
    expect(sentIds()).toEqual([id]);
    await world.pass(2 * MINUTE);
    expect(sentIds()).toEqual([id, id]);
    await world.pass(24 * HOUR);
    expect(sentIds()).toEqual([id, id]);
    expect(world.row(id)).toMatchObject({ status: 'unknown', dueAt: null });
    expect(world.alerts).toMatchObject([{ kind: 'mail_failed', orderId: 'amelia:1' }]);
  });

  it('counts as unknown when the server that held it died, and is then sent once more', async () => {
    const id = world.order(1, undefined, { status: 'sending', attempts: 1, leaseToken: 'of the dead' });
    const outbox = world.start();
    await outbox.drain();
    expect(sentIds()).toEqual([]);
    expect(world.row(id)).toMatchObject({ status: 'unknown', lastCode: 'maybe_sent_stopped' });
    await world.pass(11 * MINUTE);
    expect(sentIds()).toEqual([id]);
    expect(world.row(id).status).toBe('accepted');
  });

  it('is tried again, and told to a person once, when it cannot be written', async () => {
    const id = world.order(1, ['SECRET\u0007KEY']);
    const outbox = world.start();
    await outbox.drain();
    await world.pass(MINUTE);
    expect(sentIds()).toEqual([]);
    expect(world.row(id)).toMatchObject({ status: 'retrying', lastCode: 'unwritable' });
    expect(world.alerts).toHaveLength(1);
    expect(JSON.stringify([world.alerts, world.row(id)])).not.toContain('SECRET');
  });
});

describe('a mail that must not go out', () => {
  it.each([
    [
      'the order was cancelled',
      () =>
        world.orders.splice(
          0,
          1,
          ...world.orders.slice(0, 1).map((o) => ({ ...o, status: 'cancelled' as const })),
        ),
    ],
    ['the order is gone', () => world.orders.splice(0)],
    [
      'the key was revoked',
      () =>
        world.keys.splice(0, 1, ...world.keys.slice(0, 1).map((k) => ({ ...k, status: 'revoked' as const }))),
    ],
    [
      'the key is only on hold',
      () => world.keys.splice(0, 1, ...world.keys.slice(0, 1).map((k) => ({ ...k, assignedAt: null }))),
    ],
  ])('is withdrawn when %s', async (_why, meanwhile) => {
    const id = world.order(1);
    meanwhile();
    world.start();
    // An order that is gone looks like one that somebody holds, at first.
    await world.pass(10 * SECOND);
    expect(sentIds()).toEqual([]);
    expect(world.row(id)).toMatchObject({ status: 'withdrawn', dueAt: null });
    expect(world.logged).toContain('mail.withdrawn');
  });

  const change = (id: number, to: Partial<OrderRow>): void => {
    const order = world.orders.find((one) => one.id === id);
    if (order) Object.assign(order, to);
  };

  it('is not touched before its turn: what happens until then is heeded, and it does not count as tried', async () => {
    const [first, cancelled, moved, last] = [1, 2, 3, 4].map((id) => world.order(id));
    const held = deferred();
    world.answers.push(held.promise);
    const outbox = world.start({ concurrency: 1 });
    await world.settled();
    for (const id of [cancelled, moved, last])
      expect(world.row(id ?? '')).toMatchObject({ status: 'queued', attempts: 0 });
    change(2, { status: 'cancelled' });
    change(3, { email: 'corrected@buyer.example' });
    held.resolve(accepted);
    await outbox.drain();
    expect(sentIds()).toEqual([first, last]);
    expect(world.statuses()).toEqual(['accepted', 'withdrawn', 'withdrawn', 'accepted']);
  });

  it('goes to the address of the order only, letter case aside', async () => {
    const [former, same] = [world.order(1), world.order(2)];
    change(1, { email: 'corrected@buyer.example' });
    change(2, { email: 'Ann@Buyer.example' });
    world.start();
    await world.pass(MINUTE);
    expect(sentIds()).toEqual([same]);
    expect(world.row(former)).toMatchObject({
      status: 'withdrawn',
      dueAt: null,
      lastError: 'the order has another address now',
    });
  });

  it('is withdrawn from the former address although its first try was under way when that was corrected', async () => {
    const id = world.order(1);
    const held = deferred();
    world.answers.push(held.promise);
    world.start();
    await world.settled();
    change(1, { email: 'corrected@buyer.example' });
    held.resolve(busy);
    await world.pass(MINUTE);
    expect(sentIds()).toEqual([id]);
    expect(world.row(id).status).toBe('withdrawn');
  });

  it('goes out after all when the order was approved again before the mail was withdrawn', async () => {
    const id = world.order(1);
    change(1, { status: 'cancelled' });
    // The settling transaction comes late: after the mail was found to be of a cancelled order, and the new approval.
    world.failing.set('lockFreeOrders', [new StoreError('store.fault', 'locking', 'x')]);
    world.start();
    await world.settled();
    expect(world.row(id).status).toBe('sending');
    change(1, { status: 'fulfilled' });
    await world.pass(10 * SECOND);
    expect(sentIds()).toEqual([id]);
    expect(world.row(id)).toMatchObject({ status: 'accepted', attempts: 1 });
    expect(world.logged).not.toContain('mail.withdrawn');
    expect(world.audit.map(({ action }) => action)).toEqual(['mail.accepted']);
  });

  it.each<[string, () => unknown]>([
    ['is still cancelled', () => {}],
    ['has no key any more', () => (change(1, { status: 'fulfilled' }), world.keys.splice(0))],
    ['has another address', () => change(1, { status: 'fulfilled', email: 'corrected@buyer.example' })],
  ])('stays withdrawn when the order %s', async (_why, meanwhile) => {
    const id = world.order(1);
    change(1, { status: 'cancelled' });
    world.failing.set('lockFreeOrders', [new StoreError('store.fault', 'locking', 'x')]);
    world.start();
    await world.settled();
    meanwhile();
    await world.pass(HOUR);
    expect(sentIds()).toEqual([]);
    expect(world.row(id)).toMatchObject({ status: 'withdrawn', dueAt: null, attempts: 1 });
  });

  it('a low-stock mail is withdrawn when nothing is low any more', async () => {
    const level = {
      sku: 'AID',
      name: 'First Aid',
      lowStock: null,
      assigned: 0,
      held: 0,
      revoked: 0,
      waiting: 0,
    };
    world.levels.push({ ...level, available: 9 }, { ...level, sku: 'ACLS', lowStock: 5, available: 5 });
    world.queue({ id: 'low', kind: 'admin_low_stock', orderId: null, recipient: 'admin@shop.example' });
    const outbox = world.start();
    await outbox.drain();
    expect(world.sent[0]?.subject).toBe('Low on keys: AID (9)');
    world.levels.splice(0, 1, { ...level, available: 10 });
    world.queue({ id: 'low again', kind: 'admin_low_stock', orderId: null });
    await outbox.drain();
    expect(world.row('low again').status).toBe('withdrawn');
  });
});

describe('the order of mails', () => {
  it('lets an urgent mail overtake', async () => {
    for (let id = 1; id <= 9; id += 1) world.order(id);
    world.told.push({
      id: 1,
      messageId: 'z-urgent',
      settledAt: null,
      settledBy: null,
      kind: 'attention',
      orderId: 'amelia:7',
      sku: 'AID',
      detail: 'none left',
      createdAt: new Date(),
    });
    const held = deferred();
    world.answers.push(held.promise);
    const outbox = world.start({ concurrency: 1 });
    await world.settled();
    world.queue({ id: 'z-urgent', kind: 'admin_attention', orderId: null, recipient: 'admin@shop.example' });
    held.resolve(accepted);
    await outbox.drain();
    expect(sentIds()).toHaveLength(10);
    expect(sentIds().indexOf('z-urgent')).toBeLessThanOrEqual(4);
    expect(world.sent.find(({ messageId }) => messageId === 'z-urgent')?.text).toContain('amelia:7');
  });

  it('keeps no more mails under way than it may', async () => {
    const held = Array.from({ length: 3 }, deferred);
    world.answers.push(...held.map(({ promise }) => promise));
    for (let id = 1; id <= 9; id += 1) world.order(id);
    const outbox = world.start({ concurrency: 3 });
    await world.settled();
    expect(outbox.state()).toMatchObject({ sending: 3, paused: null });
    expect(world.sent).toHaveLength(3);
    held.forEach(({ resolve }) => resolve(accepted));
    await outbox.drain();
    expect(world.sent).toHaveLength(9);
  });
});

describe('settings at fault', () => {
  it('pause the queue, cost no mail anything, and one mail probes before all go', async () => {
    for (let id = 1; id <= 8; id += 1) world.order(id);
    world.answers.push(badLogin, badLogin);
    world.looks = badLogin;
    const outbox = world.start({ concurrency: 2 });
    await outbox.drain();
    expect(new Set(world.statuses())).toEqual(new Set(['queued']));
    expect(outbox.state().paused).toMatchObject({ code: 'smtp_535', why: 'login refused (535)' });
    expect(world.sent).toHaveLength(2);
    expect(world.alerts).toEqual([]);
    expect(world.audit).toEqual([]);

    outbox.wake();
    await world.settled();
    expect(world.verified).toBe(0);
    await world.pass(30 * SECOND);
    expect(world.verified).toBe(1);
    await world.pass(59 * SECOND);
    expect(world.verified).toBe(1);
    outbox.wake();
    await world.settled();
    expect(world.verified).toBe(2);
    expect(world.sent).toHaveLength(2);
    expect(world.logged.filter((event) => event === 'mail.paused')).toHaveLength(1);

    world.looks = accepted;
    const probe = deferred();
    world.answers.push(probe.promise);
    await world.pass(10 * MINUTE);
    expect(world.sent).toHaveLength(3);
    probe.resolve(accepted);
    await outbox.drain();
    expect(new Set(world.statuses())).toEqual(new Set(['accepted']));
    expect(world.sent).toHaveLength(10);
    expect(outbox.state().paused).toBeNull();
    expect(world.logged.filter((event) => event === 'mail.resumed')).toHaveLength(1);
  });

  it('that look right but are not pause again, longer, without another line of log', async () => {
    const id = world.order(1);
    world.answers.push(badLogin, badLogin);
    const outbox = world.start();
    await world.pass(31 * SECOND);
    expect(world.sent).toHaveLength(2);
    expect(outbox.state().paused).not.toBeNull();
    await world.pass(50 * SECOND);
    expect(world.sent).toHaveLength(2);
    await world.pass(10 * SECOND);
    expect(world.row(id).status).toBe('accepted');
    expect(world.logged.filter((event) => event === 'mail.paused')).toHaveLength(1);
  });
});

describe('stopping', () => {
  it('waits for mails under way and gives the rest back at once', async () => {
    for (let id = 1; id <= 5; id += 1) world.order(id);
    const held = deferred();
    world.answers.push(held.promise);
    const outbox = world.start({ concurrency: 1 });
    await world.settled();
    const stopped = outbox.stop();
    held.resolve(accepted);
    await stopped;
    expect(world.statuses()).toEqual(['accepted', 'queued', 'queued', 'queued', 'queued']);
    await world.pass(HOUR);
    expect(world.sent).toHaveLength(1);
    await world.start().drain();
    expect(new Set(world.statuses())).toEqual(new Set(['accepted']));
  });

  it('leaves a mail that outlasts the grace as unknown, not as unsent', async () => {
    const id = world.order(1);
    const held = deferred();
    world.answers.push(held.promise);
    const outbox = world.start({ graceMs: 15 * SECOND });
    await world.settled();
    const stopped = outbox.stop();
    await world.pass(15 * SECOND);
    await stopped;
    expect(world.row(id)).toMatchObject({ status: 'unknown', lastCode: 'maybe_sent_stopped' });
    held.resolve(accepted);
    await world.settled();
    expect(world.row(id).status).toBe('unknown');
  });
});

describe('a database that stumbles', () => {
  it('does not lose the word that a mail was accepted', async () => {
    const id = world.order(1);
    world.failing.set('settleMessages', [
      new StoreError('store.fault', 'settling', 'x'),
      new StoreError('store.unavailable', 'settling', 'x'),
    ]);
    world.start();
    await world.settled();
    expect(world.row(id).status).toBe('sending');
    await world.pass(4 * SECOND);
    expect(world.row(id).status).toBe('accepted');
    expect(sentIds()).toEqual([id]);
  });

  it('makes the worker look again later, and gives leased mails back unsent', async () => {
    const id = world.order(1);
    world.failing.set('findKeysOfOrders', [new StoreError('store.unavailable', 'reading', 'x')]);
    const outbox = world.start();
    await world.settled();
    expect(world.row(id)).toMatchObject({ status: 'queued', leaseToken: null });
    await world.pass(2 * SECOND);
    expect(world.row(id).status).toBe('accepted');
    world.failing.set('lockDueMessages', [new StoreError('store.unavailable', 'leasing', 'x')]);
    await expect(outbox.drain()).rejects.toThrow('store.unavailable');
    const next = world.order(2);
    await world.pass(2 * SECOND);
    expect(world.row(next).status).toBe('accepted');
  });
});
