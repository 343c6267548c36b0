import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/engines.ts';
import { booking } from '../support/world.ts';
import { systemClock } from '../../server/clock.ts';
import { newUuid } from '../../server/ids.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { addressOf, AT_ONCE, only, openSmtpWorld, type SmtpWorld } from './smtp-world.ts';
import type { MailFault } from '../support/smtp-sink.ts';

/** How long to wait for an answer that does not come. */
const SILENCE_MS = 1500;

describe.each(engines())('mails to a server that misbehaves, on %s', (engine) => {
  let world: SmtpWorld;
  beforeAll(async () => {
    world = await openSmtpWorld(engine);
  });
  afterAll(() => world.close());
  afterEach(() => {
    delete world.faults.rule;
    delete world.faults.login;
  });

  const sellTwo = async (): Promise<[string, string]> => {
    const [hit = '', spared = ''] = await world.sell(2);
    return [hit, spared];
  };
  const expectEachArrivedOnce = async (orders: string[]) => {
    for (const { row, alerts, mail, arrived } of await world.toldOf(orders)) {
      expect(row).toMatchObject({ status: 'accepted', dueAt: null, leaseToken: null });
      expect(arrived).toEqual([mail]);
      expect(alerts).toEqual([]);
    }
  };

  it.each<[string, MailFault, { status: string; lastCode: string }, number]>([
    ['451 for the recipient', { recipient: 451 }, { status: 'retrying', lastCode: 'smtp_451' }, 1],
    ['451 after DATA', { message: 451 }, { status: 'retrying', lastCode: 'smtp_451' }, 1],
    ['a cut before DATA', { cutAt: 'recipient' }, { status: 'retrying', lastCode: 'econnection' }, 1],
    ['a cut after DATA', { cutAt: 'message' }, { status: 'unknown', lastCode: 'maybe_sent_econnection' }, 2],
    ['silence after DATA', { hangAt: 'message' }, { status: 'unknown', lastCode: 'maybe_sent_etimedout' }, 1],
  ])('%s: tried again, and arrived in the end', async (_what, fault, expected, arrivals) => {
    const [hit, spared] = await sellTwo();
    world.faults.rule = only({ [hit]: [fault] });
    const worker = world.work(fault.hangAt ? { silenceMs: SILENCE_MS } : {});
    await worker.outbox.drain();
    const { row, alerts } = await world.told(hit);
    expect(row).toMatchObject({ ...expected, attempts: 1, leaseToken: null });
    expect(row.dueAt).not.toBeNull();
    expect(alerts).toEqual([]);
    expect(worker.outbox.state().paused).toBeNull();

    await world.makeDue([hit]);
    await worker.outbox.drain();
    const end = await world.told(hit);
    expect(end.row).toMatchObject({ status: 'accepted', attempts: 2, dueAt: null });
    expect(end.alerts).toEqual([]);
    expect(end.arrived).toEqual(Array(arrivals).fill(end.mail));
    await expectEachArrivedOnce([spared]);
    await worker.stop();
  });

  it.each<[string, MailFault, string]>([
    ['550 for the recipient', { recipient: 550 }, 'smtp_550'],
    ['554 after DATA', { message: 554 }, 'smtp_554'],
  ])('%s: failed for good, and a person is told', async (_what, fault, lastCode) => {
    const [hit, spared] = await sellTwo();
    world.faults.rule = only({ [hit]: [fault] });
    const worker = world.work();
    await worker.outbox.drain();
    await world.makeDue([hit]);
    await worker.passTime();
    await worker.outbox.drain();
    const { row, alerts, arrived } = await world.told(hit);
    expect(row).toMatchObject({ status: 'failed', lastCode, attempts: 1, dueAt: null });
    expect([alerts, arrived]).toEqual([['mail_failed'], []]);
    expect(worker.logged).toContain('mail.failed');
    await expectEachArrivedOnce([spared]);
    await worker.stop();
  });

  it('421 after DATA: the queue rests, goes on by itself, and all arrive', async () => {
    const orders = await world.sell(25);
    world.faults.rule = ({ time }) => (time === 1 ? { message: 421 } : {});
    const worker = world.work();
    await worker.outbox.drain();
    expect(worker.outbox.state().paused).toMatchObject({ cause: 'busy', code: 'smtp_421' });
    expect(worker.logged).toContain('mail.throttled');
    const resting = await world.toldOf(orders);
    const tried = resting.filter(({ row }) => row.status !== 'queued');
    // Those under way when the first answer came, and no other.
    expect(tried.length).toBeLessThanOrEqual(AT_ONCE);
    for (const { row } of tried) expect(row).toMatchObject({ status: 'retrying', lastCode: 'smtp_421' });
    for (const { row, alerts } of resting) expect([row.dueAt === null, alerts]).toEqual([false, []]);

    delete world.faults.rule;
    await worker.passTime();
    await worker.outbox.drain();
    expect(worker.outbox.state().paused).toBeNull();
    expect(worker.logged).toContain('mail.resumed');
    await world.makeDue(orders);
    await worker.outbox.drain();
    await expectEachArrivedOnce(orders);
    await worker.stop();
  });

  it('535: no mail is blamed, the queue stands still, and goes on by itself when the login works', async () => {
    world.faults.login = 535;
    const orders = await world.sell(12);
    const worker = world.work();
    await worker.outbox.drain();
    expect(worker.outbox.state().paused).toMatchObject({ cause: 'configuration', code: 'smtp_535' });
    for (const { row, alerts } of await world.toldOf(orders)) {
      expect(row).toMatchObject({ status: 'queued', leaseToken: null });
      expect([row.dueAt === null, alerts]).toEqual([false, []]);
    }

    await worker.passTime();
    await worker.outbox.drain();
    expect(worker.outbox.state().paused).toMatchObject({ cause: 'configuration' });
    expect(worker.logged.filter((event) => event === 'mail.paused')).toHaveLength(1);

    delete world.faults.login;
    await worker.passTime();
    await worker.outbox.drain();
    expect(worker.outbox.state().paused).toBeNull();
    expect(worker.logged.filter((event) => event === 'mail.resumed')).toHaveLength(1);
    await expectEachArrivedOnce(orders);
    await worker.stop();
  });

  it('a server that is away: nothing is lost, and what waited arrives once it is back', async () => {
    const worker = world.work();
    const [before = ''] = await world.sell(1);
    await worker.outbox.drain();
    await world.sink.close();
    const orders = await world.sell(12);
    await worker.outbox.drain();
    for (const { row, alerts } of await world.toldOf(orders)) {
      expect(row).toMatchObject({
        status: 'retrying',
        lastCode: expect.stringMatching(/^e(socket|connection)$/),
      });
      expect([row.dueAt === null, alerts]).toEqual([false, []]);
    }
    await world.sink.reopen();
    await world.makeDue(orders);
    await worker.outbox.drain();
    await expectEachArrivedOnce([before, ...orders]);
    await worker.stop();
  });

  it('a server that was restarted between two mails gets the second over a new connection', async () => {
    const worker = world.work();
    const [first = ''] = await world.sell(1);
    await worker.outbox.drain();
    await world.sink.close();
    await world.sink.reopen();
    const [second = ''] = await world.sell(1);
    await worker.outbox.drain();
    await world.makeDue([second]);
    await worker.outbox.drain();
    await expectEachArrivedOnce([first, second]);
    await worker.stop();
  });

  it('two cuts after DATA: two mails, the same Message-ID and key, no third, and a person is told', async () => {
    const [hit, spared] = await sellTwo();
    world.faults.rule = only({ [hit]: [{ cutAt: 'message' }, { cutAt: 'message' }] });
    const worker = world.work();
    for (let look = 0; look < 4; look += 1) {
      await worker.outbox.drain();
      await world.makeDue([hit, spared]);
      await worker.passTime();
    }
    const { row, alerts, mail, arrived } = await world.told(hit);
    expect(row).toMatchObject({ status: 'unknown', attempts: 2, dueAt: null });
    expect(alerts).toEqual(['mail_failed']);
    expect(arrived).toEqual([mail, mail]);
    await expectEachArrivedOnce([spared]);
    await worker.stop();
  });

  it('a worker that was given up for dead while sending: one second mail, and its late answer counts for nothing', async () => {
    let release = () => {};
    const hold = new Promise<void>((resolve) => (release = resolve));
    const begun = new Promise<void>((resolve) => {
      world.faults.rule = ({ time }) => {
        resolve();
        return time === 1 ? { hold } : {};
      };
    });
    const [order = ''] = await world.sell(1);
    const slow = world.work();
    await begun;
    const other = world.work();
    const { row } = await world.told(order);
    expect(row.status).toBe('sending');
    await world.store.postponeMessages({ ids: [row.id], byMs: -1000 });
    await other.outbox.drain();
    const doubted = { status: 'unknown', lastCode: 'maybe_sent_stopped', leaseToken: null };
    expect(await world.told(order)).toMatchObject({ row: doubted, arrived: [] });
    release();
    await slow.outbox.drain();
    expect(slow.logged).toContain('mail.fault');
    expect(await world.told(order)).toMatchObject({ row: doubted, arrived: [expect.any(String)] });

    await world.makeDue([order]);
    await other.outbox.drain();
    const { row: end, alerts, mail, arrived } = await world.told(order);
    expect([end.status, alerts, arrived]).toEqual(['accepted', [], [mail, mail]]);
    await Promise.all([slow.stop(), other.stop()]);
  });

  it('a buyer’s answer goes to support, the admin’s to the sender, and no machine is asked to answer', async () => {
    const brand = { ...loadBrand(), supportEmail: 'help@shop.example' };
    const [order = ''] = await world.sell(1);
    const digest = newUuid();
    await world.store.insertMessages({
      messages: [
        {
          ...{ id: digest, kind: 'admin_digest', orderId: null, recipient: 'admin@shop.example' },
          ...{ priority: 1, createdAt: systemClock.now() },
        },
      ],
    });
    const worker = world.work({ brand });
    const [buyers, admins] = await Promise.all([
      world.sink.waitFor(({ envelopeTo }) => envelopeTo.includes(addressOf(order))),
      world.sink.waitFor(({ messageId }) => messageId === `<${digest}@shop.example>`),
    ]);
    await worker.outbox.drain();
    for (const [mail, to] of [
      [buyers, addressOf(order)],
      [admins, 'admin@shop.example'],
    ] as const) {
      expect(mail.from?.value).toEqual([{ name: 'Key Bank', address: 'keys@shop.example' }]);
      expect([mail.to].flat().flatMap((one) => one?.value.map(({ address }) => address))).toEqual([to]);
      expect(mail.envelopeTo).toEqual([to]);
      expect([mail.cc, mail.bcc]).toEqual([undefined, undefined]);
      expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
      expect(mail.headers.get('x-auto-response-suppress')).toMatch(/All|OOF/);
    }
    expect(buyers.replyTo?.value).toEqual([{ name: '', address: 'help@shop.example' }]);
    expect(admins.replyTo).toBeUndefined();
    await worker.stop();
  });

  it('an order cancelled before its mail was written gets none', async () => {
    const [cancelled, kept] = await sellTwo();
    await world.send(booking({ externalId: cancelled, status: 'cancelled' }));
    const worker = world.work();
    await worker.outbox.drain();
    expect(await world.told(cancelled)).toMatchObject({ row: { status: 'withdrawn' }, arrived: [] });
    await expectEachArrivedOnce([kept]);
    await worker.stop();
  });

  it('keeps every promise in the database after all of this', async () => {
    await world.core.idle();
    expect(await world.broken()).toEqual([]);
  });
});
