import { describe, expect, it } from 'vitest';
import { backoffMs, pauseMs } from '../../server/mail/backoff.ts';
import { blamesSettings, classify } from '../../server/mail/classify.ts';
import { smtpProvider } from '../../server/mail/provider.ts';
import { isMailAddress, readSender } from '../../server/mail/sender.ts';
import { decide } from '../../server/mail/settlement.ts';
import type { MailFault } from '../../server/mail/classify.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('backoff', () => {
  it('climbs 30 s, 2 m, 10 m, 30 m, 2 h, 6 h and stays there, with full jitter', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 20].map((attempts) => backoffMs({ attempts, ageMs: 0, random: 1 }));
    expect(longest).toEqual([0.5, 2, 10, 30, 120, 360, 360, 360].map((minutes) => minutes * MINUTE));
    expect(backoffMs({ attempts: 3, ageMs: 0, random: 0.5 })).toBe(5 * MINUTE);
    expect(backoffMs({ attempts: 3, ageMs: 0, random: 0 })).toBe(1000);
  });

  it('gives up after three days, but not on a mail that only waited', () => {
    expect(backoffMs({ attempts: 12, ageMs: 3 * DAY, random: 0.5 })).toBeNull();
    expect(backoffMs({ attempts: 12, ageMs: 3 * DAY - 1, random: 0.5 })).not.toBeNull();
    expect(backoffMs({ attempts: 1, ageMs: 9 * DAY, random: 0.5 })).not.toBeNull();
  });

  it('rests the queue from 30 seconds up to 10 minutes', () => {
    expect([1, 2, 3, 4, 5, 50].map(pauseMs)).toEqual(
      [0.5, 1, 2, 5, 10, 10].map((minutes) => minutes * MINUTE),
    );
  });
});

describe('classify', () => {
  const fault = (change: Partial<MailFault>): MailFault => ({
    code: null,
    originalCode: null,
    responseCode: null,
    command: null,
    response: null,
    bodySent: false,
    ...change,
  });

  it.each<[string, Partial<MailFault>, string]>([
    ['no answer from DNS', { code: 'EDNS', originalCode: 'ENOTFOUND', command: 'CONN' }, 'transient'],
    ['a timeout while connecting', { code: 'ETIMEDOUT', command: 'CONN' }, 'transient'],
    ['a timeout after the body began', { code: 'ETIMEDOUT', command: 'CONN', bodySent: true }, 'unknown'],
    [
      'nonsense after the body',
      { code: 'EPROTOCOL', responseCode: 250, command: 'CONN', bodySent: true },
      'unknown',
    ],
    ['a cut during the TLS upgrade', { code: 'ETLS', command: 'CONN' }, 'transient'],
    ['a refusing greeting', { code: 'EPROTOCOL', responseCode: 554, command: 'CONN' }, 'transient'],
    [
      'a shutdown notice after the body',
      { code: 'ECONNECTION', responseCode: 421, command: 'CONN', bodySent: true },
      'transient',
    ],
    ['a message over the size limit', { code: 'EMESSAGE', command: 'MAIL FROM' }, 'permanent'],
    ['an error nobody foresaw', {}, 'transient'],
    ['an error nobody foresaw after the body', { bodySent: true }, 'unknown'],
  ])('%s', (_what, change, kind) => {
    const outcome = classify(fault(change));
    expect(outcome.kind).toBe(kind);
    // What is kept of an answer still tells whether it was about the settings.
    const kept = outcome.kind === 'accepted' ? { code: '', why: null } : outcome;
    expect(blamesSettings(kept)).toBe(kind === 'configuration');
    expect(blamesSettings({ ...kept, code: `maybe_sent_${kept.code}` })).toBe(kind === 'configuration');
  });

  it('keeps the numbers of an answer and none of its words', () => {
    const response = '550 5.1.1 <ann@buyer.example> no such user, key AAAA-BBBB';
    const outcome = classify(fault({ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO', response }));
    expect(outcome).toEqual({
      kind: 'permanent',
      code: 'smtp_550',
      why: 'the mail server refused the recipient (550 5.1.1)',
    });
  });
});

describe('what a try leads to', () => {
  const now = new Date('2026-11-22T20:00:00Z');
  const message = {
    orderId: 1,
    status: 'queued' as const,
    attempts: 0,
    lastCode: null,
    createdAt: now,
    acceptedAt: null,
  };
  const at = { now, random: 0 };
  const cut = { kind: 'unknown' as const, code: 'econnection', why: 'cut' };

  it('a doubt survives a failed second try and is not doubted again', () => {
    const first = decide(message, cut, at);
    expect(first).toMatchObject({ status: 'unknown', retryInMs: 10 * MINUTE, alert: null });
    const busy = decide(
      { ...message, ...first, attempts: 1 },
      { kind: 'transient', code: 'smtp_451', why: 'busy' },
      at,
    );
    expect(busy).toMatchObject({ status: 'unknown', retryInMs: 1000, lastCode: 'maybe_sent_smtp_451' });
    // A lease given back by a clean stop says `retrying`; the code still remembers.
    const last = decide({ ...message, ...busy, status: 'retrying', attempts: 2 }, cut, at);
    expect(last).toMatchObject({ status: 'unknown', retryInMs: null });
    expect(last.alert).toContain('may have arrived');
  });

  it('a fault of the settings costs the message nothing', () => {
    const outcome = { kind: 'configuration' as const, code: 'smtp_535', why: 'login' };
    expect(decide({ ...message, status: 'retrying' }, outcome, at)).toMatchObject({
      status: 'retrying',
      retryInMs: 0,
      alert: null,
      audited: false,
    });
  });
});

describe('providers', () => {
  const ids = { message: '0190f3b2-0000-7000-8000-000000000001' };

  it('postmark keeps our Message-ID and leaves links alone', () => {
    const provider = smtpProvider({ kind: 'postmark', token: 'tok' });
    expect(provider).toMatchObject({
      host: 'smtp.postmarkapp.com',
      port: 587,
      requireTLS: true,
      secure: false,
    });
    expect(provider.login).toEqual({ user: 'tok', pass: 'tok' });
    const headers = Object.fromEntries(provider.headers(ids).map(({ key, value }) => [key, value]));
    expect(headers).toMatchObject({
      'X-PM-KeepID': 'true',
      'X-PM-TrackLinks': 'None',
      'X-PM-Metadata-message': ids.message,
    });
  });

  it('sendgrid gets one folded ASCII header with string ids', () => {
    const provider = smtpProvider({ kind: 'sendgrid', key: 'SG.x' });
    expect(provider.login).toEqual({ user: 'apikey', pass: 'SG.x' });
    const [header, ...rest] = provider.headers({ ...ids, note: 'ä€😀' });
    expect(rest).toEqual([]);
    expect(header?.prepared).toBe(true);
    expect(header?.value).toMatch(/^[\x20-\x7e\r\n]+$/);
    expect(Math.max(...(header?.value ?? '').split('\r\n').map((line) => line.length))).toBeLessThan(500);
    expect(JSON.parse(header?.value ?? '')).toMatchObject({
      unique_args: { ...ids, note: 'ä€😀' },
      filters: { clicktrack: { settings: { enable: 0 } } },
    });
  });

  it.each([
    ['smtp://u:p%40ss@mail.example', { port: 587, requireTLS: true, ignoreTLS: false, secure: false }],
    ['smtp://mailpit:1025', { port: 1025, requireTLS: false, ignoreTLS: false }],
    ['smtp://u:p@127.0.0.1:2525', { requireTLS: false, ignoreTLS: true }],
    ['smtp://u:p@mail.example?tls=none', { requireTLS: false, ignoreTLS: true }],
    ['smtps://u:p@mail.example', { port: 465, secure: true, requireTLS: false }],
  ])('%s', (url, expected) => {
    expect(smtpProvider({ kind: 'smtp', url })).toMatchObject(expected);
  });

  it('never quotes a setting that it cannot read', () => {
    const read = (url: string) => () => smtpProvider({ kind: 'smtp', url });
    expect(read('smtp://u:sec%ret@mail.example')).toThrow(
      /^KEYBANK_MAIL: user and password must be percent-encoded/,
    );
    expect(read('smtp://u:secret@mail.example?tls=maybe')).toThrow(/^KEYBANK_MAIL: tls is required or none$/);
    expect(smtpProvider({ kind: 'smtp', url: 'smtp://u:secret@mail.example' }).name).toBe(
      'smtp://mail.example',
    );
  });
});

describe('the sender', () => {
  it('is read from an address with or without a name', () => {
    expect(readSender('keys@Shop.Example', 'Key Bank')).toEqual({
      name: 'Key Bank',
      address: 'keys@Shop.Example',
      domain: 'shop.example',
    });
    expect(readSender('"My Shop" <k@s.example>', 'Key Bank').name).toBe('My Shop');
    expect(() => readSender('x\r\nBcc: a@b.example', 'Key Bank')).toThrow('KEYBANK_MAIL_FROM');
  });

  it('an address is one address', () => {
    expect(isMailAddress('ann.o+x@buyer.example')).toBe(true);
    expect(isMailAddress('ännä@buyer.example')).toBe(true);
    for (const text of [
      'a',
      'a@',
      'a@b@c',
      'a@b,c@d',
      'a@b;c@d',
      '<a@b>',
      'a@b\n',
      `${'a'.repeat(250)}@b.example`,
    ])
      expect(isMailAddress(text), text).toBe(false);
  });
});
