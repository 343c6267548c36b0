import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../server/clock.ts';
import { openTransport } from '../../server/mail/transport.ts';
import { deadPort, openSlammer, openSmtpSink } from '../support/smtp-sink.ts';
import type { OutgoingMail, Transport } from '../../server/mail/transport.ts';
import type { SinkFaults } from '../support/smtp-sink.ts';

const ID = '0190f3b2-0000-7000-8000-000000000001';
const KEY = 'AAAA-SECRET-KEY';
const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function open(
  url: string,
  extra: { patienceMs?: { silence: number }; poolSize?: number; ratePerSecond?: number } = {},
): Transport {
  const transport = openTransport({
    mail: { kind: 'smtp', url },
    from: 'Key Bank <keys@shop.example>',
    brandName: 'Key Bank',
    mailboxDir: '/nowhere',
    clock: systemClock,
    ...extra,
  });
  cleanups.push(() => transport.close());
  return transport;
}

async function sinkWith(faults: SinkFaults) {
  const sink = await openSmtpSink(faults);
  cleanups.push(sink.close);
  return sink;
}

const mail = (change: Partial<OutgoingMail> = {}): OutgoingMail => ({
  messageId: ID,
  to: { name: 'Ann', address: 'ann@buyer.example' },
  subject: 'Your license key',
  html: `<p>${KEY}</p>`,
  text: KEY,
  inline: [],
  metadata: { message: ID },
  ...change,
});

describe('what each failure of a real SMTP server is called', () => {
  const rows: [string, SinkFaults, string, { kind: string; code: string }][] = [
    ['an unknown mailbox', { recipient: 550 }, '', { kind: 'permanent', code: 'smtp_550' }],
    ['a greylisted recipient', { recipient: 451 }, '', { kind: 'transient', code: 'smtp_451' }],
    ['a full mailbox', { recipient: 452 }, '', { kind: 'transient', code: 'smtp_452' }],
    ['content refused after DATA', { message: 554 }, '', { kind: 'permanent', code: 'smtp_554' }],
    ['a server busy after DATA', { message: 421 }, '', { kind: 'transient', code: 'smtp_421' }],
    ['a temporary refusal after DATA', { message: 451 }, '', { kind: 'transient', code: 'smtp_451' }],
    ['a session out of step', { message: 503 }, '', { kind: 'transient', code: 'smtp_503' }],
    ['a login demanded late', { recipient: 530 }, '', { kind: 'configuration', code: 'smtp_530' }],
    ['bad credentials', { login: 535 }, '', { kind: 'configuration', code: 'smtp_535' }],
    ['a login that fails for now', { login: 454 }, '', { kind: 'transient', code: 'smtp_454' }],
    ['STARTTLS missing', {}, '?tls=required', { kind: 'configuration', code: 'smtp_500' }],
    [
      'a certificate that proves nothing',
      { startTls: true },
      '?tls=required',
      { kind: 'configuration', code: 'esocket' },
    ],
    ['a cut before DATA', { cutAt: 'recipient' }, '', { kind: 'transient', code: 'econnection' }],
    ['a cut after DATA', { cutAt: 'message' }, '', { kind: 'unknown', code: 'econnection' }],
    ['silence after DATA', { hangAt: 'message' }, '', { kind: 'unknown', code: 'etimedout' }],
  ];

  it.each(rows)('%s', async (_what, faults, query, expected) => {
    const sink = await sinkWith(faults);
    const login = faults.login ? 'shop:secret@' : '';
    const transport = open(`smtp://${login}127.0.0.1:${sink.port}${query}`, { patienceMs: { silence: 400 } });
    const outcome = await transport.send(mail());
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toMatch(/@|SECRET|secret|buyer/);
    expect(sink.mails).toHaveLength(faults.cutAt === 'message' ? 1 : 0);
  });

  it('a server that refuses the connection was never reached', async () => {
    const transport = open(`smtp://127.0.0.1:${await deadPort()}`);
    expect(await transport.send(mail())).toMatchObject({ kind: 'transient', code: 'esocket' });
    expect(await transport.verify()).toMatchObject({ kind: 'transient', code: 'esocket' });
  });

  it('a server that hangs up before its greeting settles after one more try', async () => {
    const slammer = await openSlammer();
    cleanups.push(slammer.close);
    const outcome = await open(`smtp://127.0.0.1:${slammer.port}`).send(mail());
    expect(outcome).toMatchObject({ kind: 'transient', code: 'econnection' });
  });

  it('TLS spoken to a plain port is the fault of the settings', async () => {
    const sink = await sinkWith({});
    const outcome = await open(`smtps://127.0.0.1:${sink.port}`).send(mail());
    expect(outcome).toMatchObject({ kind: 'configuration' });
  });

  it('verify tells a refused login without sending anything', async () => {
    const sink = await sinkWith({ login: 535 });
    const transport = open(`smtp://shop:secret@127.0.0.1:${sink.port}`);
    expect(await transport.verify()).toMatchObject({ kind: 'configuration', code: 'smtp_535' });
  });
});

describe('sending', () => {
  it('names where an answer goes when told, and nothing when not', async () => {
    const sink = await sinkWith({});
    const transport = open(`smtp://127.0.0.1:${sink.port}`);
    await transport.send(mail({ replyTo: 'help@shop.example' }));
    await transport.send(mail());
    const [told, untold] = sink.mails;
    expect(told?.headers.get('reply-to')).toMatchObject({
      value: [{ name: '', address: 'help@shop.example' }],
    });
    expect(untold?.headers.has('reply-to')).toBe(false);
  });

  it("keeps to the provider's rate, even below the number of connections", async () => {
    const sink = await sinkWith({});
    const transport = open(sink.url, { ratePerSecond: 2 });
    const startedAt = performance.now();
    const outcomes = await Promise.all(Array.from({ length: 3 }, () => transport.send(mail())));
    // The third waits for the next second. Only "no sooner" is claimed: a busy machine is late.
    expect(performance.now() - startedAt).toBeGreaterThan(950);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(sink.mails).toHaveLength(3);
  });

  it('takes one recipient, a fixed Message-ID and the headers of an automatic mail', async () => {
    const sink = await sinkWith({});
    const transport = open(`smtp://127.0.0.1:${sink.port}`);
    expect(await transport.send(mail())).toMatchObject({ kind: 'accepted' });
    expect(await transport.send(mail())).toMatchObject({ kind: 'accepted' });
    expect(await transport.verify()).toEqual({ kind: 'accepted' });
    const [first, second] = sink.mails;
    expect(first?.envelopeTo).toEqual(['ann@buyer.example']);
    expect(first?.from?.text).toBe('"Key Bank" <keys@shop.example>');
    expect(first?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(first?.headers.get('x-key-bank-message')).toBe(ID);
    expect(first?.messageId).toBe(`<${ID}@shop.example>`);
    expect(second?.messageId).toBe(first?.messageId);
    expect(first?.text?.trim()).toBe(KEY);
  });

  it('keeps hostile names and subjects inside their headers', async () => {
    const sink = await sinkWith({});
    const transport = open(`smtp://127.0.0.1:${sink.port}`);
    const name = 'Ann"\r\nBcc: evil@x.example\r\n<evil@x.example>, evil@x.example';
    const subject = 'Key\r\nBcc: evil@x.example\r\n\r\nbody';
    expect(await transport.send(mail({ to: { name, address: 'ann@buyer.example' }, subject }))).toMatchObject(
      {
        kind: 'accepted',
      },
    );
    expect(sink.mails[0]?.envelopeTo).toEqual(['ann@buyer.example']);
    expect(sink.mails[0]?.bcc).toBeUndefined();
    expect(sink.mails[0]?.subject).toBe('Key Bcc: evil@x.example body');
  });

  it.each(['ann@x.example, evil@x.example', 'ann@x.example\r\nBcc: evil@x.example', '', 'a b@x.example'])(
    'refuses the address %j and sends nothing',
    async (address) => {
      const sink = await sinkWith({});
      const outcome = await open(`smtp://127.0.0.1:${sink.port}`).send(mail({ to: { address } }));
      expect(outcome).toMatchObject({ kind: 'permanent', code: 'bad_address' });
      expect(sink.connections).toBe(0);
    },
  );

  it('sends over a new connection when the server closed the idle one', async () => {
    const sink = await sinkWith({});
    const transport = open(`smtp://127.0.0.1:${sink.port}`, { poolSize: 1 });
    await transport.send(mail());
    sink.cut();
    expect(await transport.send(mail())).toMatchObject({ kind: 'accepted' });
    expect(sink.mails).toHaveLength(2);
    expect(sink.connections).toBe(2);
  });

  it('serves other mails while one was refused', async () => {
    const faults: SinkFaults = { recipient: 550 };
    const sink = await sinkWith(faults);
    const transport = open(`smtp://127.0.0.1:${sink.port}`, { poolSize: 1 });
    expect(await transport.send(mail())).toMatchObject({ kind: 'permanent' });
    delete faults.recipient;
    expect(await transport.send(mail())).toMatchObject({ kind: 'accepted' });
  });
});
