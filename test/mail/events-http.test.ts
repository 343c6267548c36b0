import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { migrate } from '../../server/store/migrate.ts';
import { openStore } from '../../server/store/open.ts';
import type { Store } from '../../server/store/store.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { startService, WEBHOOK_TOKEN, type Service } from '../support/service.ts';
import { LOGIN, postmark } from './events-world.ts';

const ENGINE = engines()[0] ?? 'postgres';
const sendgridKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const otherKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const BASIC = basic(LOGIN.user, LOGIN.password);

/** As SendGrid signs: ECDSA over the timestamp and the body, DER in base64. */
function signed(body: string, key: KeyObject = sendgridKey.privateKey, timestamp = '1795420741') {
  return {
    'x-twilio-email-event-webhook-timestamp': timestamp,
    'x-twilio-email-event-webhook-signature': sign(
      'sha256',
      Buffer.from(`${timestamp}${body}`),
      key,
    ).toString('base64'),
  };
}

// The store has no part in who is believed and what is read: one engine is enough.
describe('POST /mail-events', () => {
  let database: FreshDatabase;
  let store: Store;
  let service: Service;
  let deaf: Service;
  beforeAll(async () => {
    database = await freshDatabase(ENGINE);
    await migrate({ url: database.url });
    store = await openStore({ url: database.url });
    const env = { DATABASE_URL: database.url };
    service = await startService({
      ...env,
      KEYBANK_POSTMARK_EVENTS: `${LOGIN.user}:${LOGIN.password}`,
      KEYBANK_SENDGRID_EVENTS: sendgridKey.publicKey
        .export({ type: 'spki', format: 'der' })
        .toString('base64'),
    });
    deaf = await startService(env);
  });
  afterAll(async () => {
    await service.stop();
    await deaf.stop();
    await store.close();
    await database.drop();
  });

  const post = async (
    provider: 'postmark' | 'sendgrid',
    body: string | Uint8Array,
    headers: Record<string, string>,
    to = service,
  ) => {
    const response = await fetch(`${to.url}/mail-events/${provider}`, { method: 'POST', headers, body });
    const read: unknown = await response.json();
    return {
      code: response.status,
      read,
      challenge: response.headers.get('www-authenticate'),
      text: JSON.stringify(read),
    };
  };
  const sendgrid = (events: unknown, key?: KeyObject) => {
    const body = JSON.stringify(events);
    return post('sendgrid', body, signed(body, key));
  };
  /** A mail that was accepted; in one transaction, so that the service does not send it. */
  const accepted = async () => {
    const id = newUuid();
    await store.transaction(async (tx) => {
      await tx.insertMessages({
        messages: [
          {
            id,
            kind: 'admin_digest',
            orderId: null,
            recipient: 'admin@example.test',
            priority: 1,
            createdAt: new Date(),
          },
        ],
      });
      await tx.settleMessages({
        isTry: true,
        ids: [id],
        status: 'accepted',
        retryInMs: null,
        lastCode: 'accepted',
        lastError: null,
        acceptedAt: new Date(),
      });
    });
    return id;
  };
  const statusOf = async (id: string) => (await store.findMessages({ ids: [id] }))[0]?.status;

  it('Postmark tells of a bounce: 200, and again, 200 with nothing new', async () => {
    const id = await accepted();
    const body = JSON.stringify(postmark(id));
    const headers = { ...BASIC, 'content-type': 'application/json' };
    expect(await post('postmark', body, headers)).toMatchObject({
      code: 200,
      read: { status: 'ok', events: 1, new: 1 },
    });
    expect(await post('postmark', body, headers)).toMatchObject({
      code: 200,
      read: { status: 'ok', events: 1, new: 0 },
    });
    expect(await statusOf(id)).toBe('bounced');
  });

  it('SendGrid tells of many things at once: what is news of our mails counts', async () => {
    const [one, other] = [await accepted(), await accepted()];
    const event = (message: string, differs: object) => ({
      email: 'buyer@example.test',
      timestamp: 1_795_420_741,
      sg_event_id: randomUUID(),
      message,
      ...differs,
    });
    const answer = await sendgrid([
      event(one, { event: 'processed' }),
      event(one, { event: 'bounce', type: 'bounce', reason: '550 5.1.1 no such user', status: '5.1.1' }),
      event(one, { event: 'delivered' }),
      event(other, { event: 'deferred' }),
      event(other, { event: 'delivered' }),
      event(other, { event: 'open' }),
      event(randomUUID(), { event: 'delivered' }),
      { event: 'delivered', sg_event_id: 'another system’s' },
    ]);
    expect(answer).toMatchObject({ code: 200, read: { status: 'ok', events: 4, new: 3 } });
    expect([await statusOf(one), await statusOf(other)]).toEqual(['bounced', 'delivered']);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain('keybank_mail_events_total{provider="sendgrid",kind="bounced"} 1');
    expect(metrics).toContain('keybank_mail_events_total{provider="sendgrid",kind="delivered"} 2');
  });

  it.each([
    ['no login', {}],
    ['a wrong password', basic(LOGIN.user, `${LOGIN.password}x`)],
    ['a wrong user', basic('sendgrid', LOGIN.password)],
    ['the password alone', basic('', LOGIN.password)],
    ['a login that is not base64', { authorization: 'Basic ???' }],
    ['a bearer', { authorization: `Bearer ${LOGIN.password}` }],
    ['the webhook token', { authorization: `Bearer ${WEBHOOK_TOKEN}` }],
  ])('Postmark with %s is 401, asks for a login, and does nothing', async (_words, headers) => {
    const id = await accepted();
    const answer = await post('postmark', JSON.stringify(postmark(id)), headers);
    expect(answer).toMatchObject({ code: 401, challenge: expect.stringMatching(/^Basic realm=/) });
    expect(await statusOf(id)).toBe('accepted');
  });

  it('SendGrid without a signature that fits is 401, and does nothing', async () => {
    const id = await accepted();
    const body = JSON.stringify([{ event: 'spamreport', message: id, sg_event_id: 'x', timestamp: 1 }]);
    const right = signed(body);
    const signature = right['x-twilio-email-event-webhook-signature'];
    const wrong: [string, Record<string, string>][] = [
      [body, {}],
      [body, signed(body, otherKey.privateKey)],
      [body.replace('spamreport', 'delivered '), right],
      [`${body} `, right],
      [body, { ...right, 'x-twilio-email-event-webhook-timestamp': '1795420742' }],
      [body, { 'x-twilio-email-event-webhook-signature': signature }],
      [body, { ...right, 'x-twilio-email-event-webhook-signature': '' }],
      [body, { ...right, 'x-twilio-email-event-webhook-signature': 'AAAA' }],
      [body, { ...right, 'x-twilio-email-event-webhook-signature': 'not base64 at all!' }],
      [body, { ...right, 'x-twilio-email-event-webhook-signature': 'A'.repeat(7000) }],
      [body, BASIC],
    ];
    for (const [text, headers] of wrong) {
      const answer = await post('sendgrid', text, headers);
      expect(answer).toMatchObject({ code: 401, challenge: null });
      expect(answer.text).toMatch(/signature/);
    }
    expect(await statusOf(id)).toBe('accepted');
    expect(await post('sendgrid', body, right)).toMatchObject({ code: 200 });
    expect(await statusOf(id)).toBe('complained');
  });

  it('where the setting is not set, nobody is believed, and the answer names the setting', async () => {
    const body = JSON.stringify(postmark(await accepted()));
    const one = await post('postmark', body, BASIC, deaf);
    expect(one).toMatchObject({ code: 401, challenge: expect.stringMatching(/^Basic/) });
    expect(one.text).toContain('KEYBANK_POSTMARK_EVENTS is not set');
    const other = await post('sendgrid', body, signed(body), deaf);
    expect(other.code).toBe(401);
    expect(other.text).toContain('KEYBANK_SENDGRID_EVENTS is not set');
  });

  it.each(['', 'no json', '{"a":', '['.repeat(100_000), `${'['.repeat(500)}${']'.repeat(500)}`])(
    '%j is 400',
    async (body) => {
      expect((await post('postmark', body, BASIC)).code).toBe(400);
      expect((await post('sendgrid', body, signed(body))).code).toBe(400);
    },
  );

  it('a body of more than a mebibyte is 413', async () => {
    expect((await post('postmark', 'x'.repeat(1024 * 1024 + 1), BASIC)).code).toBe(413);
  });

  it.each([
    ['null', null],
    ['a number', 7],
    ['a text', 'delivered'],
    ['nothing', []],
    ['arrays in arrays', [[[[]]], [{}]]],
    [
      'wrong types',
      [{ event: 7, message: {}, sg_event_id: [], timestamp: 'x', RecordType: {}, Metadata: 1 }],
    ],
    ['a prototype', JSON.parse('[{"__proto__":{"event":"bounce"},"constructor":1}]')],
    ['NUL and half a character', [{ event: 'bounce', message: '\0\ud800', Metadata: { message: '\0' } }]],
    ['a message that is SQL', [{ event: 'delivered', message: "x' OR 1=1 --" }]],
  ])('%s: 200, and nothing comes of it', async (_words, body) => {
    const text = JSON.stringify(body);
    expect(await post('postmark', text, BASIC)).toMatchObject({ code: 200, read: { new: 0 } });
    expect(await post('sendgrid', text, signed(text))).toMatchObject({ code: 200, read: { new: 0 } });
  });

  it('a hostile event of a mail of ours harms nothing', async () => {
    const id = await accepted();
    const odd = [
      { event: 'bounce', message: id, sg_event_id: `\0${'ü'.repeat(5000)}`, timestamp: 1e308 },
      { event: 'bounce', message: id, sg_event_id: '', timestamp: -1, reason: '550 <script>'.repeat(900) },
      { event: 'dropped', message: id.toUpperCase(), reason: { toString: 'x' }, timestamp: {} },
    ];
    expect(await sendgrid(odd)).toMatchObject({ code: 200, read: { events: 3, new: 3 } });
    for (const event of await store.findMailEvents({ messageIds: [id] })) {
      expect(event.eventId.length).toBeLessThanOrEqual(191);
      expect(event.detail).toMatch(/^[\w ,.]{0,60}$/);
    }
  });

  it('ten thousand events at once: those of strangers are passed over, one of ours counts once', async () => {
    const id = await accepted();
    const strangers = Array.from({ length: 9_000 }, () => ({ event: 'delivered', message: newUuid() }));
    const ours = Array.from({ length: 1_000 }, () => ({ event: 'delivered', message: id, timestamp: 1 }));
    const answer = await sendgrid([...strangers, ...ours]);
    expect(answer).toMatchObject({ code: 200, read: { events: 10_000, new: 1 } });
  }, 60_000);

  it('any content type is read', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense'])
      expect(await post('postmark', '{}', { ...BASIC, 'content-type': type })).toMatchObject({ code: 200 });
  });

  it('neither login nor addresses stand in the log, and each refusal does', () => {
    for (const secret of [LOGIN.password, BASIC.authorization.slice(6), 'buyer@example.test'])
      expect(service.output()).not.toContain(secret);
    expect(service.output()).toContain('"event":"mail.events_refused","provider":"postmark"');
    expect(service.output()).toContain('"event":"mail.event","provider":"sendgrid"');
  });
});

describe('GET /orders/…', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({});
  });
  afterAll(() => service.stop());

  it('is the console, the same for every id: before somebody signs in it says nothing of any order', async () => {
    const texts = await Promise.all(
      ['amelia@second-shop:13', 'amelia:1', 'nothing-like-an-order', '<script>'].map(async (id) => {
        const page = await fetch(`${service.url}/orders/${encodeURIComponent(id)}`);
        expect(page.status).toBe(200);
        expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
        expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
        expect(page.headers.get('cache-control')).toBe('no-store');
        return (await page.text()).replaceAll(/nonce="[^"]*"/g, '');
      }),
    );
    expect(new Set(texts).size).toBe(1);
  });

  it.each([
    ['%', 400],
    ['amelia:13/more', 404],
  ])('%s is %d', async (path, code) => {
    const page = await fetch(`${service.url}/orders/${path}`);
    expect(page.status).toBe(code);
    expect(await page.text()).not.toContain('<script>');
  });
});
