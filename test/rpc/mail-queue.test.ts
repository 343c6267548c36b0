import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import type { MessageKind, MessageSettlement } from '../../server/store/rows.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

const FAILED = { status: 'failed', lastCode: 'smtp_550', lastError: 'refused (550)' } as const;

describe.each(engines())('the mail queue on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let support: Awaited<ReturnType<Desk['as']>>;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    support = await desk.as('support');
    await world.map('1', 'COURSE-A');
    await world.map('9', 'COURSE-Z');
    await world.stock('COURSE-A', 60);
  });
  afterAll(() => world.close());

  /** The order's one mail, ended so. */
  async function mailOf(externalId: string, ended: Partial<MessageSettlement> | null): Promise<string> {
    if (!(await world.order(externalId))) await world.send(booking({ externalId }));
    const [mail] = await world.mailsOf(externalId);
    const id = mail?.id ?? '';
    const end = { isTry: true, retryInMs: null, lastCode: null, lastError: null, acceptedAt: null };
    if (ended) await world.store.settleMessages({ ...end, ids: [id], status: 'failed', ...ended });
    return id;
  }

  async function adminMail(kind: MessageKind, ended: Partial<MessageSettlement> = {}): Promise<string> {
    const id = newUuid();
    await world.store.insertMessages({
      messages: [
        { id, kind, orderId: null, recipient: 'admin@example.test', priority: 0, createdAt: new Date() },
      ],
    });
    const end = { isTry: true, retryInMs: null, lastCode: null, lastError: null, acceptedAt: null };
    await world.store.settleMessages({ ...end, ids: [id], status: 'accepted', ...ended });
    return id;
  }

  const row = async (id: string) => (await world.store.findMessages({ ids: [id] }))[0];
  const trail = async (subject: string) => world.store.findAudit({ subject });

  test('lists what is to be sent in the order it leaves, what is in trouble by status, and all', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 30; at += 1) ids.push(await mailOf(String(100 + at), null));
    const viewer = await desk.as('viewer');
    const first = await viewer.mail.list();
    const second = await viewer.mail.list({ show: 'queue', cursor: first.next });
    const queue = [...first.messages, ...second.messages];
    expect(queue.map(({ messageId }) => messageId)).toEqual(ids);
    expect(first.messages[0]).toMatchObject({
      kind: 'key',
      orderId: 'amelia:100',
      recipient: 'buyer-100@example.test',
      status: 'queued',
      why: null,
      dueAt: expect.any(String),
    });
    const bounced = await mailOf('100', { status: 'bounced' });
    const failed = await mailOf('101', FAILED);
    const admin = await adminMail('admin_digest', FAILED);
    const trouble = await viewer.mail.list({ show: 'trouble' });
    expect(trouble.messages.map(({ messageId }) => messageId)).toEqual([admin, failed, bounced]);
    expect(trouble.messages[0]).toMatchObject({ orderId: null, why: null });
    expect(trouble.messages[1]).toMatchObject({ why: null, lastError: 'refused (550)' });
    expect(trouble.messages[2]?.why).toMatch(/The mail is bounced/);
    const some = await viewer.mail.list({ show: 'trouble', status: 'failed' });
    expect(some.messages.map(({ messageId }) => messageId)).toEqual([admin, failed]);

    const all = await viewer.mail.list({ show: 'all' });
    const rest = await viewer.mail.list({ show: 'all', cursor: all.next });
    expect([...all.messages, ...rest.messages].map(({ messageId }) => messageId)).toEqual(
      [...ids, admin].toSorted().toReversed(),
    );
  });

  test('pages trouble of all statuses in one order', async () => {
    for (let at = 0; at < 28; at += 1)
      await mailOf(String(200 + at), { status: at % 2 === 0 ? 'failed' : 'bounced' });
    const first = await support.mail.list({ show: 'trouble' });
    const second = await support.mail.list({ show: 'trouble', cursor: first.next });
    const ids = [...first.messages, ...second.messages].map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(28);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });

  test('queues the same mail again, due now, with a line on its order', async () => {
    const failed = await mailOf('31', FAILED);
    const doubtful = await mailOf('32', { status: 'unknown', lastCode: 'maybe_sent_x' });
    const later = await mailOf('33', { status: 'retrying', retryInMs: 3_600_000 });
    const admin = await adminMail('admin_low_stock', FAILED);
    const wish = { messageIds: [failed, doubtful, later, admin], reason: 'their server is back' };
    let woken = 0;
    desk.deps.onMail = () => void (woken += 1);
    const answer = await support.mail.retry(wish);
    expect(answer.refused).toEqual([]);
    expect(answer.retried.toSorted()).toEqual(wish.messageIds.toSorted());
    expect(woken).toBe(1);
    const due = await world.store.transaction((tx) => tx.lockDueMessages({ priority: 1, limit: 1000 }));
    for (const id of [failed, doubtful, later]) expect(due.map((mail) => mail.id)).toContain(id);
    expect(await row(failed)).toMatchObject({ status: 'queued', lastCode: 'smtp_550' });
    expect(await world.mailsOf('31')).toHaveLength(1);
    const order = await world.order('31');
    expect((await trail(`order:${order?.id}`)).at(-1)).toMatchObject({
      action: 'mail.requeued',
      actor: /^staff:\d+$/,
      fromStatus: 'failed',
      toStatus: 'queued',
      reason: 'their server is back',
      refs: { message: failed },
    });
    expect(await trail(`message:${admin}`)).toMatchObject([{ action: 'mail.requeued' }]);
    expect((await support.mail.retry(wish)).refused.map(({ code }) => code)).toEqual(
      Array(4).fill('mail.not_stuck'),
    );
    expect(await world.broken()).toEqual([]);
  });

  test('refuses one by one what must not go out, and says why', async () => {
    const good = await mailOf('41', FAILED);
    const suppressed = await mailOf('42', FAILED);
    await world.store.saveSuppression({
      ...{ address: 'buyer-42@example.test', reason: 'bounced', provider: 'postmark', detail: '' },
      ...{ messageId: suppressed, since: new Date('2026-11-22T10:00:00Z') },
    });
    const cancelled = await mailOf('43', FAILED);
    await world.send(booking({ externalId: '43', status: 'cancelled' }));
    const elsewhere = await mailOf('44', FAILED);
    await support.orders.resend({ orderId: 'amelia:44', reason: 'moved', email: 'new-44@example.test' });
    const bounced = await mailOf('45', { status: 'bounced' });
    const sent = await mailOf('46', { status: 'accepted', acceptedAt: new Date() });
    const gone = newUuid();
    const secret = 'not-an-id-but-a-secret';
    const { retried, refused } = await support.mail.retry({
      messageIds: [suppressed, cancelled, elsewhere, bounced, sent, gone, secret, good, good],
      reason: 'try again',
    });
    expect(retried).toEqual([good]);
    expect(refused.map(({ messageId, code }) => [messageId, code])).toEqual([
      [suppressed, 'email.suppressed'],
      [cancelled, 'mail.nothing_to_say'],
      [elsewhere, 'mail.nothing_to_say'],
      [bounced, 'mail.came_back'],
      [sent, 'mail.not_stuck'],
      [gone, 'mail.unknown'],
      [secret, 'mail.unknown'],
    ]);
    expect(refused.map(({ why }) => why).join(' ')).not.toContain(secret);
    expect(refused[2]?.why).toContain('another address');
    for (const id of [suppressed, cancelled, elsewhere]) expect((await row(id))?.status).toBe('failed');
    const notice = await noticeOf('47');
    expect((await support.mail.retry({ messageIds: [notice], reason: 'x' })).retried).toEqual([notice]);
    expect(await world.broken()).toEqual([]);
  });

  /** The failed notice of an order that waits. */
  async function noticeOf(externalId: string): Promise<string> {
    await world.send(booking({ externalId, item: { kind: 'service', id: '9', name: null } }));
    return mailOf(externalId, FAILED);
  }

  test('asked for at once by many, a mail is queued once and has one line', async () => {
    const id = await mailOf('51', FAILED);
    const crowd = await Promise.all(
      Array.from({ length: 6 }, (_, at) => support.mail.retry({ messageIds: [id], reason: `ask ${at}` })),
    );
    expect(crowd.flatMap(({ retried }) => retried)).toEqual([id]);
    const order = await world.order('51');
    const lines = await trail(`order:${order?.id}`);
    expect(lines.filter(({ action }) => action === 'mail.requeued')).toHaveLength(1);
  });

  describe('shows a mail as it would be written now', () => {
    const KEY = 'QX7T-9KLM-2WPZ-HV4D';
    let messageId: string;

    beforeAll(async () => {
      await world.map('5', 'COURSE-P');
      await desk.bringIn('COURSE-P', [KEY, 'ZZ']);
      const item = { kind: 'service' as const, id: '5', name: null };
      await world.send(booking({ externalId: '61', item, quantity: 2 }));
      messageId = await mailOf('61', null);
    });

    test('with masked keys: no part of it holds more than the last four characters', async () => {
      const mail = await (await desk.as('viewer')).mail.preview({ messageId });
      expect(mail).toMatchObject({ messageId, masked: true, subject: expect.stringContaining('COURSE-P') });
      for (const part of [mail.subject, mail.html, mail.text]) {
        expect(part).not.toContain(KEY);
        for (const piece of ['QX7T', '9KLM', '2WPZ', 'WPZ-HV4D', '>ZZ<', '\nZZ\n'])
          expect(part).not.toContain(piece);
      }
      expect(mail.text).toContain('••••-HV4D');
      expect(mail.html).toContain('••••-HV4D');
      expect(mail.html).toMatch(/src="data:image\/png;base64,/);
      expect(mail.html).not.toContain('cid:');
      const order = await world.order('61');
      expect((await trail(`order:${order?.id}`)).map(({ action }) => action)).not.toContain('key.revealed');
    });

    test('in full for whoever has the right, noted before it is shown', async () => {
      const admin = await desk.as('admin');
      const mail = await admin.mail.reveal({ messageId, reason: 'the buyer reads it to me' });
      expect(mail).toMatchObject({ messageId, masked: false });
      expect(mail.html).toContain(KEY);
      expect(mail.text).toContain(KEY);
      const order = await world.order('61');
      const keys = await world.keysOf('61');
      expect((await trail(`order:${order?.id}`)).at(-1)).toMatchObject({
        action: 'key.revealed',
        actor: /^staff:\d+$/,
        reason: 'the buyer reads it to me',
        refs: { revealed: keys.map(({ id }) => id), message: messageId },
      });
      expect(JSON.stringify(await trail(`order:${order?.id}`))).not.toContain(KEY);
      expect(await world.broken()).toEqual([]);
    });

    test('of a suppressed address too, and of the admin', async () => {
      await world.store.saveSuppression({
        ...{ address: 'buyer-61@example.test', reason: 'bounced', provider: 'postmark', detail: '' },
        ...{ messageId, since: new Date() },
      });
      expect((await support.mail.preview({ messageId })).text).toContain('••••-HV4D');
      const digest = await adminMail('admin_digest');
      const shown = await support.mail.preview({ messageId: digest });
      expect(shown.text).not.toBe('');
      const admin = await desk.as('admin');
      const same = await admin.mail.reveal({ messageId: digest, reason: 'x' });
      expect([same.masked, same.subject]).toEqual([false, shown.subject]);
      expect(await trail(`message:${digest}`)).toEqual([]);
    });

    test('and says so when it has nothing to say any more', async () => {
      const cancelled = await mailOf('62', null);
      await world.send(booking({ externalId: '62', status: 'cancelled' }));
      await expect(support.mail.preview({ messageId: cancelled })).rejects.toThrow(/the order is cancelled/);
      const admin = await desk.as('admin');
      await expect(admin.mail.reveal({ messageId: cancelled, reason: 'x' })).rejects.toThrow(/cancelled/);
      const order = await world.order('62');
      expect((await trail(`order:${order?.id}`)).map(({ action }) => action)).not.toContain('key.revealed');
    });

    test('to nobody without the right, and never without a reason', async () => {
      await expect(support.mail.reveal({ messageId, reason: 'x' })).rejects.toThrow(/role support.*reveal/);
      const admin = await desk.as('admin');
      await expect(admin.mail.reveal({ messageId, reason: ' ' })).rejects.toThrow(/reason is required/);
      for (const id of [newUuid(), 'amelia:61', KEY]) {
        const answer = support.mail.preview({ messageId: id });
        await expect(answer).rejects.toThrow(/There is no mail/);
        await expect(answer).rejects.not.toThrow(KEY);
      }
    });
  });

  test('is closed to strangers, and viewers queue nothing', async () => {
    const messageIds = [await mailOf('71', FAILED)];
    const viewer = await desk.as('viewer');
    await expect(viewer.mail.retry({ messageIds, reason: 'x' })).rejects.toThrow(/role viewer/);
    await expect(support.mail.retry({ messageIds, reason: ' ' })).rejects.toThrow(/reason is required/);
    await expect(support.mail.retry({ messageIds: [], reason: 'x' })).rejects.toThrow();
    const stranger = desk.caller('Bearer kb_staff_guessed');
    const calls = [
      () => stranger.mail.list(),
      () => stranger.mail.retry({ messageIds, reason: 'x' }),
      () => stranger.mail.preview({ messageId: messageIds[0] ?? '' }),
      () => stranger.mail.reveal({ messageId: messageIds[0] ?? '', reason: 'x' }),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(/staff token is missing/);
    await expect(viewer.mail.list({ show: 'queue', status: 'failed' })).rejects.toThrow(/in trouble/);
    const marks = ['before:x', `after:2:1:${newUuid()}`, `before:${newUuid()}`].map((mark) =>
      Buffer.from(mark).toString('base64url'),
    );
    for (const cursor of ['made up', ...marks])
      await expect(viewer.mail.list({ show: 'queue', cursor })).rejects.toThrow(/page mark is not one/);
    expect((await row(messageIds[0] ?? ''))?.status).toBe('failed');
  });
});
