import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../server/store/open.ts';
import type { Store } from '../../server/store/store.ts';
import { postmark } from '../mail/events-world.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { startService, type Service } from '../support/service.ts';
import { openSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';

const PASSWORD = 'a-password-of-the-tests';
const ADMIN = 'admin@shop.example';
const BUYER = 'grace@example.test';

describe.each(engines())('from a bounce to a person over real HTTP and SMTP on %s', (engine) => {
  let database: FreshDatabase;
  let sink: SmtpSink;
  let service: Service;
  let store: Store;
  beforeAll(async () => {
    database = await freshDatabase(engine);
    sink = await openSmtpSink();
    service = await startService({
      DATABASE_URL: database.url,
      KEYBANK_MAIL: sink.url,
      KEYBANK_MAIL_FROM: 'Course Shop <keys@shop.example>',
      KEYBANK_ADMIN_EMAIL: ADMIN,
      KEYBANK_PUBLIC_URL: 'https://keys.shop.example',
      KEYBANK_DEFAULT_SKU: 'ANY',
      KEYBANK_POSTMARK_EVENTS: `postmark:${PASSWORD}`,
    });
    store = await openStore({ url: database.url });
  });
  afterAll(async () => {
    await service.stop();
    await sink.close();
    await store.close();
    await database.drop();
  });

  it('the order shows it, the admin is mailed the order and a link, and a resend there is refused', async () => {
    const text = Array.from({ length: 20 }, (_, nth) => `AAAA-O0O0-${1000 + nth}`).join('\n');
    await service.rpc('keys.import', { sku: 'ANY', text, dryRun: false });
    await service.post('amelia', { id: '1', email: BUYER, serviceId: 1 });
    const order = await store.findOrder({ site: '', source: 'amelia', externalId: '1' });
    const mail = await vi.waitFor(async () => {
      const [row] = await store.findMessagesOfOrders({ orderIds: [order?.id ?? 0] });
      expect(row?.status).toBe('accepted');
      return row;
    }, 10_000);

    const answer = await fetch(`${service.url}/mail-events/postmark`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`postmark:${PASSWORD}`)}` },
      body: JSON.stringify(postmark(mail?.id ?? '', { Email: BUYER })),
    });
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', events: 1, new: 1 }]);

    const told = await sink.waitFor(({ text }) => (text ?? '').includes('The mail bounced for good'));
    expect(told.text).toContain('https://keys.shop.example/orders/amelia%3A1');
    const page = await service.rpc('orders.get', { orderId: 'amelia:1' });
    expect(page.data).toMatchObject({
      messages: [{ status: 'bounced' }],
      suppressed: { reason: 'bounced' },
    });
    const again = await service.rpc('orders.resend', { orderId: 'amelia:1', reason: 'they asked' });
    expect(again.status).toBe(409);

    const list = await service.rpc('attention.list', {});
    expect(list.data).toMatchObject({
      items: [
        {
          kind: 'mail_bounced',
          orderId: 'amelia:1',
          message: { messageId: mail?.id, recipient: BUYER },
          fixes: [{ do: 'correct-address', orderId: 'amelia:1' }, { do: 'settle' }],
        },
      ],
    });
    const email = 'grace.hopper@example.test';
    const corrected = await service.rpc('orders.resend', {
      orderId: 'amelia:1',
      reason: 'typing error',
      email,
    });
    expect(corrected.status).toBe(200);
    expect((await service.rpc('attention.list', {})).data).toEqual({ items: [], counts: [] });
  });

  it('a server that runs says so, and takes itself off the list when it stops', async () => {
    const health = await service.rpc('health.get', {});
    expect(health.data).toMatchObject({
      parts: { instances: { status: 'ok', facts: { instances: [{ isSilent: false }] } } },
    });
    const metrics = await fetch(`${service.url}/metrics`);
    expect(await metrics.text()).toMatch(/^keybank_transaction_retries_total \d+$/m);
    expect(await store.listInstances({ silentAfterMs: 60_000 })).toHaveLength(1);
    expect(await service.stop()).toBe(0);
    expect(await store.listInstances({ silentAfterMs: 60_000 })).toEqual([]);
  });
});
