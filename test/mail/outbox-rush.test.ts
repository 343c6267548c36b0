import { beforeEach, describe, expect, it } from 'vitest';
import { createPace, roomFor } from '../../server/mail/pace.ts';
import { accepted, badLogin, busy, cut, openOutboxWorld, refused } from './outbox-world.ts';
import type { SendOutcome } from '../../server/mail/classify.ts';
import type { MailEventRow } from '../../server/store/rows.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const closing: SendOutcome = { kind: 'transient', code: 'smtp_421', why: 'closing (421)', slowDown: true };

let world = openOutboxWorld();
beforeEach(() => {
  world = openOutboxWorld();
});
const sentIds = () => world.sent.map(({ messageId }) => messageId);
const count = (status: string) => world.statuses().filter((one) => one === status).length;

function deferred() {
  let resolve: (outcome: SendOutcome) => void = () => {};
  const promise = new Promise<SendOutcome>((done) => (resolve = done));
  return { promise, resolve };
}

function adminMail(id: string): void {
  const alert = { kind: 'attention', orderId: 'amelia:7', sku: null, createdAt: new Date() } as const;
  const open = { settledAt: null, settledBy: null };
  world.told.push({ ...alert, ...open, id: world.told.length, messageId: id, detail: 'look here' });
  world.queue({ id, kind: 'admin_attention', orderId: null, recipient: 'admin@shop.example' });
}

describe('a rush', () => {
  it('is leased ahead once the server has shown how fast it is, and urgent mail overtakes what is ready', async () => {
    for (let id = 1; id <= 100; id += 1) world.order(id);
    const held = Array.from({ length: 96 }, deferred);
    world.answers.push(accepted, accepted, accepted, accepted, ...held.map(({ promise }) => promise));
    const outbox = world.start({ concurrency: 2 });
    await world.settled();
    expect(sentIds()).toHaveLength(6);
    // Two are under way; the others of the batch are leased and written, and count as under way for a cancellation.
    expect(count('sending')).toBeGreaterThan(40);
    adminMail('z-urgent');
    await world.pass(SECOND / 2);
    outbox.wake();
    await world.settled();
    held[0]?.resolve(accepted);
    await world.settled();
    expect(sentIds()[6]).toBe('z-urgent');
    for (const { resolve } of held) resolve(accepted);
    await outbox.drain();
    expect(new Set(sentIds())).toEqual(new Set([...world.messages.keys()]));
    expect(sentIds()).toHaveLength(101);
    expect(count('accepted')).toBe(101);
  });

  it('that is stopped gives back what did not begin: at once, and not counted as tried', async () => {
    for (let id = 1; id <= 30; id += 1) world.order(id);
    const last = deferred();
    world.answers.push(accepted, last.promise);
    const outbox = world.start({ concurrency: 1 });
    await world.settled();
    const stopped = outbox.stop();
    last.resolve(accepted);
    await stopped;
    expect(sentIds()).toHaveLength(2);
    expect(count('accepted')).toBe(2);
    const rest = [...world.messages.values()].filter(({ status }) => status !== 'accepted');
    expect(rest).toHaveLength(28);
    for (const row of rest) expect(row).toMatchObject({ status: 'queued', attempts: 0, leaseToken: null });
  });

  it('behind a server that got stuck is written again: an order may have been cancelled meanwhile', async () => {
    for (let id = 1; id <= 5; id += 1) world.order(id);
    const stuck = deferred();
    world.answers.push(accepted, stuck.promise);
    const outbox = world.start({ concurrency: 1 });
    await world.settled();
    expect(count('sending')).toBe(4);
    const third = world.orders[2];
    if (third) third.status = 'cancelled';
    await world.pass(3 * SECOND);
    stuck.resolve(accepted);
    await outbox.drain();
    expect(world.row('m003')).toMatchObject({ status: 'withdrawn' });
    expect(sentIds()).toEqual(['m001', 'm002', 'm004', 'm005']);
  });

  it('that began while the database was slow leaves all the same', async () => {
    for (let id = 1; id <= 3; id += 1) world.order(id);
    const { findOrdersById } = world.store;
    world.store.findOrdersById = async (q) => {
      await world.later(11 * SECOND);
      return findOrdersById(q);
    };
    world.start({ concurrency: 2 });
    await world.pass(MINUTE);
    expect(count('accepted')).toBe(3);
    expect(sentIds()).toHaveLength(3);
  });

  it('that is stopped while its ends are being written does not forget them', async () => {
    for (let id = 1; id <= 3; id += 1) world.order(id);
    const held = [deferred(), deferred(), deferred()];
    world.answers.push(...held.map(({ promise }) => promise));
    const outbox = world.start({ concurrency: 3 });
    await world.settled();
    const database = deferred();
    const { lockMessages } = world.store;
    world.store.lockMessages = async (q) => {
      await database.promise;
      return lockMessages(q);
    };
    for (const { resolve } of held.slice(0, 2)) {
      resolve(accepted);
      await world.settled();
    }
    const stopped = outbox.stop();
    await world.pass(16 * SECOND);
    database.resolve(accepted);
    await world.settled();
    await stopped;
    expect(world.statuses()).toEqual(['accepted', 'accepted', 'unknown']);
    expect(world.audit.map(({ action }) => action).sort()).toEqual([
      'mail.accepted',
      'mail.accepted',
      'mail.unknown',
    ]);
  });

  it('keeps within its bounds', () => {
    const rooms = { concurrency: 5, ahead: 20, ready: [], isProbing: false, isUrgentLookDue: true };
    expect(roomFor({ ...rooms, sending: 0 })).toEqual({ room: 25, urgentRoom: 25 });
    expect(roomFor({ ...rooms, sending: 5, ahead: 0 })).toEqual({ room: 0, urgentRoom: 5 });
    expect(roomFor({ ...rooms, sending: 5, ahead: 0, isUrgentLookDue: false })).toEqual({
      room: 0,
      urgentRoom: 0,
    });
    const urgent = Array.from({ length: 5 }, () => ({ priority: 0 as const }));
    expect(roomFor({ ...rooms, sending: 5, ahead: 0, ready: urgent })).toEqual({ room: 0, urgentRoom: 0 });
    expect(roomFor({ ...rooms, sending: 0, isProbing: true })).toEqual({ room: 1, urgentRoom: 1 });
    expect(roomFor({ ...rooms, sending: 1, isProbing: true })).toEqual({ room: 0, urgentRoom: 0 });
  });

  it('looks ahead a tenth of a second, and not at all before the first mail has left', () => {
    const pace = createPace(5);
    expect(pace.ahead()).toBe(0);
    pace.note(50);
    expect([pace.ahead(), pace.lowWater()]).toEqual([10, 5]);
    for (let time = 0; time < 100; time += 1) pace.note(2000);
    expect([pace.ahead(), pace.lowWater()]).toEqual([0, 4]);
    for (let time = 0; time < 200; time += 1) pace.note(0);
    expect(pace.ahead()).toBe(120);
  });
});

describe('a server that asks for less mail', () => {
  it('is left alone for a while, longer each time, and then sees one mail first', async () => {
    for (let id = 1; id <= 6; id += 1) world.order(id);
    world.answers.push(closing);
    const outbox = world.start({ concurrency: 1 });
    await outbox.drain();
    expect(sentIds()).toHaveLength(1);
    expect(outbox.state().paused).toMatchObject({ cause: 'busy', code: 'smtp_421' });
    expect(count('retrying')).toBe(1);
    outbox.wake();
    await world.pass(4 * SECOND);
    expect(sentIds()).toHaveLength(1);
    world.answers.push(closing);
    await world.pass(SECOND);
    expect(sentIds()).toHaveLength(2);
    await world.pass(14 * SECOND);
    expect(sentIds()).toHaveLength(2);
    await world.pass(5 * MINUTE);
    expect(count('accepted')).toBe(6);
    expect(outbox.state().paused).toBeNull();
    expect(world.verified).toBe(0);
    expect(world.logged.filter((event) => event === 'mail.throttled')).toHaveLength(2);
    expect(world.alerts).toEqual([]);
  });

  it('and then refuses the login is told as what it is', async () => {
    for (let id = 1; id <= 3; id += 1) world.order(id);
    world.answers.push(closing, badLogin);
    world.looks = badLogin;
    const outbox = world.start({ concurrency: 1 });
    await outbox.drain();
    await world.pass(10 * SECOND);
    expect(outbox.state().paused).toMatchObject({ cause: 'configuration' });
    expect(world.logged.filter((event) => event === 'mail.paused')).toHaveLength(1);
  });

  it('is not what one full mailbox means', async () => {
    for (let id = 1; id <= 3; id += 1) world.order(id);
    world.answers.push(busy);
    const outbox = world.start({ concurrency: 1 });
    await outbox.drain();
    expect(outbox.state().paused).toBeNull();
    expect(sentIds()).toHaveLength(3);
  });
});

describe('what the provider told while a mail was under way', () => {
  const event = (id: string, kind: MailEventRow['kind']): MailEventRow => ({
    provider: 'postmark',
    eventId: `${kind}-${id}`,
    messageId: id,
    kind,
    isHard: kind === 'bounced',
    at: new Date('2026-11-22T20:00:01Z'),
    detail: '550 5.1.1, HardBounce',
  });

  it('counts more than a lost answer: no second try', async () => {
    const id = world.order(1);
    const answer = deferred();
    world.answers.push(answer.promise);
    const outbox = world.start();
    await world.settled();
    world.events.push(event(id, 'delivered'));
    answer.resolve(cut);
    await outbox.drain();
    await world.pass(60 * MINUTE);
    expect(world.row(id)).toMatchObject({ status: 'delivered', dueAt: null, lastError: null });
    expect(world.row(id).acceptedAt).toEqual(new Date('2026-11-22T20:00:01Z'));
    expect(sentIds()).toEqual([id]);
    expect(world.alerts).toEqual([]);
    // The try was cut, and that is on record.
    expect(world.audit.map(({ action }) => action)).toEqual(['mail.unknown']);
  });

  it('turns an accepted mail into a bounced one', async () => {
    const id = world.order(1);
    world.events.push(event(id, 'bounced'), event(id, 'delivered'));
    await world.start().drain();
    expect(world.row(id)).toMatchObject({ status: 'bounced', lastError: '550 5.1.1, HardBounce' });
    // It was told when the event came.
    expect(world.alerts).toEqual([]);
  });
});

describe('a mail that failed to a former address', () => {
  it('is on record and alarms nobody: the order has another by now', async () => {
    const id = world.order(1);
    const answer = deferred();
    world.answers.push(answer.promise);
    const outbox = world.start();
    await world.settled();
    const [order] = world.orders;
    if (order) order.email = 'right@buyer.example';
    answer.resolve(refused);
    await outbox.drain();
    expect(world.row(id).status).toBe('failed');
    expect(world.audit.map(({ action }) => action)).toEqual(['mail.failed']);
    expect(world.alerts).toEqual([]);
  });
});

describe('an address that mail must not go to', () => {
  it('gets none, and a person is told', async () => {
    const id = world.order(1);
    world.suppressions.push({
      address: 'ann@buyer.example',
      reason: 'bounced',
      provider: 'postmark',
      messageId: 'an earlier one',
      since: new Date('2026-11-20T09:00:00Z'),
      detail: '550 5.1.1, HardBounce',
    });
    await world.start().drain();
    expect(sentIds()).toEqual([]);
    expect(world.row(id)).toMatchObject({ status: 'failed', lastCode: 'suppressed' });
    expect(world.alerts).toMatchObject([{ kind: 'mail_failed', orderId: 'amelia:1' }]);
  });
});
