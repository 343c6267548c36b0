import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

describe.each(engines())('mail for staff on %s', (engine) => {
  let world: World;
  let desk: Desk;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 5);
  });
  afterAll(() => world.close());

  const row = (address: string, messageId: string) => ({
    address,
    reason: 'complained' as const,
    provider: 'sendgrid' as const,
    messageId,
    since: new Date('2026-11-23T06:05:00Z'),
    detail: 'spamreport',
  });

  async function suppressBuyerOf(externalId: string): Promise<{ address: string; messageId: string }> {
    await world.send(booking({ externalId }));
    const [mail] = await world.mailsOf(externalId);
    const address = `buyer-${externalId}@example.test`;
    await world.store.saveSuppression(row(address, mail?.id ?? ''));
    return { address, messageId: mail?.id ?? '' };
  }

  test('gallery shows every mail whole, with its images inside, to whoever may read', async () => {
    const { mails } = await (await desk.as('viewer')).mail.gallery();
    expect(new Set(mails.map(({ template }) => template)).size).toBeGreaterThanOrEqual(8);
    for (const mail of mails) {
      expect(mail.subject).not.toBe('');
      expect(mail.text).not.toBe('');
      expect(mail.html).not.toContain('cid:');
      expect(mail.bytes).toBeGreaterThan(1000);
      expect(mail.bytes).toBeLessThan(102 * 1024);
    }
    expect(mails.find(({ template }) => template === 'key')?.html).toMatch(/src="data:image\/png;base64,/);
    const links = mails.map(({ html }) => html).join('');
    expect(links).toContain('https://keys.example.com');
  });

  test('suppressed lists addresses in order, a page at a time', async () => {
    const viewer = await desk.as('viewer');
    const names = Array.from({ length: 51 }, (_, at) => `p${String(at).padStart(2, '0')}@example.test`);
    for (const name of names) await world.store.saveSuppression(row(name, newUuid()));
    const first = await viewer.mail.suppressed({});
    expect(first.suppressed.map(({ address }) => address)).toEqual(names.slice(0, 50));
    expect(first.suppressed[0]).toEqual({
      ...row('p00@example.test', first.suppressed[0]?.messageId ?? ''),
      since: '2026-11-23T06:05:00.000Z',
    });
    const second = await viewer.mail.suppressed({ cursor: first.next });
    expect(second).toMatchObject({ suppressed: [{ address: 'p50@example.test' }] });
    expect(second.next).toBeUndefined();
    await expect(viewer.mail.suppressed({ cursor: 'made up' })).rejects.toThrow(/page mark is not one/);
    await world.store.deleteSuppressions({ addresses: names });
  });

  test('allow is for support, wants a reason, and shows on the order', async () => {
    const { address, messageId } = await suppressBuyerOf('21');
    const [viewer, support] = [await desk.as('viewer'), await desk.as('support')];
    await expect(viewer.mail.allow({ address, reason: 'x' })).rejects.toThrow(/role viewer/);
    await expect(support.mail.allow({ address, reason: ' ' })).rejects.toThrow(/reason is required/);
    expect((await support.mail.suppressed({})).suppressed).toHaveLength(1);
    const allowed = await support.mail.allow({ address: address.toUpperCase(), reason: 'it was a mistake' });
    expect(allowed).toEqual({ address });
    expect((await support.mail.suppressed({})).suppressed).toEqual([]);
    const { timeline } = await support.orders.get({ orderId: 'amelia:21' });
    expect(timeline.at(-1)).toMatchObject({
      what: 'mail.allowed',
      why: 'it was a mistake',
      refs: { message: messageId },
    });
    expect(timeline.at(-1)?.who).toMatch(/^staff:\d+$/);
  });

  test.each([
    ['nobody@example.test', /not on the list/],
    ['no address', /not one that mail can be sent to/],
    ['foo', /not one that mail can be sent to/],
    ['a@b.example\u0000', /not one that mail can be sent to/],
    ['', /not one that mail can be sent to/],
  ])('allow of %j says what is wrong with it', async (address, words) => {
    const support = await desk.as('support');
    await expect(support.mail.allow({ address, reason: 'x' })).rejects.toThrow(words);
  });

  test('suppressed needs no input for the first page', async () => {
    expect(await (await desk.as('viewer')).mail.suppressed()).toEqual({ suppressed: [] });
  });

  test('status counts mails, tells what those to be sent were answered, and of the worker only where there is one', async () => {
    await world.send(booking({ externalId: '31' }));
    const [mail] = await world.mailsOf('31');
    const why = 'the mail server refused the login (535)';
    await world.store.settleMessages({
      ...{ ids: [mail?.id ?? ''], isTry: true, status: 'queued', retryInMs: 0, acceptedAt: null },
      ...{ lastCode: 'smtp_535', lastError: why },
    });
    const viewer = await desk.as('viewer');
    const status = await viewer.mail.status();
    expect(status.counts).toEqual(await world.store.messageCounts({ since: null }));
    expect(status).toMatchObject({ refusals: [{ code: 'smtp_535', why, count: 1 }], worker: null });

    const until = new Date('2026-11-23T09:00:00Z');
    const paused = { cause: 'configuration' as const, code: 'smtp_535', why, until };
    desk.deps.mailState = () => ({ sending: 2, paused });
    expect((await viewer.mail.status()).worker).toEqual({
      sending: 2,
      paused: { ...paused, until: until.toISOString() },
    });
    desk.deps.mailState = () => ({ sending: 0, paused: null });
    expect((await viewer.mail.status()).worker).toEqual({ sending: 0, paused: null });
    await expect(desk.caller(undefined).mail.status()).rejects.toThrow();
  });

  test('allow asked for many times at once lifts once and leaves one line', async () => {
    const { address } = await suppressBuyerOf('22');
    const support = await desk.as('support');
    const asked = Array.from({ length: 6 }, (_, at) => support.mail.allow({ address, reason: `ask ${at}` }));
    const results = await Promise.allSettled(asked);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const order = await world.order('22');
    const trail = await world.store.findAudit({ subject: `order:${order?.id}` });
    expect(trail.filter(({ action }) => action === 'mail.allowed')).toHaveLength(1);
  });

  test('an address whose mail belongs to no order is lifted too, noted on the mail itself', async () => {
    const messageId = newUuid();
    await world.store.saveSuppression(row('lone@example.test', messageId));
    await (await desk.as('support')).mail.allow({ address: 'lone@example.test', reason: 'x' });
    const trail = await world.store.findAudit({ subject: `message:${messageId}` });
    expect(trail).toMatchObject([{ action: 'mail.allowed', refs: { message: messageId } }]);
    expect(await world.broken()).toEqual([]);
  });

  test('is closed to strangers', async () => {
    const stranger = desk.caller('Bearer kb_staff_guessed');
    const calls = [
      () => stranger.mail.gallery(),
      () => stranger.mail.suppressed({}),
      () => stranger.mail.allow({ address: 'a@b.example', reason: 'x' }),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(/staff token is missing/);
  });
});
