import { describe, expect, it } from 'vitest';
import { startService } from '../support/service.ts';
import { engines } from '../support/engines.ts';
import { createDatabase, startEngine } from '../support/start-engine.ts';

describe.each(engines())('with the database away on %s', (engine) => {
  it('an authenticated booking is 503 with Retry-After, a stranger 401, and the process lives', async () => {
    const server = await startEngine(engine, { own: true, log: () => {} });
    const database = await createDatabase(engine, server.url);
    const service = await startService({
      DATABASE_URL: database.url,
      KEYBANK_DEFAULT_SKU: 'ANY',
      KEYBANK_POSTMARK_EVENTS: 'postmark:a-password-of-the-tests',
    });
    const body = { id: '1', email: 'buyer@example.test', serviceId: 1 };
    expect(await service.post('amelia', body)).toMatchObject({ code: 200, status: 'waiting' });
    await server.stop();

    const away = await service.post('amelia', { ...body, id: '2' });
    expect(away.code).toBe(503);
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(away.text).toContain('send the same delivery again');
    expect((await service.post('amelia', body, { token: 'kb_hook_wrong-012345678' })).code).toBe(401);
    const bounce = await fetch(`${service.url}/mail-events/postmark`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('postmark:a-password-of-the-tests')}` },
      body: JSON.stringify({
        RecordType: 'Bounce',
        ID: 1,
        Type: 'HardBounce',
        Metadata: { message: '019ab000-0000-7000-8000-00000000000a' },
      }),
    });
    expect(bounce.status).toBe(503);
    expect(Number(bounce.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await bounce.text()).toContain('send the same events again');
    const form = { method: 'POST', body: new URLSearchParams({ email: 'buyer@example.test', booking: '1' }) };
    const help = await fetch(`${service.url}/help`, form);
    expect(help.status).toBe(503);
    expect(Number(help.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await help.text()).toContain('Please try again in a minute');
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
    expect(service.process.exitCode).toBeNull();
    expect(await service.stop()).toBe(0);
  });
});
