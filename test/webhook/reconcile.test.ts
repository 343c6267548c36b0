import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import about from '../../package.json' with { type: 'json' };
import { migrate } from '../../server/store/migrate.ts';
import { openStore } from '../../server/store/open.ts';
import { ALERT_KINDS } from '../../server/store/rows.ts';
import type { Store } from '../../server/store/store.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { startService, WEBHOOK_TOKEN, type Service } from '../support/service.ts';

const SECRET = 'a-signing-secret-of-the-tests-0123';
const SITE = 'https://shop.example';
const HOUR = 3_600_000;

const aList = (differs: Record<string, unknown> = {}) => ({
  v: 1,
  plugin: '0.1.0',
  site: SITE,
  sentAt: '2026-11-22T20:06:46.000Z',
  source: 'amelia',
  after: 0,
  upto: null,
  bookings: [],
  ...differs,
});

function signed(raw: string, secret = SECRET): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac('sha256', secret).update(`list_1.${timestamp}.${raw}`).digest('base64');
  return { 'webhook-id': 'list_1', 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}

describe.each(engines())('POST /webhooks/reconcile on %s', (engine) => {
  let database: FreshDatabase;
  let store: Store;
  let open: Service;
  let strict: Service;
  beforeAll(async () => {
    database = await freshDatabase(engine);
    await migrate({ url: database.url });
    store = await openStore({ url: database.url });
    const env = { DATABASE_URL: database.url, KEYBANK_DEFAULT_SKU: 'ANY' };
    open = await startService(env);
    strict = await startService({
      ...env,
      KEYBANK_SIGNING_SECRET: SECRET,
      KEYBANK_ACCEPT_UNSIGNED: 'amelia,bookly',
    });
  });
  afterAll(async () => {
    await open.stop();
    await strict.stop();
    await store.close();
    await database.drop();
  });

  const BEARER = { authorization: `Bearer ${WEBHOOK_TOKEN}` };
  const send = async (
    service: Service,
    path: string,
    body: string,
    headers: Record<string, string> = BEARER,
  ) => {
    const response = await fetch(`${service.url}/webhooks/${path}`, { method: 'POST', headers, body });
    const read: unknown = await response.json();
    return {
      code: response.status,
      read,
      version: response.headers.get('x-keybank-version'),
      signature: response.headers.get('x-keybank-signature'),
      text: JSON.stringify(read),
    };
  };

  it('answers what is lacking, and only counts what is unknown', async () => {
    await store.insertSite({ slug: '', url: 'shop.example' });
    const facts = {
      site: '',
      source: 'amelia' as const,
      status: 'ignored' as const,
      reason: null,
      units: 1,
      stopped: false,
      calledOff: false,
      granted: false,
    };
    const nobody = {
      email: null,
      name: null,
      coupon: null,
      locale: null,
      itemKind: null,
      itemId: null,
      itemName: null,
    };
    const deliveryId = '019ab000-0000-7000-8000-000000000000';
    const ids = {
      firstDeliveryId: deliveryId,
      lastDeliveryId: deliveryId,
      createdAt: new Date(Date.now() - HOUR),
    };
    await store.insertOrders({
      orders: [
        ...['12', '13', '66'].map((externalId) => ({ ...facts, ...nobody, ...ids, externalId, rev: 7 })),
        ...['15', '16', '17'].map((externalId) => ({
          ...facts,
          ...nobody,
          ...ids,
          externalId,
          rev: 9,
          status: 'fulfilled' as const,
        })),
      ],
    });
    const bookings = [
      { id: '12', rev: 7, status: 'approved' },
      { id: '13', rev: 8, status: 'canceled' },
      { id: '14', rev: 1_795_404_307, status: 'approved' },
      { id: '15', rev: 8, status: 'canceled' },
      { id: '16', rev: 8, status: 'approved' },
      { id: '17', rev: 9, status: 'canceled' },
      { id: 'package:7', rev: 1, status: 'approved' },
      { id: 'compound:0123456789abcdef01234567', rev: 1, status: 'approved' },
    ];
    const answer = await send(open, 'reconcile', JSON.stringify(aList({ bookings })));
    expect(answer).toMatchObject({
      code: 200,
      read: {
        status: 'ok',
        lacking: ['13', '14', '15', 'package:7', 'compound:0123456789abcdef01234567'],
        unknown: 1,
      },
    });
    expect(answer.text).not.toContain('66');
    const health = await open.rpc('sites.list', null);
    expect(health.data).toMatchObject({
      sites: [{ site: '', url: 'shop.example', source: 'amelia', plugin: '0.1.0', lacking: 5, unknown: 1 }],
    });
  });

  it('tells staff of the drift, and /metrics', async () => {
    const { data } = await open.rpc('sites.list', undefined);
    expect(data).toMatchObject({ sites: [{ site: '', source: 'amelia', lacking: 5, unknown: 1 }] });
    const metrics = await (await fetch(`${open.url}/metrics`)).text();
    expect(metrics).toContain('keybank_drift_lists_total{status="ok"} 1');
    expect(metrics).toContain('keybank_drift_bookings{source="amelia",kind="unknown"} 1');
  });

  it('takes the token from the URL or as bearer, and refuses all others', async () => {
    const body = JSON.stringify(aList({ site: 'https://second.example' }));
    expect(await send(open, `reconcile?token=${WEBHOOK_TOKEN}`, body, {})).toMatchObject({ code: 200 });
    expect(await send(open, `reconcile?token=wrong`, body)).toMatchObject({ code: 200 });
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: `Basic ${WEBHOOK_TOKEN}` },
    ])
      expect(await send(open, 'reconcile', body, headers)).toMatchObject({ code: 401 });
    expect(open.output()).not.toContain(WEBHOOK_TOKEN);
  });

  it('needs the signature where a secret is set, whatever may come unsigned there', async () => {
    const body = JSON.stringify(aList({ site: 'https://second.example' }));
    expect(await send(strict, 'reconcile', body)).toMatchObject({ code: 401 });
    expect(await send(strict, 'reconcile', body, signed(body))).toMatchObject({ code: 401 });
    expect(await send(strict, 'reconcile', `${body} `, { ...BEARER, ...signed(body) })).toMatchObject({
      code: 401,
    });
    expect(await send(strict, 'reconcile', body, { ...BEARER, ...signed(body) })).toMatchObject({
      code: 200,
    });
  });

  it.each([
    [
      'too many bookings',
      { bookings: Array.from({ length: 1001 }, (_, nth) => ({ id: `${nth + 1}`, rev: 1, status: '' })) },
      /bookings: .*1000/,
    ],
    ['another source', { source: 'woo' }, /source: /],
    ['another version of the shape', { v: 2 }, /v: /],
    ['a site that is no address', { site: 'javascript:alert(1)' }, /site: /],
    [
      'an id that is none',
      { bookings: [{ id: 'secret-1', rev: 1, status: '' }] },
      /bookings\.0\.id: is no booking id/,
    ],
    ['a revision that is no number', { bookings: [{ id: '1', rev: '1', status: '' }] }, /bookings\.0\.rev: /],
    ['a negative end', { upto: -1 }, /upto: /],
  ])('%s is 400, and the answer names the place, not the value', async (_words, differs, sentence) => {
    const answer = await send(open, 'reconcile', JSON.stringify(aList(differs)));
    expect(answer.code).toBe(400);
    expect(answer.text).toMatch(sentence);
    expect(answer.text).not.toMatch(/woo|javascript|secret-1/);
  });

  it.each(['', 'no json', '[]', 'null', '{"__proto__":{"v":1}}', '['.repeat(100_000)])(
    '%j is 400 too',
    async (body) => {
      expect((await send(open, 'reconcile', body)).code).toBe(400);
    },
  );

  it('takes a thousand bookings at once', async () => {
    const bookings = Array.from({ length: 1000 }, (_, nth) => ({
      id: `${nth + 1000}`,
      rev: 1_795_404_307,
      status: 'approved',
    }));
    const list = aList({ site: 'https://second.example', bookings });
    const answer = await send(open, 'reconcile', JSON.stringify(list));
    expect(answer.read).toMatchObject({ status: 'ok', unknown: 0, lacking: bookings.map(({ id }) => id) });
  });

  it('every answer of a webhook names the version of the server, and whether it checks signatures', async () => {
    const body = JSON.stringify(aList());
    const answers = [
      await send(open, 'reconcile', body),
      await send(open, 'reconcile', body, {}),
      await send(open, 'reconcile', 'x'),
      await send(open, 'amelia', '{}'),
      await send(open, 'amelia', '{}', {}),
      await send(open, 'amelia', `{"x":"${'a'.repeat(2 * 1024 * 1024)}"}`),
      await send(open, 'nobody', '{}'),
    ];
    expect(answers.map(({ code }) => code)).toEqual([200, 401, 400, 200, 401, 413, 404]);
    expect(answers.map(({ version }) => version)).toEqual(answers.map(() => about.version));
    expect(answers.map(({ signature }) => signature)).toEqual(answers.map(() => 'not asked for'));
    for (const answer of [
      await send(strict, 'reconcile', body),
      await send(strict, 'reconcile', body, { ...BEARER, ...signed(body) }),
      await send(strict, 'amelia', '{}'),
      await send(strict, 'nobody', '{}'),
    ])
      expect(answer.signature).toBe('required');
    expect((await fetch(`${strict.url}/healthz`)).headers.has('x-keybank-signature')).toBe(false);
  });

  it('a bearer is as good as a token in the URL for bookings', async () => {
    const booking = JSON.stringify({ id: '800', email: 'b@example.test', serviceId: 1 });
    expect(await send(open, 'amelia', booking)).toMatchObject({ code: 200 });
  });

  describe('the test event', () => {
    const test = {
      v: 1,
      plugin: '0.1.0',
      id: 'test:1',
      site: SITE,
      hook: 'keybank_test',
      sentAt: '2026-11-22T20:06:46.000Z',
    };
    it.each(['amelia', 'bookly'])(
      'to %s is ignored and kept: no order, no alert, nothing for a person',
      async (source) => {
        const answer = await open.post(source === 'amelia' ? 'amelia' : 'bookly', { ...test, source });
        expect(answer).toMatchObject({ code: 200, status: 'ignored', orders: [], orderId: '' });
        const kept = await store.findDelivery({ id: answer.deliveryId });
        expect(kept).toMatchObject({
          verdict: 'ignored',
          hook: 'keybank_test',
          flag: 'A test event of the plugin.',
          site: '',
        });
        const alerts = await store.transaction((tx) =>
          tx.lockUntoldAlerts({ kinds: ALERT_KINDS, limit: 10_000 }),
        );
        expect(alerts.filter((alert) => alert.detail.includes(answer.deliveryId))).toEqual([]);
      },
    );
    it('makes no site known: a staging copy that is tried first does not become the main one', async () => {
      const known = await store.listSites();
      const site = 'https://staging.example';
      const answer = await open.post('amelia', { ...test, source: 'amelia', site });
      expect(answer).toMatchObject({ code: 200, status: 'ignored' });
      expect(await store.listSites()).toEqual(known);
      const second = known.find(({ url }) => url === 'second.example');
      const there = { ...test, source: 'amelia', site: 'https://second.example' };
      expect(await store.findDelivery({ id: (await open.post('amelia', there)).deliveryId })).toMatchObject({
        site: second?.slug,
      });
    });
    it('sells nothing, whatever else is in it', async () => {
      const booking = {
        id: 900,
        status: 'approved',
        customer: { email: 'm@example.test' },
        item: { type: 'appointment', serviceId: 1 },
      };
      const answer = await open.post('amelia', {
        ...test,
        source: 'amelia',
        rev: 9,
        booking,
        args: [{ booking }],
      });
      expect(answer).toMatchObject({ status: 'ignored', orders: [] });
      expect(await store.findOrder({ site: '', source: 'amelia', externalId: '900' })).toBeNull();
    });
  });
});
