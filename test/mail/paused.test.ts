import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { startService, STAFF_TOKEN, type Service } from '../support/service.ts';
import { openSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';
import { migrate } from '../../server/store/migrate.ts';

describe.each(engines())('a server whose mail login is wrong, on %s', (engine) => {
  let sink: SmtpSink;
  let database: FreshDatabase;
  let service: Service;
  beforeAll(async () => {
    [sink, database] = await Promise.all([openSmtpSink({ login: 535 }), freshDatabase(engine)]);
    await migrate({ url: database.url });
    service = await startService({
      DATABASE_URL: database.url,
      KEYBANK_MAIL: `smtp://shop:secret@127.0.0.1:${sink.port}`,
      KEYBANK_MAIL_FROM: 'Shop <keys@shop.example>',
      KEYBANK_ADMIN_EMAIL: 'admin@shop.example',
    });
  });
  afterAll(async () => {
    await service.stop();
    await sink.close();
    await database.drop();
  });

  it('says so by tRPC and by /readyz, with no address', async () => {
    // No course is mapped: the admin is told, and that is a mail.
    await service.post('amelia', { id: 1 });
    const status = await vi.waitUntil(
      async () => {
        const { data } = await service.rpc('mail.status', undefined, STAFF_TOKEN);
        return JSON.stringify(data).includes('"cause":"configuration"') ? data : null;
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(JSON.stringify(status)).toContain('smtp_535');
    const ready = await (await fetch(`${service.url}/readyz`)).text();
    expect(ready).toContain('"cause":"configuration"');
    for (const text of [ready, JSON.stringify(status)]) expect(text).not.toMatch(/shop\.example|secret/);
  });

  it('names both kinds of listeners where nothing is', async () => {
    const answer = await fetch(`${service.url}/mail-events/nobody`, { method: 'POST' });
    expect(answer.status).toBe(404);
    const text = await answer.text();
    for (const path of [
      '/webhooks/amelia',
      '/webhooks/bookly',
      '/mail-events/postmark',
      '/mail-events/sendgrid',
    ])
      expect(text).toContain(path);
  });
});
