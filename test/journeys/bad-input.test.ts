import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { migrate } from '../../server/store/migrate.ts';
import { openStore } from '../../server/store/open.ts';
import { ALERT_KINDS } from '../../server/store/rows.ts';
import type { Store } from '../../server/store/store.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import {
  startService,
  WEBHOOK_TOKEN,
  type Answer,
  type PostOptions,
  type Service,
} from '../support/service.ts';

const SECRET = 'a-signing-secret-of-the-tests-0123';
const NEW_TOKEN = 'kb_hook_rotated-in-0123456789';

describe.each(engines())('bad input on %s', (engine) => {
  let database: FreshDatabase;
  let store: Store;
  let service: Service;
  let next = 1;
  beforeAll(async () => {
    database = await freshDatabase(engine);
    await migrate({ url: database.url });
    store = await openStore({ url: database.url });
    service = await startService({
      DATABASE_URL: database.url,
      KEYBANK_DEFAULT_SKU: 'ANY',
      KEYBANK_WEBHOOK_TOKEN: `${NEW_TOKEN},${WEBHOOK_TOKEN}`,
    });
    const text = Array.from({ length: 40 }, (_, index) => `KEY-${index}`).join('\n');
    await service.rpc('keys.import', { sku: 'ANY', text, dryRun: false });
  });
  afterAll(async () => {
    // The process never died: it is the one that was started, and it still answers.
    expect(service.process.exitCode).toBeNull();
    await service.stop();
    await store.close();
    await database.drop();
  });

  const plain = (about: object) => ({
    id: String((next += 1)),
    email: 'buyer@example.test',
    serviceId: 1,
    ...about,
  });
  const stored = async (answer: Answer) => {
    const counted = await store.verifyPromises();
    expect(counted.filter((promise) => promise.violations > 0)).toEqual([]);
    return answer;
  };
  /** As the service's log names it. */
  const lastDeliveryId = () =>
    service
      .output()
      .match(/"deliveryId":"([^"]+)"/g)
      ?.at(-1)
      ?.slice(14, -1) ?? '';
  /** Told or not: an alert names the delivery it is about. */
  const alertsAbout = async (deliveryId: string) => {
    const untold = await store.transaction((tx) => tx.lockUntoldAlerts({ kinds: ALERT_KINDS, limit: 1000 }));
    const mails = await store.transaction((tx) => tx.lockDueMessages({ priority: 0, limit: 100 }));
    const sent = /"event":"alert.told".*?"messageId":"([^"]+)"/g;
    const ids = [
      ...mails.map((mail) => mail.id),
      ...[...service.output().matchAll(sent)].map((match) => match[1] ?? ''),
    ];
    const told = await Promise.all(
      [...new Set(ids)].map((messageId) => store.findAlertsByMessage({ messageId })),
    );
    return [...untold, ...told.flat()].filter((alert) => alert.detail.includes(deliveryId));
  };
  const post = (body: unknown, options?: PostOptions) => service.post('amelia', body, options).then(stored);

  it.each([
    ['no token', null],
    ['an empty token', ''],
    ['a wrong token', 'kb_hook_wrong-0123456789'],
    ['a token with a letter missing', WEBHOOK_TOKEN.slice(1)],
  ])('%s is 401 and stores nothing', async (_words, token) => {
    const body = plain({});
    const answer = await post(body, { token });
    expect(answer.code).toBe(401);
    expect(answer.text).not.toContain(WEBHOOK_TOKEN);
    expect(await store.findOrder({ site: '', source: 'amelia', externalId: body.id })).toBeNull();
  });

  it('both tokens of a rotation are accepted', async () => {
    expect(await post(plain({}), { token: NEW_TOKEN })).toMatchObject({ code: 200, status: 'fulfilled' });
    expect(await post(plain({}), { token: WEBHOOK_TOKEN })).toMatchObject({ code: 200, status: 'fulfilled' });
  });

  it('a body of 2 MiB is 413', async () => {
    const answer = await post(null, { raw: `{"x":"${'a'.repeat(2 * 1024 * 1024)}"}` });
    expect(answer.code).toBe(413);
    expect(answer.text).toContain('1048576');
  });

  it.each([
    ['broken JSON', 'broken{'],
    ['an empty body', ''],
    ['JSON nested 10,000 deep', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['an object nested 10,000 deep', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['a JSON text', '"hello"'],
    ['bytes that are no text', Uint8Array.from([0xff, 0xfe, 0x00, 0x80])],
  ])('%s is kept, raised to a person, and answered 200 attention', async (_words, raw) => {
    const answer = await post(null, { raw });
    expect(answer).toMatchObject({ code: 200, status: 'attention', orders: [] });
    const kept = await store.findDelivery({ id: answer.deliveryId });
    expect(kept).toMatchObject({ verdict: 'attention', orders: [] });
    expect(Buffer.from(kept?.body ?? []).equals(Buffer.from(raw))).toBe(true);
    // It may just be on its way from untold to told.
    await vi.waitFor(async () => expect(await alertsAbout(answer.deliveryId)).toHaveLength(1));
  });

  it('__proto__ and constructor keys do no harm, and the booking is served', async () => {
    const id = String((next += 1));
    const raw = `{"__proto__":{"polluted":true,"email":"evil@example.test"},"constructor":{"prototype":{"polluted":true}},"id":"${id}","email":"ok@example.test","serviceId":1}`;
    expect(await post(null, { raw })).toMatchObject({ status: 'fulfilled', orderId: `amelia:${id}` });
    expect(await store.findOrder({ site: '', source: 'amelia', externalId: id })).toMatchObject({
      email: 'ok@example.test',
    });
  });

  it.each([
    ['no e-mail', { email: null }, 'no_email'],
    ['two e-mails in one field', { email: 'a@example.test, b@example.test' }, 'no_email'],
    ['an e-mail with CRLF', { email: 'a@example.test\r\nBcc: evil@example.test' }, 'no_email'],
    ['0 persons', { persons: 0 }, 'quantity'],
    ['10,000 persons', { persons: 10_000 }, 'quantity'],
  ])('%s is 200 attention, and the order waits for a person', async (_words, about, reason) => {
    const body = plain(about);
    expect(await post(body)).toMatchObject({ code: 200, status: 'attention', orderId: `amelia:${body.id}` });
    expect(await store.findOrder({ site: '', source: 'amelia', externalId: body.id })).toMatchObject({
      status: 'attention',
      reason,
    });
  });

  it('a coupon of 300 characters is cut and the booking served', async () => {
    const body = plain({ couponCode: 'C'.repeat(300) });
    expect(await post(body)).toMatchObject({ status: 'fulfilled' });
    const order = await store.findOrder({ site: '', source: 'amelia', externalId: body.id });
    expect(order?.coupon).toBe('C'.repeat(100));
  });

  it('emoji and NUL bytes in names are served and kept readable', async () => {
    const body = plain({ firstName: 'Zoë 🎓', lastName: 'O\u0000Neill' });
    expect(await post(body)).toMatchObject({ status: 'fulfilled' });
    const order = await store.findOrder({ site: '', source: 'amelia', externalId: body.id });
    expect(order?.name).toContain('Zoë 🎓');
    expect(order?.name).not.toContain('\u0000');
  });

  it.each([
    ['a lone word', 'foo'],
    ['no subtype', 'json/'],
    ['a doubled header', 'application/json, text/html'],
    ['nothing', ''],
    ['signs', ';;=/'],
  ])('a content type of %s is read all the same, and kept as it was sent', async (_words, type) => {
    const body = plain({});
    const answer = await post(body, { headers: { 'content-type': type } });
    expect(answer).toMatchObject({ code: 200, status: 'fulfilled', orderId: `amelia:${body.id}` });
    const order = await store.findOrder({ site: '', source: 'amelia', externalId: body.id });
    const delivery = await store.findDelivery({ id: order?.firstDeliveryId ?? '' });
    expect(delivery?.contentType).toBe(type);
    expect(new TextDecoder().decode(delivery?.body)).toBe(JSON.stringify(body));
  });

  it('a booking without any content type is served', async () => {
    const body = plain({});
    const url = `${service.url}/webhooks/amelia?token=${WEBHOOK_TOKEN}`;
    const response = await fetch(url, { method: 'POST', body: Buffer.from(JSON.stringify(body)) });
    expect(await response.json()).toMatchObject({ status: 'fulfilled' });
  });

  it('a site that is no slug is 200 attention: the delivery is kept with the rule, and no order is touched', async () => {
    const body = plain({});
    expect(await post(body, { query: 'site=../etc' })).toMatchObject({
      code: 200,
      status: 'attention',
      orders: [],
    });
    expect(await store.findOrder({ site: '', source: 'amelia', externalId: body.id })).toBeNull();
    const deliveryId = lastDeliveryId();
    const delivery = await store.findDelivery({ id: deliveryId });
    expect(delivery).toMatchObject({ site: '', verdict: 'attention', orders: [] });
    expect(delivery?.flag).toContain('site= takes 1 to 40 of a-z, 0-9 and "-"');
    expect(new TextDecoder().decode(delivery?.body)).toBe(JSON.stringify(body));
    // A replay does not make it a booking of the main site.
    const replay = await service.rpc('deliveries.replay', { deliveryId, reason: 'looked at it' });
    expect(replay).toMatchObject({ status: 200, data: { status: 'attention', orders: [] } });
    expect(await store.findOrder({ site: '', source: 'amelia', externalId: body.id })).toBeNull();
  });

  it('orders of a second site carry its name', async () => {
    const body = plain({});
    expect(await post(body, { query: 'site=second-shop' })).toMatchObject({
      orderId: `amelia@second-shop:${body.id}`,
    });
  });

  it('a form-encoded body is understood', async () => {
    const id = String((next += 1));
    const raw = new URLSearchParams({ id, email: 'form@example.test', serviceId: '1' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await post(null, { raw, headers })).toMatchObject({
      status: 'fulfilled',
      orderId: `amelia:${id}`,
    });
  });

  it('secrets of the booking are not in the stored bytes', async () => {
    const body = plain({
      token: 'cancel-secret-123',
      cancelUrl: 'https://shop.example/?token=cancel-secret-123',
    });
    await post(body);
    const order = await store.findOrder({ site: '', source: 'amelia', externalId: body.id });
    const delivery = await store.findDelivery({ id: order?.firstDeliveryId ?? '' });
    const text = new TextDecoder().decode(delivery?.body);
    expect(text).toContain(body.id);
    expect(text).not.toContain('cancel-secret-123');
    expect(JSON.stringify(delivery?.headers)).not.toContain(WEBHOOK_TOKEN);
  });

  describe('with a signing secret', () => {
    let signed: Service;
    beforeAll(async () => {
      signed = await startService({
        DATABASE_URL: database.url,
        KEYBANK_DEFAULT_SKU: 'ANY',
        KEYBANK_SIGNING_SECRET: SECRET,
        KEYBANK_ACCEPT_UNSIGNED: 'bookly',
      });
    });
    afterAll(() => signed.stop());
    const headersFor = (raw: string, offsetS = 0, secret = SECRET) => {
      const timestamp = String(Math.floor(Date.now() / 1000) + offsetS);
      const mac = createHmac('sha256', secret).update(`msg_1.${timestamp}.${raw}`).digest('base64');
      return {
        'webhook-id': 'msg_1',
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,old v1,${mac}`,
      };
    };

    it('a signed delivery is accepted; unsigned, tampered and foreign ones are 401', async () => {
      const raw = JSON.stringify(plain({}));
      expect(await signed.post('amelia', null, { raw })).toMatchObject({ code: 401 });
      expect(await signed.post('amelia', null, { raw: `${raw} `, headers: headersFor(raw) })).toMatchObject({
        code: 401,
      });
      const foreign = headersFor(raw, 0, 'another-secret-of-length-24');
      expect(await signed.post('amelia', null, { raw, headers: foreign })).toMatchObject({ code: 401 });
      expect(await signed.post('amelia', null, { raw, headers: headersFor(raw) })).toMatchObject({
        code: 200,
      });
    });

    it('a clock that is off by six minutes is 401 and says so', async () => {
      const raw = JSON.stringify(plain({}));
      const answer = await signed.post('amelia', null, { raw, headers: headersFor(raw, -360) });
      expect(answer.code).toBe(401);
      expect(answer.text).toMatch(/-36\d s off.*clock/);
    });

    it('a source that is named may come unsigned', async () => {
      expect(await signed.post('bookly', plain({}))).toMatchObject({ code: 200, status: 'fulfilled' });
    });
  });
});
