import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { startService, type Service } from '../support/service.ts';
import { openSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';

const payload = async (name: string): Promise<{ hook: string; args: unknown[] }> =>
  JSON.parse(await readFile(`test/fixtures/payloads/${name}.json`, 'utf8'));

describe.each(engines())('from booking to mail over real HTTP and SMTP on %s', (engine) => {
  let database: FreshDatabase;
  let sink: SmtpSink;
  let service: Service;
  beforeAll(async () => {
    database = await freshDatabase(engine);
    sink = await openSmtpSink();
    service = await startService({
      DATABASE_URL: database.url,
      KEYBANK_MAIL: sink.url,
      KEYBANK_MAIL_FROM: 'Course Shop <keys@shop.example>',
      KEYBANK_ADMIN_EMAIL: 'admin@shop.example',
    });
    await service.rpc('products.save', { sku: 'WORKSHOP', name: 'Key Workshop', reason: 'set up' });
    for (const kind of ['service', 'event']) {
      await service.rpc('products.mappings.save', {
        source: 'amelia',
        kind,
        itemId: '1',
        sku: 'WORKSHOP',
        quantity: 1,
        reason: 'set up',
      });
    }
  });
  afterAll(async () => {
    await service.stop();
    await sink.close();
    await database.drop();
  });
  const mailTo = (address: string, subject = /./) =>
    sink.waitFor((mail) => recipients(mail).includes(address) && subject.test(mail.subject ?? ''));
  const lookup = async (query: string) => {
    const { data } = await service.rpc('orders.lookup', { query });
    return JSON.parse(JSON.stringify(data)).orders;
  };
  const booked = 'amelia-lite-2.4.3.appointment_booked_onsite.amelia_after_booking_added';

  it('without stock: 200 waiting, an urgent mail; an import then mails the key by itself', async () => {
    const { hook, args } = await payload(booked);
    const answer = await service.post('amelia', { hook, args });
    expect(answer).toMatchObject({ code: 200, status: 'waiting', orderId: 'amelia:2' });
    const urgent = await mailTo('admin@shop.example');
    expect(urgent.text).toContain('amelia:2');
    expect(urgent.text).not.toContain('grace@example.test');

    const imported = await service.rpc('keys.import', {
      sku: 'WORKSHOP',
      text: 'AAAA-O0O0-0001\n',
      dryRun: false,
    });
    expect(imported.data).toMatchObject({ added: 1, duplicates: [], invalid: [] });
    const mail = await mailTo('grace@example.test');
    expect(mail.text).toContain('AAAA-O0O0-0001');
    expect(mail.html).toContain('>AAAA-O0O0-0001<');
    expect(mail.from?.text).toContain('keys@shop.example');
    expect(await lookup('grace@example.test')).toMatchObject([
      { orderId: 'amelia:2', status: 'fulfilled', coupon: 'KEY10', sku: 'WORKSHOP', quantity: 1 },
    ]);
  });

  it('the status hook that carries another address neither conflicts nor changes the recipient', async () => {
    const { hook, args } = await payload(
      'amelia-lite-2.4.3.booking_status_approved.amelia_after_booking_approved',
    );
    expect(await service.post('amelia', { hook, args })).toMatchObject({ code: 200, status: 'duplicate' });
    expect(await lookup('ada@example.test')).toMatchObject([
      { orderId: 'amelia:2', email: 'grace@example.test' },
    ]);
  });

  it('a resend sends the same key again, to a corrected address', async () => {
    const answer = await service.rpc('orders.resend', {
      orderId: 'amelia:2',
      reason: 'typing error',
      email: 'grace.h@example.test',
    });
    expect(answer.status).toBe(200);
    expect((await mailTo('grace.h@example.test')).text).toContain('AAAA-O0O0-0001');
  });

  it('an event of two persons gets two keys in one mail, and the spoofed hook never mails anybody', async () => {
    await service.rpc('keys.import', { sku: 'WORKSHOP', text: 'EVENT-KEY-1\nEVENT-KEY-2\n', dryRun: false });
    const event = await payload('amelia-lite-2.4.3.event_booked_onsite.amelia_after_booking_added');
    expect(await service.post('amelia', event)).toMatchObject({ status: 'fulfilled', orderId: 'amelia:4' });
    const mail = await mailTo('eve@example.test');
    expect(mail.text).toContain('EVENT-KEY-1');
    expect(mail.text).toContain('EVENT-KEY-2');

    const spoof = await payload(
      'amelia-lite-2.4.3.spoof_success_call_no_payment_id.AmeliaBookingAddedBeforeNotify',
    );
    expect(await service.post('amelia', spoof)).toMatchObject({ code: 200, status: 'ignored' });
    expect(sink.mails.flatMap(recipients)).not.toContain('mallory@evil.test');
    expect(await lookup('mallory@evil.test')).toEqual([]);
  });

  it('a cancellation after the mail keeps the key with its order and tells the admin within the digest', async () => {
    const { hook, args } = await payload(
      'amelia-lite-2.4.3.appointment_status_canceled.amelia_after_appointment_status_updated',
    );
    expect(await service.post('amelia', { hook, args })).toMatchObject({
      status: 'cancelled',
      orderId: 'amelia:2',
    });
    expect(await lookup('amelia:2')).toMatchObject([{ status: 'cancelled', keysMasked: ['••••-0001'] }]);
  });

  it('the timeline of an order says where its address and its coupon were found', async () => {
    const { data } = await service.rpc('orders.get', { orderId: 'amelia:2' });
    const timeline = JSON.stringify(data);
    expect(timeline).toContain('booking.customer.email');
    expect(timeline).toContain('customFields');
    expect(timeline).not.toContain('AAAA-O0O0');
  });

  it('no key, token or password is in the log', () => {
    const log = service.output();
    expect(log).toContain('mail.sent');
    expect(log).not.toMatch(/AAAA-O0O0|EVENT-KEY|kb_hook_for|kb_staff_for|grace@example/);
  });
});

function recipients(mail: {
  to?:
    | { value: { address?: string | undefined }[] }
    | { value: { address?: string | undefined }[] }[]
    | undefined;
}): string[] {
  const fields = Array.isArray(mail.to) ? mail.to : mail.to ? [mail.to] : [];
  return fields.flatMap((field) => field.value.flatMap((one) => (one.address ? [one.address] : [])));
}
