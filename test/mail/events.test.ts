import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { silentLog } from '../../server/log.ts';
import { resendOrder } from '../../server/orders/resend.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { startOutbox } from '../../server/mail/outbox.ts';
import { systemTimers } from '../../server/timers.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking } from '../support/world.ts';
import { openEventsWorld, postmark, type EventsWorld } from './events-world.ts';

const MINUTE = 60_000;
const SOFT = { Type: 'SoftBounce', Details: 'smtp;452 4.2.2 mailbox full' };
const DELIVERY = { RecordType: 'Delivery' };
const COMPLAINT = { RecordType: 'SpamComplaint', Type: 'SpamComplaint' };

describe.each(engines())('events of a mail service on %s', (engine) => {
  let world: EventsWorld;
  beforeAll(async () => {
    world = await openEventsWorld(engine);
  });
  afterAll(async () => {
    expect(await world.broken()).toEqual([]);
    await world.close();
  });
  const alertsOf = async (orderId: string) =>
    (await world.alerts()).filter((alert) => alert.orderId === orderId);
  const suppressed = (address: string) => world.store.findSuppressions({ addresses: [address] });

  it('a delivery: the mail is delivered, and its order says so', async () => {
    const id = await world.mailed('1');
    expect(await world.tell(postmark(id, DELIVERY))).toEqual({ code: 200, events: 1, fresh: 1 });
    expect(await world.message(id)).toMatchObject({
      status: 'delivered',
      lastCode: 'delivered',
      lastError: null,
      dueAt: null,
      acceptedAt: new Date('2026-11-23T07:00:01Z'),
    });
    expect(await world.timeline('1')).toContain('mail.delivered by mail:postmark');
    expect(await alertsOf('amelia:1')).toEqual([]);
  });

  it('a hard bounce: status, suppressed address, alert with the order, timeline; and again, nothing', async () => {
    const id = await world.mailed('2');
    const event = postmark(id);
    const before = world.alertsTold();
    expect(await world.tell(event)).toMatchObject({ fresh: 1 });
    expect(await world.message(id)).toMatchObject({
      status: 'bounced',
      lastCode: 'bounced',
      lastError: '550 5.1.1, HardBounce',
      dueAt: null,
    });
    expect(await suppressed('buyer-2@example.test')).toEqual([
      {
        address: 'buyer-2@example.test',
        reason: 'bounced',
        provider: 'postmark',
        messageId: id,
        since: new Date('2026-11-23T07:05:00Z'),
        detail: '550 5.1.1, HardBounce',
      },
    ]);
    const alerts = [
      {
        kind: 'mail_bounced',
        orderId: 'amelia:2',
        detail:
          'The mail bounced for good (550 5.1.1, HardBounce); no more mail goes to this address until somebody corrects or allows it.',
      },
    ];
    expect(await alertsOf('amelia:2')).toEqual(alerts);
    expect(world.alertsTold()).toBe(before + 1);
    const timeline = await world.timeline('2');
    expect(timeline.at(-1)).toBe('mail.bounced by mail:postmark');

    for (let again = 0; again < 3; again += 1)
      expect(await world.tell(event)).toEqual({ code: 200, events: 1, fresh: 0 });
    expect(await alertsOf('amelia:2')).toEqual(alerts);
    expect(await world.timeline('2')).toEqual(timeline);
    expect(world.alertsTold()).toBe(before + 1);
  });

  it('an address that was allowed again stays so when the old event is told again; a new bounce stops it', async () => {
    const id = await world.mailed('3');
    const event = postmark(id);
    await world.tell(event);
    await world.store.deleteSuppressions({ addresses: ['buyer-3@example.test'] });
    await world.tell(event);
    expect(await suppressed('buyer-3@example.test')).toEqual([]);
    await world.tell(postmark(id));
    expect(await suppressed('buyer-3@example.test')).toHaveLength(1);
  });

  it('a late bounce of an address that was corrected: kept, suppressed, on the timeline, and nobody is told', async () => {
    for (const [externalId, differs] of [
      ['31', {}],
      ['32', SOFT],
      ['33', COMPLAINT],
    ] as const) {
      const id = await world.mailed(externalId);
      const { deps } = openDesk(world);
      const resent = await resendOrder(deps, {
        orderId: `amelia:${externalId}`,
        reason: 'mistyped',
        email: `right-${externalId}@example.test`,
        actor: 'cli',
      });
      expect(resent.ok).toBe(true);
      const before = world.alertsTold();
      await world.tell(postmark(id, differs));
      const { status } = await world.message(id);
      expect(status).toBe(differs === COMPLAINT ? 'complained' : 'bounced');
      expect(await suppressed(`buyer-${externalId}@example.test`)).toHaveLength(differs === SOFT ? 0 : 1);
      expect(await suppressed(`right-${externalId}@example.test`)).toEqual([]);
      expect((await world.timeline(externalId)).at(-1)).toBe(`mail.${status} by mail:postmark`);
      expect(await alertsOf(`amelia:${externalId}`)).toEqual([]);
      expect(world.alertsTold()).toBe(before);
      expect(world.logged).toContainEqual({
        event: 'mail.former_address',
        fields: { messageId: id, kind: status },
      });
    }
  });

  it('a complaint and a bounce of one address, at once and of different orders: the complaint stays', async () => {
    const other = await world.second();
    for (let round = 0; round < 10; round += 1) {
      const email = { value: `shared-${round}@example.test`, where: 'x' };
      const ids = await Promise.all(
        [`34${round}`, `35${round}`].map((id) => world.mailed(id, {}, { email })),
      );
      await Promise.all([
        world.tell(postmark(ids[0] ?? '', COMPLAINT)),
        world.tell(postmark(ids[1] ?? ''), other.store),
      ]);
      expect(await suppressed(email.value)).toMatchObject([{ reason: 'complained' }]);
    }
  });

  it('a soft bounce: this mail did not arrive, the address is not to blame', async () => {
    const id = await world.mailed('4');
    await world.tell(postmark(id, SOFT));
    expect(await world.message(id)).toMatchObject({
      status: 'bounced',
      lastError: '452 4.2.2, SoftBounce',
    });
    expect(await suppressed('buyer-4@example.test')).toEqual([]);
    expect(await alertsOf('amelia:4')).toMatchObject([{ kind: 'mail_bounced' }]);
  });

  it('a complaint stops all mail to the address', async () => {
    const id = await world.mailed('5');
    await world.tell(postmark(id, COMPLAINT));
    expect((await world.message(id)).status).toBe('complained');
    expect(await suppressed('buyer-5@example.test')).toMatchObject([{ reason: 'complained' }]);
    expect(await alertsOf('amelia:5')).toMatchObject([{ kind: 'mail_complained' }]);
    expect(await world.timeline('5')).toContain('mail.complained by mail:postmark');
  });

  it.each([
    ['unknown', 10 * MINUTE],
    ['retrying', 0],
    ['failed', null],
    ['withdrawn', null],
  ] as const)('a delivery ends %s: no second try goes out', async (status, retryInMs) => {
    const externalId = `6-${status}`;
    const id = await world.mailed(externalId, { status, retryInMs, acceptedAt: null, lastError: 'a cut' });
    await world.tell(postmark(id, DELIVERY));
    expect(await world.message(id)).toMatchObject({
      status: 'delivered',
      dueAt: null,
      leaseToken: null,
      lastError: null,
    });
    expect((await world.message(id)).acceptedAt).not.toBeNull();
    const due = await world.store.transaction((tx) => tx.lockDueMessages({ priority: 0, limit: 1000 }));
    expect(due.map((message) => message.id)).not.toContain(id);
  });

  it('while a mail is being sent, its row and its lease are left alone; the rest is done at once', async () => {
    const id = await world.mailed('7', { status: 'retrying', retryInMs: 0 });
    const token = randomUUID();
    await world.store.leaseMessages({ ids: [id], token, leaseMs: MINUTE });
    await world.tell(postmark(id));
    expect(await world.message(id)).toMatchObject({ status: 'sending', leaseToken: token });
    expect(await world.store.findMailEvents({ messageIds: [id] })).toHaveLength(1);
    expect(await suppressed('buyer-7@example.test')).toHaveLength(1);
    expect(await alertsOf('amelia:7')).toHaveLength(1);
  });

  it('told before the sending ends: it counts when the try is settled, and the next mail there is not sent', async () => {
    await world.send(booking({ externalId: '70' }));
    const [mail] = await world.mailsOf('70');
    const sent: string[] = [];
    const outbox = startOutbox({
      store: world.store,
      transport: {
        name: 'a mail service',
        connections: 5,
        async send({ messageId }) {
          sent.push(messageId);
          if (messageId === mail?.id) await world.tell(postmark(messageId));
          return { kind: 'accepted' };
        },
        verify: () => Promise.resolve({ kind: 'accepted' }),
        close() {},
      },
      clock: { now: () => new Date() },
      timers: systemTimers,
      random: Math.random,
      newId: newUuid,
      log: silentLog,
      brand: loadBrand(),
      publicUrl: 'https://keys.example',
      lowStock: 10,
      onFailed() {},
    });
    await outbox.drain();
    expect(await world.message(mail?.id ?? '')).toMatchObject({ status: 'bounced', dueAt: null });
    const next = { id: newUuid(), kind: 'key' as const, orderId: mail?.orderId ?? 0, createdAt: new Date() };
    await world.store.insertMessages({
      messages: [{ ...next, recipient: 'buyer-70@example.test', priority: 0 }],
    });
    await outbox.drain();
    await outbox.stop();
    expect(await world.message(next.id)).toMatchObject({ status: 'failed', lastCode: 'suppressed' });
    expect(sent).toContain(mail?.id);
    expect(sent).not.toContain(next.id);
    expect((await alertsOf('amelia:70')).map(({ kind }) => kind)).toEqual(['mail_bounced', 'mail_failed']);
  });

  it('whatever the order in which they come, the same is true at the end', async () => {
    const orders = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
      [1, 3, 0, 2],
    ];
    const ends = await Promise.all(
      orders.map(async (order, at) => {
        const externalId = `8${at}`;
        const id = await world.mailed(externalId);
        const events = [DELIVERY, SOFT, {}, COMPLAINT].map((differs, minute) =>
          postmark(id, { ...differs, BouncedAt: `2026-11-23T07:1${minute}:00Z` }),
        );
        for (const nth of order) await world.tell(events[nth]);
        await world.tell(events.toReversed());
        const { status, lastCode, lastError, acceptedAt } = await world.message(id);
        const [row] = await suppressed(`buyer-${externalId}@example.test`);
        return { status, lastCode, lastError, acceptedAt, reason: row?.reason, since: row?.since };
      }),
    );
    expect(ends[0]).toMatchObject({
      status: 'complained',
      reason: 'complained',
      since: new Date('2026-11-23T07:13:00Z'),
    });
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  it('an event of a mail to the admin moves its status and is an error in the log, never an alert', async () => {
    const id = await world.adminMail();
    await world.tell(postmark(id));
    expect((await world.message(id)).status).toBe('bounced');
    expect(await suppressed('admin@example.test')).toEqual([]);
    expect((await world.alerts()).filter(({ orderId }) => orderId === null)).toEqual([]);
    expect(world.logged).toContainEqual({
      event: 'mail.failed',
      fields: { messageId: id, kind: 'admin_urgent', code: 'bounced', why: '550 5.1.1, HardBounce' },
    });
  });

  it('mails that are not ours are passed over', async () => {
    expect(await world.tell(postmark(randomUUID()))).toEqual({ code: 200, events: 1, fresh: 0 });
    expect(await world.tell(postmark('', { Metadata: {} }))).toEqual({ code: 200, events: 0, fresh: 0 });
    expect(await world.tell([])).toEqual({ code: 200, events: 0, fresh: 0 });
  });

  it('many mails of one post, some more than once, are all written down', async () => {
    const ids: string[] = [];
    for (let nth = 0; nth < 150; nth += 1) ids.push(await world.adminMail('admin_digest'));
    const events = ids.map((id) => postmark(id, DELIVERY));
    const answer = await world.tell([...events, ...events, postmark(randomUUID())]);
    expect(answer).toEqual({ code: 200, events: 301, fresh: 150 });
    const statuses = await Promise.all(ids.map(async (id) => (await world.message(id)).status));
    expect(new Set(statuses)).toEqual(new Set(['delivered']));
  });

  it('two replicas that are told the same at the same moment do it once', async () => {
    const other = await world.second();
    for (let round = 0; round < 5; round += 1) {
      const externalId = `9${round}`;
      const [id, adminId] = [await world.mailed(externalId), await world.adminMail()];
      const body = [postmark(id), postmark(adminId), postmark(id, DELIVERY)];
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, nth) => world.tell(body, nth % 2 ? other.store : world.store)),
      );
      expect(answers.reduce((sum, answer) => sum + (answer.code === 200 ? answer.fresh : 0), 0)).toBe(3);
      expect(await alertsOf(`amelia:${externalId}`)).toHaveLength(1);
      const lines = (await world.timeline(externalId)).filter((line) => line.endsWith('mail:postmark'));
      expect(lines).toEqual(['mail.bounced by mail:postmark']);
      const failures = world.logged.filter(
        ({ event, fields }) => event === 'mail.failed' && fields.messageId === adminId,
      );
      expect(failures).toHaveLength(1);
    }
  });

  it('different events of the same mails, crosswise and at once, neither deadlock nor get lost', async () => {
    const other = await world.second();
    const ids: string[] = [];
    for (let nth = 0; nth < 10; nth += 1) ids.push(await world.mailed(`10${nth}`), await world.adminMail());
    const posts = [DELIVERY, SOFT, {}, COMPLAINT].flatMap((differs) => {
      const events = ids.map((id) => postmark(id, differs));
      return [events, events.toReversed()];
    });
    const answers = await Promise.all(
      posts.map((body, nth) => world.tell(body, nth % 2 ? other.store : world.store)),
    );
    expect(answers.map(({ code }) => code)).toEqual(posts.map(() => 200));
    for (const id of ids) expect((await world.message(id)).status).toBe('complained');
    expect(await world.store.findMailEvents({ messageIds: ids })).toHaveLength(4 * ids.length);
  });

  it('no log line holds an address', () => {
    expect(world.logged.length).toBeGreaterThan(20);
    expect(JSON.stringify(world.logged)).not.toContain('@');
  });
});
